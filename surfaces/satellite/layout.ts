import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { PanelControl } from '../desk.ts'
import { isFalse, isTrue, jsonIn, type SatelliteLine } from './line.ts'

/** What is streamed of a control. */
export interface Style {
  readonly bitmap: { readonly width: number; readonly height: number } | null
  readonly colours: 'hex' | 'rgb' | null
  readonly text: boolean
  readonly textStyle: boolean
  /** How many lamps its ring or strip has, 1 to 200; null where it has none. */
  readonly leds: number | null
}

export interface SatelliteControl {
  readonly control: PanelControl
  readonly style: Style
  /** As lines name it: its number, or its id of the manifest. */
  readonly name: string
}

/** What a device's controls are. */
export interface Layout {
  /** The parameter that names a control: KEY with numbers, CONTROLID with the manifest's ids. */
  readonly key: 'KEY' | 'CONTROLID'
  /** The control of a name, also as `row/column`, which newer clients use in place of a number; undefined for none. */
  find(name: string): SatelliteControl | undefined
  readonly controls: readonly SatelliteControl[]
}

/** `fault` as Companion says it. */
export type Parsed =
  { readonly ok: true; readonly layout: Layout } | { readonly ok: false; readonly fault: string }

/** As the hub's desk; Companion lets 2,000 through. */
const mostKeys = 1024
const mostSide = 1024
/** What Companion takes where the client says nothing: the first Stream Deck XL. */
const standardKeys = 32
const standardPerRow = 8
const standardSide = 72

const side = Type.Integer({ minimum: 0, maximum: mostSide })
const style = Type.Object({
  bitmap: Type.Optional(Type.Object({ w: side, h: side })),
  text: Type.Optional(Type.Boolean()),
  textStyle: Type.Optional(Type.Boolean()),
  colors: Type.Optional(Type.Enum(['hex', 'rgb'])),
  leds: Type.Optional(
    Type.Object({
      segments: Type.Integer({ minimum: 1, maximum: 200 }),
      mode: Type.Enum(['full-ring', 'simple']),
    }),
  ),
})
const place = Type.Integer({ minimum: 0, maximum: 1023 })
const manifest = Type.Object({
  stylePresets: Type.Record(Type.String(), style),
  controls: Type.Record(
    Type.String(),
    Type.Object({ row: place, column: place, stylePreset: Type.Optional(Type.String()) }),
  ),
})

/** The controls of ADD-DEVICE, by its manifest or by its numbers. */
export function layoutOf({ params }: SatelliteLine): Parsed {
  const given = params.get('LAYOUT_MANIFEST')
  return given === undefined ? numbered(params) : described(given)
}

/** The style of ADD-SUB; null for one that is none. */
export function subscribedStyle({ params }: SatelliteLine): Style | null {
  const given = params.get('STYLE')
  if (given === undefined) {
    const plain = plainStyle(params, params.get('BITMAP'))
    return plain.bitmap !== null && plain.bitmap.width > mostSide ? null : plain
  }
  const wanted = given === true ? null : jsonIn(given)
  return Value.Check(style, wanted) ? styleOf(wanted) : null
}

function described(given: string | true): Parsed {
  const wanted = given === true ? null : jsonIn(given)
  const fault = { ok: false, fault: 'Invalid LAYOUT_MANIFEST' } as const
  if (!Value.Check(manifest, wanted)) return fault
  const { stylePresets, controls } = wanted
  const entries = Object.entries(controls)
  const standard = stylePresets['default']
  if (standard === undefined || entries.length === 0 || entries.length > mostKeys) return fault
  const known = new Map<string, Style>()
  const presetOf = (preset: string | undefined): Style => {
    const name = preset ?? 'default'
    const found = known.get(name) ?? styleOf(stylePresets[name] ?? standard)
    known.set(name, found)
    return found
  }
  if (!entries.every(([id]) => /^[a-zA-Z0-9\-/]{1,64}$/.test(id))) return fault
  const all = entries.map(([id, { row, column, stylePreset }]) =>
    controlOf(id, row, column, presetOf(stylePreset)),
  )
  const byName = new Map(all.map((one) => [one.name, one]))
  return {
    ok: true,
    layout: { key: 'CONTROLID', controls: all, find: (name) => byName.get(name) },
  }
}

function numbered(params: ReadonlyMap<string, string | true>): Parsed {
  const total = countOf(params.get('KEYS_TOTAL'), standardKeys)
  if (total === null) return { ok: false, fault: 'Invalid KEYS_TOTAL' }
  const perRow = countOf(params.get('KEYS_PER_ROW'), standardPerRow)
  if (perRow === null) return { ok: false, fault: 'Invalid KEYS_PER_ROW' }
  const style = plainStyle(params, params.get('BITMAPS'))
  if (style.bitmap !== null && style.bitmap.width > mostSide)
    return { ok: false, fault: 'Invalid BITMAPS' }
  const controls = Array.from({ length: total }, (_, i) =>
    controlOf(String(i), Math.floor(i / perRow), i % perRow, style),
  )
  const byName = new Map(
    controls.flatMap((one) => [
      [one.name, one],
      [`${one.control.row}/${one.control.col}`, one],
    ]),
  )
  return { ok: true, layout: { key: 'KEY', controls, find: (name) => byName.get(name) } }
}

function countOf(value: string | true | undefined, standard: number): number | null {
  if (value === undefined) return standard
  const count = Number(value)
  return Number.isInteger(count) && count >= 1 && count <= mostKeys ? count : null
}

function plainStyle(
  params: ReadonlyMap<string, string | true>,
  bitmap: string | true | undefined,
): Style {
  const wanted = Number(bitmap)
  // before 1.5.0 it was a boolean, and 72 pixels were what there was
  const size = Number.isInteger(wanted) && wanted >= 5 ? wanted : standardSide
  const colours = params.get('COLORS')
  return {
    bitmap: isFalse(bitmap) ? null : { width: size, height: size },
    colours: colours === 'rgb' ? 'rgb' : colours === 'hex' || isTrue(colours) ? 'hex' : null,
    text: isTrue(params.get('TEXT')),
    textStyle: isTrue(params.get('TEXT_STYLE')),
    leds: null,
  }
}

function styleOf({ bitmap, colors, text, textStyle, leds }: Static<typeof style>): Style {
  const isDrawn = bitmap !== undefined && bitmap.w > 0 && bitmap.h > 0
  return {
    bitmap: isDrawn ? { width: bitmap.w, height: bitmap.h } : null,
    colours: colors ?? null,
    text: text ?? false,
    textStyle: textStyle ?? false,
    leds: leds?.segments ?? null,
  }
}

function controlOf(name: string, row: number, col: number, style: Style): SatelliteControl {
  const { bitmap, text, colours, leds } = style
  const takes = { bitmap, text, colour: colours !== null, level: leds !== null }
  // the protocol tells no encoder from a key: any of them may turn
  return { name, style, control: { kind: 'key', row, col, takes } }
}
