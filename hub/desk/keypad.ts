import { blankFace, type Face, type PanelControl } from '../../surfaces/desk.ts'

/** What the keys of a locked panel are: digits, and one that says that it is locked. */
export interface Keypad {
  /** null: this control types nothing. */
  digit(control: PanelControl): number | null
  face(control: PanelControl, typed: number, wait: boolean): Face
}

/** As on a phone turned over, and on every calculator. */
const block = [
  [7, 8, 9],
  [4, 5, 6],
  [1, 2, 3],
] as const

/**
 * A keypad on a panel's own keys: where there are four rows of three, 7-8-9 at the top and 0 below, else the digits 1 to 9
 * and 0 in reading order. With fewer than ten keys there are only the first digits: such a panel needs a PIN of those.
 */
export function keypadOn(controls: readonly PanelControl[]): Keypad {
  const keys = controls
    .filter(({ kind }) => kind === 'key')
    .toSorted((a, b) => a.row - b.row || a.col - b.col)
  const at = new Map(keys.map((key) => [`${key.row}/${key.col}`, key]))
  const digits = new Map<PanelControl, number>()
  const blocked = [...block.map((row) => [...row]), [null, 0]]
  const inBlock = blocked.flatMap((row, r) =>
    row.map((digit, c) => ({ digit, key: at.get(`${r}/${c}`) })),
  )
  if (inBlock.every(({ key }) => key !== undefined)) {
    for (const { digit, key } of inBlock)
      if (digit !== null && key !== undefined) digits.set(key, digit)
  } else keys.slice(0, 10).forEach((key, i) => digits.set(key, (i + 1) % 10))
  const sign = keys.find((key) => !digits.has(key))
  return {
    digit: (control) => digits.get(control) ?? null,
    face(control, typed, wait) {
      const digit = digits.get(control)
      const dots = '•'.repeat(typed)
      if (control === sign)
        return { ...blankFace, text: wait ? 'WAIT' : `LOCKED\n${dots}`, colour: '#5d4037' }
      if (digit === undefined) return blankFace
      return { ...blankFace, text: String(digit), colour: wait ? '#000000' : '#263238', size: 60 }
    },
  }
}
