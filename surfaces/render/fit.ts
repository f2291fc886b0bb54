/** Lines of text and the size at which they fit. */
export interface Fitted {
  readonly lines: readonly string[]
  /** Pixels. */
  readonly size: number
  /** Not all of the text is there: the last line ends with an ellipsis. */
  readonly cut: boolean
}

/** Where text has to fit. All in pixels. */
export interface TextBox {
  readonly width: number
  readonly height: number
  /** The largest size that is tried. */
  readonly most: number
  /** The smallest that is still read at arm's length; below it text is cut instead. */
  readonly least: number
}

/** How wide a text is at a size of 1 pixel. */
export type Measure = (text: string) => number

/** From one line's baseline to the next, in sizes: ascenders and descenders do not touch. */
export const lineHeight = 1.12
/** Each size that is tried is this much of the one before: finer steps are not seen. */
const step = 0.92
/** A face's text is bounded by the hub; this bounds what it costs here, whoever calls. Characters. */
const mostText = 500

const ellipsis = '…'
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * What nobody sees and what turns the order of the text around it: controls (Unicode category Cc), and the bidirectional
 * overrides and isolates of UAX #9. A face's text may come from a device.
 */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Wraps text at its spaces as large as it fits, and breaks a word only where the smallest size is too large for it. What does
 * not fit then is cut, with an ellipsis for a sign. Pure; costs at most some ten thousand steps, whatever the text is.
 */
export function fit(text: string, box: TextBox, measure: Measure): Fitted {
  const paragraphs = text
    .slice(0, mostText)
    .split(/\r?\n/)
    .map((line) => line.replace(/\t/g, ' ').replace(unseen, '').trim())
  while (paragraphs.at(-1) === '') paragraphs.pop()
  const known = new Map<string, number>()
  const widthOf = (part: string): number => {
    const width = known.get(part) ?? measure(part)
    known.set(part, width)
    return width
  }
  for (let size = box.most; size > box.least; size *= step) {
    const lines = wrapped(paragraphs, box.width / size, widthOf)
    if (lines !== null && lines.length * lineHeight * size <= box.height)
      return { lines, size, cut: false }
  }
  return broken(paragraphs, box, widthOf)
}

/** Lines no wider than `width`; null where a word is. */
function wrapped(
  paragraphs: readonly string[],
  width: number,
  widthOf: Measure,
): readonly string[] | null {
  const lines: string[] = []
  for (const paragraph of paragraphs) {
    let line = ''
    let filled = 0
    for (const word of paragraph.split(/ +/)) {
      const wide = widthOf(word)
      if (wide > width) return null
      const joined = filled + widthOf(' ') + wide
      if (line === '') [line, filled] = [word, wide]
      else if (joined <= width) [line, filled] = [`${line} ${word}`, joined]
      else {
        lines.push(line)
        ;[line, filled] = [word, wide]
      }
    }
    lines.push(line)
  }
  return lines
}

/** At the smallest size: words that are too wide are broken, and what is too much is cut. */
function broken(paragraphs: readonly string[], box: TextBox, widthOf: Measure): Fitted {
  const size = box.least
  const width = box.width / size
  const pieces = paragraphs.map((paragraph) =>
    paragraph
      .split(/ +/)
      .flatMap((word) => (widthOf(word) <= width ? [word] : brokenWord(word, width, widthOf)))
      .join(' '),
  )
  const lines = wrapped(pieces, width, widthOf) ?? []
  const room = Math.max(1, Math.floor(box.height / (lineHeight * size)))
  if (lines.length > 0 && lines.length <= room) return { lines, size, cut: false }
  const kept = lines.slice(0, room)
  const last = [...graphemes.segment(kept.pop() ?? '')].map(({ segment }) => segment)
  while (last.length > 0 && widthOf(`${last.join('')}${ellipsis}`) > width) last.pop()
  return { lines: [...kept, `${last.join('').trimEnd()}${ellipsis}`], size, cut: true }
}

/** A word in parts that fit, between characters as people see them. One that is wider than the box is a sign of its own. */
function brokenWord(word: string, width: number, widthOf: Measure): readonly string[] {
  const parts: string[] = []
  let part = ''
  for (const { segment } of graphemes.segment(word)) {
    if (part !== '' && widthOf(part + segment) > width) {
      parts.push(part)
      part = ''
    }
    part += widthOf(segment) > width ? ellipsis : segment
  }
  return part === '' ? parts : [...parts, part]
}
