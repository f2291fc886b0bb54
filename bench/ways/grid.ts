// Page 1 of the measured hub: each control fires with its own number, so that whoever gets it knows which was pressed.

/** As far as the keys of a Stream Deck Studio reach: a dial, then 16. */
const columns = 17
const rows = 5

export interface Spot {
  readonly row: number
  readonly col: number
}

export function spotOf(number: number): Spot {
  return { row: Math.floor(number / columns), col: number % columns }
}

/** `row/column`, as Companion's words have it. */
export function spotText(number: number): string {
  const { row, col } = spotOf(number)
  return `${row}/${col}`
}

/** The numbers of the controls that a panel has, by the corner at which its keys begin, left to right. */
export function controlsAt(corner: Spot, height: number, width: number): readonly number[] {
  return Array.from(
    { length: height * width },
    (_, i) => (corner.row + Math.floor(i / width)) * columns + corner.col + (i % width),
  )
}

/** All of them. */
export const allControls = controlsAt({ row: 0, col: 0 }, rows, columns)

/** One after the other, without end. */
export function* inTurn(numbers: readonly number[]): Generator<number, never> {
  for (let i = 0; ; i++) yield numbers[i % numbers.length] ?? Number.NaN
}

/** `pages` of the config, in one line. */
export function gridConfig(): string {
  const controls = allControls.map(
    (number) =>
      `${spotText(number)}: { text: "${number}", press: { fire: d0, action: /cue/go, args: [${number}] } }`,
  )
  return `pages: { 1: { ${controls.join(', ')} } }`
}

/** Numbers of presses that have one of their own begin here: below are the controls. */
export const firstNumber = 1000
