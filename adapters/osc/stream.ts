import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import type { Deframer } from '../../wire/frame.ts'
import { lengthDeframer, lengthPrefixed } from '../../wire/length.ts'
import { encode } from '../../wire/osc-encode.ts'
import { slip, slipDeframer } from '../../wire/slip.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { maxPacketBytes, type OscCommand } from './command.ts'
import { Connection } from '../connection.ts'
import { reportPacket } from './report.ts'

const framings = {
  'tcp-slip': { frame: slip, deframer: () => slipDeframer(maxPacketBytes) },
  'tcp-length': { frame: lengthPrefixed, deframer: () => lengthDeframer(maxPacketBytes) },
} as const

/** A packet as it stands in the stream. */
export function framed(transport: keyof typeof framings, packet: Buffer): Buffer {
  return framings[transport].frame(packet)
}

/** A message that has no end yet. */
interface Flight {
  readonly bytes: Buffer
  end(result: 'sent' | Failure): void
}

/** OSC over TCP: what is flushed is sent; the device's own messages are reports. */
export class OscStream implements Link<OscCommand> {
  readonly #peer: string
  readonly #context: LinkContext
  readonly #connection: Connection
  readonly #framing: (typeof framings)[keyof typeof framings]
  readonly #waiting = new Set<Flight>()
  readonly #written = new Set<Flight>()
  readonly #connects = new Set<() => void>()
  #frames: Deframer
  #closed = false

  constructor(
    peer: { readonly host: string; readonly port: number },
    framing: keyof typeof framings,
    context: LinkContext,
  ) {
    this.#peer = `${peer.host}:${peer.port}`
    this.#context = context
    this.#framing = framings[framing]
    this.#frames = this.#framing.deframer()
    this.#connection = new Connection(peer.host, peer.port, {
      up: () => this.#cameUp(),
      down: (detail) => this.#wentDown(detail),
      bytes: (chunk) => this.#got(chunk),
    })
  }

  open(): void {
    this.#connection.open()
  }

  send({ address, args }: OscCommand, signal: AbortSignal): Promise<Ack> {
    if (this.#closed || signal.aborted) return Promise.reject(this.#away())
    const bytes = this.#framing.frame(encode(address, args))
    if (bytes.length > maxPacketBytes) {
      const detail = `message of ${bytes.length} bytes, at most ${maxPacketBytes}`
      return Promise.reject(new DeliveryError(failed('malformed', detail)))
    }
    return new Promise((resolve, reject) => {
      const aborted = () => this.#abort(flight)
      const flight: Flight = {
        bytes,
        end: (result) => {
          this.#waiting.delete(flight)
          this.#written.delete(flight)
          signal.removeEventListener('abort', aborted)
          if (result === 'sent') resolve(result)
          else reject(new DeliveryError(result))
        },
      }
      signal.addEventListener('abort', aborted)
      this.#waiting.add(flight)
      this.#flush()
    })
  }

  test(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.#connects.delete(wake)
        signal.removeEventListener('abort', wake)
        if (this.#connection.up) resolve(`connected to ${this.#peer}`)
        else reject(this.#away())
      }
      if (this.#closed || signal.aborted || this.#connection.up) return wake()
      this.#connects.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  close(): Promise<void> {
    this.#closed = true
    this.#connection.close()
    for (const flight of this.#written) flight.end(this.#lost('the link was closed'))
    for (const flight of this.#waiting) flight.end(this.#away().failure)
    for (const wake of this.#connects) wake()
    return Promise.resolve()
  }

  #flush(): void {
    if (!this.#connection.up) return
    for (const flight of this.#waiting) {
      const barred = this.#context.barred()
      if (barred !== null) {
        flight.end(barred)
        continue
      }
      this.#waiting.delete(flight)
      this.#written.add(flight)
      this.#connection.write(flight.bytes, () => flight.end('sent'))
    }
  }

  #cameUp(): void {
    this.#frames = this.#framing.deframer()
    // before anybody hears of it, so that what waits goes out before what is new
    this.#flush()
    for (const wake of this.#connects) wake()
    this.#context.changed(true, `connected to ${this.#peer}`)
  }

  #wentDown(detail: string): void {
    for (const flight of this.#written) flight.end(this.#lost(detail))
    this.#context.changed(false, `${this.#peer}: ${detail}`)
  }

  #abort(flight: Flight): void {
    if (!this.#written.has(flight)) return flight.end(this.#away().failure)
    const detail = `${this.#peer} did not take the message in time`
    flight.end({ code: 'timeout', reached: 'maybe', detail })
    // bytes that still wait must not arrive late
    this.#connection.drop('it does not take what is sent; connecting again')
  }

  /** Hostile: the deframer bounds a frame, and what is none is dropped. */
  #got(chunk: Buffer): void {
    for (const frame of this.#frames.push(chunk))
      if (frame.ok) reportPacket(frame.bytes, this.#context)
      else if (this.#framing === framings['tcp-length']) {
        // after a wrong size nothing tells where the next frame begins
        return this.#connection.drop(frame.detail)
      }
  }

  #lost(why: string): Failure {
    const detail = `${this.#peer}: ${why}, before the message was known to have left`
    return { code: 'unreachable', reached: 'maybe', detail }
  }

  /** Nothing was sent. */
  #away(): DeliveryError {
    const why = this.#closed
      ? 'the link is closed'
      : this.#connection.up
        ? 'no time was left to send it'
        : this.#connection.detail
    const code = this.#connection.up ? 'timeout' : 'unreachable'
    return new DeliveryError(failed(code, `${this.#peer}: ${why}`))
  }
}
