import { largestFont } from '../companion-style.ts'
import type { Face } from '../desk.ts'
import { openRenderer } from '../render/renderer.ts'
import type { Style } from './layout.ts'
import type { LineValue } from './line.ts'

/** What a key without pixels is for each state; null: the control's own colour. The same meaning as the marks on bitmaps. */
const stateColours: Readonly<Record<Face['state']['is'], string | null>> = {
  idle: null,
  pending: '#ffb300',
  asks: '#29b6f6',
  confirmed: null,
  sent: null,
  failed: '#d32f2f',
}

/** What a text without pixels ends with. */
const stateSigns: Readonly<Record<Face['state']['is'], string>> = {
  idle: '',
  pending: '…',
  asks: '?',
  confirmed: '',
  sent: '',
  failed: '!',
}

/** Encoded once, however many panels show it: the renderer gives equal faces the same bytes. */
const encoded = new WeakMap<Uint8Array, string>()

/** The parameters of KEY-STATE and SUB-STATE that say how a face looks. @throws what the renderer throws */
export async function looksOf(
  face: Face,
  style: Style,
  isHeld: boolean,
): Promise<Readonly<Record<string, LineValue>>> {
  const { bitmap, colours, text, textStyle, leds } = style
  const isPlain = bitmap === null
  const ground = isPlain ? (stateColours[face.state.is] ?? face.colour) : face.colour
  const said = isPlain && face.text !== '' ? face.text + stateSigns[face.state.is] : face.text
  return {
    PRESSED: isHeld,
    TYPE: 'BUTTON',
    ...(bitmap === null
      ? {}
      : { BITMAP: base64Of(await (await openRenderer()).render(face, bitmap)) }),
    ...(colours === null
      ? {}
      : { COLOR: colourOf(ground, colours), TEXTCOLOR: colourOf(face.textColour, colours) }),
    ...(text ? { TEXT: Buffer.from(said).toString('base64') } : {}),
    ...(textStyle
      ? { FONT_SIZE: face.size === 100 ? 'auto' : Math.round((largestFont * face.size) / 100) }
      : {}),
    ...ledsOf(face, leds),
  }
}

/** Raw RGB, 8 bits each, row by row. */
function base64Of(rgba: Uint8Array): string {
  const known = encoded.get(rgba)
  if (known !== undefined) return known
  const rgb = Buffer.allocUnsafe((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from] ?? 0
    rgb[to++] = rgba[from + 1] ?? 0
    rgb[to++] = rgba[from + 2] ?? 0
  }
  const text = rgb.toString('base64')
  encoded.set(rgba, text)
  return text
}

function channelsOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

function colourOf(hex: string, form: 'hex' | 'rgb'): string {
  return form === 'hex' ? hex : `rgb(${channelsOf(hex).join(',')})`
}

/** A way along the lamps, from the first one on; left out where the control has none. */
function ledsOf({ level, progress, colour }: Face, leds: number | null) {
  const share = level ?? progress
  if (leds === null || share === null) return {}
  const lit = Math.round(share * leds)
  const bytes = Buffer.alloc(leds * 3)
  const channels = channelsOf(colour)
  for (let i = 0; i < lit * 3; i++) bytes[i] = channels[i % 3] ?? 0
  return { LEDS: bytes.toString('base64') }
}
