import { blankFace, type Face, type PanelControl } from '../desk.ts'
import type { Strip } from './display.ts'
import { faderRow, type Model } from './model.ts'

/** The colour of what failed. */
const red = 1
export const white = 7

/** Text as a scribble strip can show it: its letters are ASCII's, marks fall off, everything else is a question mark. */
function stripLetters(given: string): string {
  const plain = given.normalize('NFKD').replace(/\p{Mark}/gu, '')
  return plain
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[^\x20-\x7e]/gu, '?')
}

/**
 * The colour of a strip that is nearest to `#rrggbb`: bit 0 red, 1 green, 2 blue. White for black, which would put its
 * light out and leave nothing to read.
 */
function stripColour(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (/^#(..)(..)(..)$/.exec(colour) ?? [])
    .slice(1)
    .map((byte) => Number.parseInt(byte, 16))
  const most = Math.max(red, green, blue)
  if (!(most >= 32)) return white
  const isOn = (part: number) => part * 2 >= most
  return (isOn(red) ? 1 : 0) | (isOn(green) ? 2 : 0) | (isOn(blue) ? 4 : 0)
}

/** The encoder's text above, the fader's text and colour below; red with the reason where something of the column failed. */
export function stripOfColumn(column: readonly (readonly [PanelControl, Face])[]): Strip {
  const upper = stripLetters(column.find(([{ row }]) => row === 0)?.[1].text ?? '')
  const fader = column.find(([{ row }]) => row === faderRow)?.[1] ?? blankFace
  for (const [, { state }] of column)
    if (state.is === 'failed')
      return { upper, lower: stripLetters(`!${state.reason}`), colour: red }
  const asks = column.some(([, { state }]) => state.is === 'asks')
  const lower = asks ? 'sure?' : stripLetters(fader.text)
  return { upper, lower, colour: stripColour(fader.colour) }
}

/** Above which of the first two rows of keys a digit is typed; on the first strip how many were. */
export function lockedStrip(model: Model, col: number, typed: number): Strip {
  if (model.strips.count === 1)
    return { upper: 'LOCKED', lower: '*'.repeat(Math.min(7, typed)), colour: white }
  const digitAt = (row: number) => {
    const note = model.keys[row]?.[col]
    const at = note === undefined ? -1 : model.digits.indexOf(note)
    return at === -1 ? '' : String((at + 1) % 10)
  }
  const lower = col === 7 ? '*'.repeat(Math.min(7, typed)) : digitAt(2)
  return { upper: digitAt(1), lower, colour: white }
}
