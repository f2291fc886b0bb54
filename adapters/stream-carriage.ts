import { failed } from '../intents/failure.ts'
import { deframer, framed, type Framing } from '../wire/framing.ts'
import type { Carriage, CarriageEvents } from './carriage.ts'

/** A stream of bytes that comes back by itself: a TCP connection, a serial line. */
export interface ByteStream {
  readonly up: boolean
  readonly detail: string
  open(): void
  write(bytes: Buffer, flushed: () => void): void
  drop(detail: string): void
  close(): void
}

export interface ByteStreamEvents {
  up(): void
  down(detail: string): void
  bytes(chunk: Buffer): void
}

/** 64 KiB: a longer frame is no answer. */
const maxFrameBytes = 64 * 1024

/** Frames over a stream. */
export function streamCarriage(
  peer: string,
  framing: Framing,
  connect: (events: ByteStreamEvents) => ByteStream,
  events: CarriageEvents,
): Carriage {
  let frames = deframer(framing, maxFrameBytes)
  const stream = connect({
    up() {
      frames = deframer(framing, maxFrameBytes)
      events.up(`connected to ${peer}`)
    },
    down: (detail) => events.down(detail),
    bytes(chunk) {
      for (const frame of frames.push(chunk)) {
        events.frame(frame)
        // after a wrong size nothing tells where the next frame begins
        if (!frame.ok && framing.type === 'length') return stream.drop(frame.detail)
      }
    },
  })
  return {
    peer,
    get up() {
      return stream.up
    },
    get detail() {
      return stream.detail
    },
    open: () => stream.open(),
    write({ bytes }, _signal, done) {
      let made: Buffer
      try {
        made = framed(framing, bytes)
      } catch (error) {
        if (error instanceof RangeError)
          return done(failed('malformed', `${peer}: framing: ${error.message}`))
        throw error
      }
      stream.write(made, () => done(null))
    },
    drop: (detail) => stream.drop(detail),
    close: () => stream.close(),
  }
}
