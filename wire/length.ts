import { type Deframer, type Frame, Partial } from './frame.ts'

// OSC 1.0 on streams: an int32 size, big-endian, before each packet. What liblo speaks over TCP.

/** `packet` with its size in front. */
export function lengthPrefixed(packet: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(packet.length + 4)
  bytes.writeInt32BE(packet.length, 0)
  bytes.set(packet, 4)
  return bytes
}

/**
 * A size below 0 or above `maxBytes` is reported once and is the end: there is no way to find the next frame, so
 * the rest of the stream is dropped and the connection should be closed.
 */
export function lengthDeframer(maxBytes: number): Deframer {
  const head = new Partial(4)
  const body = new Partial(maxBytes)
  /** Bytes of the frame under way; -1 while its size is awaited, -2 after the end. */
  let size = -1
  return {
    push(chunk) {
      const frames: Frame[] = []
      let at = 0
      while ((at < chunk.length && size !== -2) || size === 0) {
        if (size === -1) {
          const to = Math.min(chunk.length, at + 4 - head.size)
          head.add(chunk, at, to)
          at = to
          if (head.size < 4) break
          size = head.take().readInt32BE(0)
          if (size < 0 || size > maxBytes) {
            frames.push({ ok: false, detail: `frame of ${size} bytes, at most ${maxBytes}` })
            size = -2
            break
          }
        }
        const to = Math.min(chunk.length, at + size - body.size)
        body.add(chunk, at, to)
        at = to
        if (body.size === size) {
          frames.push({ ok: true, bytes: body.take() })
          size = -1
        }
      }
      return frames
    },
    end() {
      const cut = head.size > 0 || size >= 0
      size = -2
      return cut ? { ok: false, detail: 'stream ended inside a frame' } : null
    },
  }
}
