import { type Deframer, Partial } from './frame.ts'

/** One line without its end, or why it is none. */
export type Line =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string }

const lineFeed = 0x0a
const carriageReturn = 0x0d
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Lines that end with LF or CR LF, of at most `maxBytes` without that end. A longer line is reported once and
 * skipped to its end; one that is not UTF-8 is reported; the lines after either are good again. What stands after
 * the last LF when the stream ends is no line: it may be half of one.
 */
export function lineDeframer(maxBytes: number): Deframer<Line> {
  // one more, for a CR whose LF is not here yet
  const partial = new Partial(maxBytes + 1)
  let skipping = false
  const tooLong: Line = { ok: false, detail: `line of more than ${maxBytes} bytes` }
  const finish = (bytes: Buffer): Line => {
    const to = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length
    return to > maxBytes ? tooLong : text(bytes.subarray(0, to))
  }
  return {
    push(chunk) {
      const lines: Line[] = []
      let at = 0
      while (at < chunk.length) {
        const feed = chunk.indexOf(lineFeed, at)
        const to = feed === -1 ? chunk.length : feed
        if (skipping) skipping = feed === -1
        else if (feed !== -1 && partial.size === 0) lines.push(finish(chunk.subarray(at, to)))
        else if (!partial.add(chunk, at, to)) {
          lines.push(tooLong)
          partial.clear()
          skipping = feed === -1
        } else if (feed !== -1) lines.push(finish(partial.take()))
        at = to + 1
      }
      return lines
    },
    end() {
      const left = partial.size
      partial.clear()
      return left === 0 ? null : { ok: false, detail: `${left} bytes without a line end` }
    },
  }
}

/** One line's text. */
function text(bytes: Buffer): Line {
  try {
    return { ok: true, text: utf8.decode(bytes) }
  } catch {
    // the decoder's TypeError says no more than this does
    return { ok: false, detail: 'line is not UTF-8' }
  }
}
