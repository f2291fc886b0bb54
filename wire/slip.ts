import { type Deframer, type Frame, Partial } from './frame.ts'

// SLIP (RFC 1055) with an END before and after each packet, as OSC 1.1 wants it on streams.
const end = 0xc0
const esc = 0xdb
const escEnd = 0xdc
const escEsc = 0xdd
const endByte = Buffer.of(end)
const escByte = Buffer.of(esc)

/** `packet` between two END bytes. */
export function slip(packet: Uint8Array): Buffer {
  let size = packet.length + 2
  for (const byte of packet) if (byte === end || byte === esc) size++
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  bytes[at++] = end
  for (const byte of packet)
    if (byte === end || byte === esc) {
      bytes[at++] = esc
      bytes[at++] = byte === end ? escEnd : escEsc
    } else bytes[at++] = byte
  bytes[at] = end
  return bytes
}

/**
 * Empty frames are none (RFC 1055 sends them to flush line noise). A frame with a wrong escape or of more than
 * `maxBytes` is reported once and skipped to the next END.
 */
export function slipDeframer(maxBytes: number): Deframer {
  const partial = new Partial(maxBytes)
  let escaped = false
  let skipping = false
  return {
    push(chunk) {
      const frames: Frame[] = []
      const fault = (detail: string) => {
        frames.push({ ok: false, detail })
        partial.clear()
        skipping = true
      }
      const keep = (bytes: Buffer, from: number, to: number) => {
        if (!partial.add(bytes, from, to)) fault(`SLIP frame of more than ${maxBytes} bytes`)
      }
      let at = 0
      while (at < chunk.length) {
        const byte = chunk[at]
        if (byte === end) {
          if (escaped && !skipping) fault('SLIP frame ends inside an escape')
          else if (partial.size > 0) frames.push({ ok: true, bytes: partial.take() })
          escaped = false
          skipping = false
          at++
        } else if (skipping) {
          const next = chunk.indexOf(end, at)
          at = next === -1 ? chunk.length : next
        } else if (escaped) {
          escaped = false
          if (byte === escEnd) keep(endByte, 0, 1)
          else if (byte === escEsc) keep(escByte, 0, 1)
          else fault('SLIP escape of a byte that needs none')
          at++
        } else if (byte === esc) {
          escaped = true
          at++
        } else {
          const from = at
          while (at < chunk.length && chunk[at] !== end && chunk[at] !== esc) at++
          keep(chunk, from, at)
        }
      }
      return frames
    },
    end() {
      const cut = partial.size > 0 || escaped
      partial.clear()
      escaped = false
      return cut ? { ok: false, detail: 'stream ended inside a SLIP frame' } : null
    },
  }
}
