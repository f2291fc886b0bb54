import type { Face } from '../desk.ts'

/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** What became of a press, as a lamp says it. */
const said = {
  pending: [255, 176, 0],
  asks: [0, 140, 255],
  failed: [255, 0, 0],
} as const satisfies Partial<Record<Face['state']['is'], Rgb>>

/** How much of its colour a lamp shows that the device has not lit: enough to be found in the dark. */
const restShare = 0.15

/** The colour of a face on a lamp: what has to be seen first, then the face's own, dim unless it is lit. */
export function lampColour({ state, lit, colour }: Face): Rgb {
  if (state.is === 'pending' || state.is === 'asks' || state.is === 'failed') return said[state.is]
  const value = /^#[0-9a-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0
  const share = lit ? 1 : restShare
  const channel = (shift: number) => Math.round(((value >> shift) & 255) * share)
  return [channel(16), channel(8), channel(0)]
}

/** A ring of lamps, filled from its first one as far as the face's level says; all of them where it says nothing. */
export function ringColours(face: Face, lamps: number): Uint8Array {
  const colour = lampColour({ ...face, lit: face.lit || face.level !== null })
  const filled = face.level === null ? lamps : Math.round(face.level * lamps)
  const ring = new Uint8Array(lamps * 3)
  for (let n = 0; n < Math.min(lamps, filled); n++) ring.set(colour, n * 3)
  return ring
}
