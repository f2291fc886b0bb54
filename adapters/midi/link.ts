import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { encodeMidi } from '../../wire/midi.ts'
import { longestSysex, type MidiParser, midiParser } from '../../wire/midi-parser.ts'
import type { MidiWire, MidiWireEvents } from '../../wire/midi-wire.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import type { MidiCommand } from '../midi-command.ts'
import { midiReports } from '../midi-report.ts'
import { TimecodeRunner } from '../midi-timecode.ts'

/** A command without an end yet: it waits for the first look at the wire, or is written. */
interface Flight {
  readonly command: MidiCommand
  written: boolean
  end(result: Ack | Failure): void
}

/** See README.md: the life of one command. */
export class MidiLink implements Link<MidiCommand> {
  readonly #context: LinkContext
  readonly #wire: MidiWire
  readonly #got: ReturnType<typeof midiReports>
  readonly #timecode: TimecodeRunner
  readonly #flights = new Set<Flight>()
  readonly #looks = new Set<() => void>()
  #parser: MidiParser = midiParser(longestSysex)
  #up = false
  /** Whether the wire was up, or found not to be: before that a command may wait for it. */
  #known = false
  #detail = 'not looked for yet'
  #closed = false

  constructor(context: LinkContext, wireTo: (events: MidiWireEvents) => MidiWire) {
    this.#context = context
    this.#got = midiReports(context)
    this.#timecode = new TimecodeRunner((message) => {
      if (this.#up) this.#wire.write(encodeMidi(message), () => {})
    })
    this.#wire = wireTo({
      up: (detail) => this.#cameUp(detail),
      down: (detail) => this.#wentDown(detail),
      bytes: (chunk) => this.#heard(chunk),
    })
  }

  open(): void {
    this.#wire.open()
  }

  send(command: MidiCommand, signal: AbortSignal): Promise<Ack> {
    if (this.#closed || signal.aborted || (this.#known && !this.#up))
      return Promise.reject(new DeliveryError(this.#away()))
    return new Promise((resolve, reject) => {
      const aborted = () => this.#abort(flight)
      const flight: Flight = {
        command,
        written: false,
        end: (result) => {
          this.#flights.delete(flight)
          signal.removeEventListener('abort', aborted)
          if (typeof result === 'string') resolve(result)
          else reject(new DeliveryError(result))
        },
      }
      signal.addEventListener('abort', aborted)
      this.#flights.add(flight)
      if (this.#up) this.#write(flight)
    })
  }

  /** MIDI asks for no sign of life: whether the port is open is all there is. @throws DeliveryError */
  test(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.#up && !this.#closed && !signal.aborted) return
        this.#looks.delete(look)
        signal.removeEventListener('abort', look)
        if (this.#up) resolve(`${this.#detail}; whether anybody listens, MIDI does not tell`)
        else reject(new DeliveryError(this.#away()))
      }
      this.#looks.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  close(): Promise<void> {
    this.#closed = true
    this.#up = false
    this.#timecode.stop()
    this.#wire.close()
    this.#detail = 'the link is closed'
    for (const flight of this.#flights) flight.end(this.#broken(flight))
    for (const look of this.#looks) look()
    return Promise.resolve()
  }

  #write(flight: Flight): void {
    const barrier = this.#context.barred()
    if (barrier !== null) return flight.end(barrier)
    const { messages } = flight.command
    if (messages.length === 0) flight.end('sent')
    flight.written = true
    const last = messages.length - 1
    for (const [n, message] of messages.entries())
      this.#wire.write(encodeMidi(message), (error) => {
        if (error !== null) flight.end(this.#refused(error, n > 0))
        else if (n === last) flight.end('sent')
      })
    // after its full frame
    this.#timecode.follow(flight.command)
  }

  #abort(flight: Flight): void {
    if (!flight.written) return flight.end(this.#away())
    const detail = 'the MIDI port did not take the bytes in time'
    flight.end({ code: 'timeout', reached: 'maybe', detail })
    this.#wire.drop('it does not take what is sent; connecting again')
  }

  #cameUp(detail: string): void {
    this.#up = true
    this.#known = true
    this.#detail = detail
    // half a message of before must not begin a new one
    this.#parser = midiParser(longestSysex)
    for (const flight of this.#flights) this.#write(flight)
    for (const look of this.#looks) look()
    this.#context.changed(true, detail)
  }

  #wentDown(detail: string): void {
    this.#up = false
    this.#known = true
    this.#detail = detail
    for (const flight of this.#flights) flight.end(this.#broken(flight))
    this.#context.changed(false, detail)
  }

  /** Hostile: the parser drops what is no MIDI. */
  #heard(chunk: Uint8Array): void {
    for (const each of this.#parser.push(chunk)) if (each.ok) this.#got(each.message)
  }

  #refused(error: Error, partly: boolean): Failure {
    const detail = `the MIDI port did not take it: ${error.message.slice(0, 200)}`
    return { code: 'unreachable', reached: partly ? 'maybe' : 'no', detail }
  }

  #broken(flight: Flight): Failure {
    if (!flight.written) return this.#away()
    const detail = `${this.#detail}, before the bytes were known to have left`
    return { code: 'unreachable', reached: 'maybe', detail }
  }

  /** Nothing was sent. */
  #away(): Failure {
    return this.#up
      ? failed('timeout', 'no time was left to send it')
      : failed('unreachable', this.#detail)
  }
}
