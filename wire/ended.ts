import { type Deframer, type Frame, Partial } from './frame.ts'

const lineEnds = Buffer.from('\r\n')
/** Of the bytes that end a frame. */
export const longestEnd = 16

/** Lines that end with CR, LF or both, as bytes; empty ones are none. At most `maxBytes` each. */
export function anyLineDeframer(maxBytes: number): Deframer {
  return deframer(
    maxBytes,
    (chunk, from) => {
      for (let at = from; at < chunk.length; at++) if (lineEnds.includes(chunk[at] ?? 0)) return at
      return -1
    },
    () => 1,
    false,
  )
}

/** Frames that end with the bytes `end`, which are taken off. At most `maxBytes` each. */
export function endedDeframer(end: Uint8Array, maxBytes: number): Deframer {
  const last = end.at(-1) ?? 0
  return deframer(
    maxBytes,
    (chunk, from) => chunk.indexOf(last, from),
    (partial) => (partial.endsWith(end) ? end.length : 0),
    true,
  )
}

/**
 * A longer frame is reported once and skipped to its end.
 * @param next where a frame may end in `chunk`, from an index on; -1: nowhere
 * @param ended how many of its last bytes are the end; 0: it goes on
 */
function deframer(
  maxBytes: number,
  next: (chunk: Buffer, from: number) => number,
  ended: (partial: Partial) => number,
  keepsEmpty: boolean,
): Deframer {
  // room for the end of the longest one
  const partial = new Partial(maxBytes + 2 * longestEnd)
  let skipping = false
  return {
    push(chunk) {
      const frames: Frame[] = []
      let at = 0
      while (at < chunk.length) {
        const found = next(chunk, at)
        const to = found === -1 ? chunk.length : found + 1
        if (!partial.add(chunk, at, to)) {
          if (!skipping) frames.push({ ok: false, detail: `frame of more than ${maxBytes} bytes` })
          skipping = true
          // its end may stand across what was held and what did not fit
          const held = partial.take()
          partial.add(held, Math.max(0, held.length - longestEnd), held.length)
          partial.add(chunk, Math.max(at, to - longestEnd), to)
        }
        at = to
        const size = found === -1 ? 0 : ended(partial)
        if (size === 0) continue
        const bytes = partial.take()
        const frame = bytes.subarray(0, bytes.length - size)
        if (skipping) skipping = false
        else if (frame.length > maxBytes)
          frames.push({ ok: false, detail: `frame of more than ${maxBytes} bytes` })
        else if (keepsEmpty || frame.length > 0) frames.push({ ok: true, bytes: frame })
      }
      return frames
    },
    end() {
      const left = partial.size
      partial.clear()
      return left === 0 ? null : { ok: false, detail: `${left} bytes without their end` }
    },
  }
}
