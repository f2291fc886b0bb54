import { type Deframer, type Frame, Partial } from './frame.ts'

/** How a packet's size stands before it. */
export interface LengthForm {
  /** Of the size itself. */
  readonly bytes: 1 | 2 | 4
  readonly endian: 'big' | 'little'
  /** Whether the size counts the header and itself, too. */
  readonly inclusive: boolean
  /** Bytes of the packet that stand in front of the size (a kind, a flag); the rest follows it. */
  readonly header: number
}

/** OSC 1.0 on streams: an int32 size, big-endian, before each packet. What liblo speaks over TCP. */
const oscLength: LengthForm = { bytes: 4, endian: 'big', inclusive: false, header: 0 }

/** `packet` with its size in front. @throws RangeError where it has no header, or its size does not fit */
export function lengthPrefixed(packet: Uint8Array, form: LengthForm = oscLength): Buffer {
  const { bytes, endian, inclusive, header } = form
  if (packet.length < header)
    throw new RangeError(`${packet.length} bytes, but the header alone has ${header}`)
  const size = packet.length - header + (inclusive ? header + bytes : 0)
  if (size >= 2 ** (bytes === 4 ? 31 : 8 * bytes))
    throw new RangeError(`a size of ${size} does not fit into ${bytes} bytes`)
  const framed = Buffer.allocUnsafe(packet.length + bytes)
  framed.set(packet.subarray(0, header), 0)
  if (endian === 'big') framed.writeUIntBE(size, header, bytes)
  else framed.writeUIntLE(size, header, bytes)
  framed.set(packet.subarray(header), header + bytes)
  return framed
}

/** What the size says is still to come. Four bytes are an int32, as OSC has it. */
function bodyBytes(head: Buffer, { bytes, endian, inclusive, header }: LengthForm): number {
  const size =
    bytes === 4
      ? endian === 'big'
        ? head.readInt32BE(header)
        : head.readInt32LE(header)
      : endian === 'big'
        ? head.readUIntBE(header, bytes)
        : head.readUIntLE(header, bytes)
  return inclusive ? size - header - bytes : size
}

/**
 * Frames of header and body, without the size between. A size below 0 or above `maxBytes` is reported once and is the
 * end: there is no way to find the next frame, so the rest of the stream is dropped and the connection should be closed.
 */
export function lengthDeframer(maxBytes: number, form: LengthForm = oscLength): Deframer {
  const headBytes = form.header + form.bytes
  const head = new Partial(headBytes)
  const body = new Partial(maxBytes)
  /** Bytes of the frame under way; -1 while its size is awaited, -2 after the end. */
  let size = -1
  return {
    push(chunk) {
      const frames: Frame[] = []
      let at = 0
      while ((at < chunk.length && size !== -2) || (size >= 0 && body.size === size)) {
        if (size === -1) {
          const to = Math.min(chunk.length, at + headBytes - head.size)
          head.add(chunk, at, to)
          at = to
          if (head.size < headBytes) break
          const taken = head.take()
          const wanted = bodyBytes(taken, form)
          size = wanted + form.header
          if (wanted < 0 || size > maxBytes) {
            frames.push({ ok: false, detail: `frame of ${size} bytes, at most ${maxBytes}` })
            size = -2
            break
          }
          body.add(taken, 0, form.header)
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
