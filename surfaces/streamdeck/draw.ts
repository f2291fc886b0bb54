import type { Face } from '../desk.ts'
import type { Renderer } from '../render/renderer.ts'
import type { Deck } from './deck.ts'
import { lampColour, ringColours } from './lamp.ts'
import type { Target } from './layout.ts'

/** Draws a face where it belongs; resolves once the library has written it. `renderer` is null where nothing draws here. */
export async function drawOn(
  deck: Deck,
  target: Target,
  face: Face,
  renderer: Renderer | null,
): Promise<void> {
  switch (target.on) {
    case 'nothing':
      return
    case 'lamp':
      return deck.fillKeyColor(target.index, ...lampColour(face))
    case 'encoder':
      if (target.led) await deck.setEncoderColor(target.index, ...lampColour(face))
      if (target.ring > 0)
        await deck.setEncoderRingColors(target.index, ringColours(face, target.ring))
      return
    case 'key': {
      const bitmap = await renderer?.render(face, target.size)
      if (bitmap !== undefined) await deck.fillKeyBuffer(target.index, bitmap, { format: 'rgba' })
      return
    }
    case 'strip': {
      const { id, x, size, whole } = target
      const bitmap = await renderer?.render(face, size)
      if (bitmap === undefined) return
      if (whole) await deck.fillLcd(id, bitmap, { format: 'rgba' })
      else await deck.fillLcdRegion(id, x, 0, bitmap, { format: 'rgba', ...size })
      return
    }
    default:
      target satisfies never
  }
}
