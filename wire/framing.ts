import { anyLineDeframer, endedDeframer } from './ended.ts'
import { type Deframer, type Frame, Partial } from './frame.ts'
import { lengthDeframer, type LengthForm, lengthPrefixed } from './length.ts'
import { slip, slipDeframer } from './slip.ts'

/** How a stream of bytes is cut into frames, or a datagram into several. */
export type Framing =
  /** As the bytes come: for datagrams, and for streams whose pieces do not matter. */
  | { readonly type: 'none' }
  /** Lines that end with CR, LF or both; what is sent ends itself. */
  | { readonly type: 'line' }
  /** Each frame ends with these bytes, at most 16 of them. */
  | { readonly type: 'end'; readonly end: Uint8Array }
  /** A size before each frame. */
  | ({ readonly type: 'length' } & LengthForm)
  /** Each frame has that many bytes. */
  | { readonly type: 'fixed'; readonly size: number }
  /** RFC 1055. */
  | { readonly type: 'slip' }

/** What leaves for a frame. @throws RangeError where the framing cannot carry it */
export function framed(framing: Framing, bytes: Buffer): Buffer {
  switch (framing.type) {
    case 'none':
    case 'line':
      return bytes
    case 'end':
      return Buffer.concat([bytes, framing.end])
    case 'length':
      return lengthPrefixed(bytes, framing)
    case 'fixed':
      if (bytes.length !== framing.size)
        throw new RangeError(`${bytes.length} bytes, but each frame has ${framing.size}`)
      return bytes
    case 'slip':
      return slip(bytes)
    default:
      return framing satisfies never
  }
}

/** Cuts what comes into frames of at most `maxBytes`. */
export function deframer(framing: Framing, maxBytes: number): Deframer {
  switch (framing.type) {
    case 'none':
      return { push: (chunk) => [{ ok: true, bytes: chunk }], end: () => null }
    case 'line':
      return anyLineDeframer(maxBytes)
    case 'end':
      return endedDeframer(framing.end, maxBytes)
    case 'length':
      return lengthDeframer(maxBytes, framing)
    case 'fixed':
      return fixedDeframer(framing.size)
    case 'slip':
      return slipDeframer(maxBytes)
    default:
      return framing satisfies never
  }
}

function fixedDeframer(size: number): Deframer {
  const partial = new Partial(size)
  return {
    push(chunk) {
      const frames: Frame[] = []
      for (let at = 0; at < chunk.length;) {
        const to = Math.min(chunk.length, at + size - partial.size)
        partial.add(chunk, at, to)
        at = to
        if (partial.size === size) frames.push({ ok: true, bytes: partial.take() })
      }
      return frames
    },
    end() {
      const left = partial.size
      partial.clear()
      return left === 0 ? null : { ok: false, detail: `${left} of ${size} bytes` }
    },
  }
}
