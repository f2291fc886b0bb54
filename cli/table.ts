import { paint, plain, type Tone } from './output.ts'

/** One cell: bare text, or text in a tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

const textOf = (cell: Cell) => plain(typeof cell === 'string' ? cell : cell.text)
const widthOf = (text: string) => Array.from(text).length

/**
 * Rows under a heading, columns as wide as their widest cell, two spaces between. The last column is not padded, so
 * that lines have no trailing spaces. Colours add no width.
 */
export function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const all: (readonly Cell[])[] = [heading.map((text): Cell => ({ text, tone: 'faint' })), ...rows]
  const widths = heading.map((_, column) =>
    Math.max(...all.map((row) => widthOf(textOf(row[column] ?? '')))),
  )
  return all.map((row) =>
    heading
      .map((_, column) => {
        const cell = row[column] ?? ''
        const text = textOf(cell)
        const shown = typeof cell === 'string' ? text : paint(cell.tone, text)
        const last = column === heading.length - 1
        return last ? shown : shown + ' '.repeat((widths[column] ?? 0) - widthOf(text))
      })
      .join('  ')
      .trimEnd(),
  )
}
