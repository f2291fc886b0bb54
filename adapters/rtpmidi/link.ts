import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { reason } from '../../wire/system-reason.ts'
import { Acceptor } from '../../wire/rtp-acceptor.ts'
import type { Endpoint } from '../../wire/rtp-endpoint.ts'
import { Inviter } from '../../wire/rtp-inviter.ts'
import type { Progress } from '../../wire/rtp-outgoing.ts'
import type { Session } from '../../wire/rtp-session.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import type { MidiCommand } from '../midi-command.ts'
import { midiReports } from '../midi-report.ts'
import { TimecodeRunner } from '../midi-timecode.ts'
import type { RtpMidiOptions } from './options.ts'

/** A command without an end yet: it waits for the first session, or is in one. */
interface Flight {
  readonly command: MidiCommand
  /** Whether its bytes may have left. */
  gone: boolean
  takeBack: () => boolean
  end(result: Ack | Failure): void
}

/** See README.md: the life of one command. */
export class RtpMidiLink implements Link<MidiCommand> {
  readonly #options: RtpMidiOptions
  readonly #context: LinkContext
  readonly #endpoint: Endpoint
  readonly #timecode: TimecodeRunner
  readonly #flights = new Set<Flight>()
  readonly #looks = new Set<() => void>()
  #session: Session | null = null
  /** Whether the peer was there, or found not to be: before that a command may wait for it. */
  #known = false
  #detail = 'not connected yet'
  #closed = false
  #lost = 0

  constructor(options: RtpMidiOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
    this.#timecode = new TimecodeRunner((message) => this.#session?.send([message], () => {}))
    const Side = options.session === 'invite' ? Inviter : Acceptor
    this.#endpoint = new Side(options, {
      up: (session) => this.#cameUp(session),
      down: (detail) => this.#wentDown(detail),
      got: midiReports(context),
      lost: (packets) => context.report('network/lost', (this.#lost += packets)),
      tells: () => true,
    })
  }

  open(): void {
    this.#endpoint.open()
  }

  send(command: MidiCommand, signal: AbortSignal): Promise<Ack> {
    if (this.#closed || signal.aborted || (this.#known && this.#session === null))
      return Promise.reject(new DeliveryError(this.#away()))
    return new Promise((resolve, reject) => {
      const aborted = () => this.#abort(flight)
      const flight: Flight = {
        command,
        gone: false,
        takeBack: () => true,
        end: (result) => {
          this.#flights.delete(flight)
          signal.removeEventListener('abort', aborted)
          if (typeof result === 'string') resolve(result)
          else reject(new DeliveryError(result))
        },
      }
      signal.addEventListener('abort', aborted)
      this.#flights.add(flight)
      if (this.#session !== null) this.#begin(this.#session, flight)
    })
  }

  async test(signal: AbortSignal): Promise<string> {
    const session = this.#session ?? (await this.#found(signal))
    const { peerName, isInviter } = session.parties
    if (!isInviter)
      return `in a session with ${peerName}, heard ${Math.round(session.silentMs())} ms ago`
    const ms = await new Promise<number>((resolve, reject) => {
      const off = session.ping(resolve)
      const aborted = () => {
        off()
        const detail = `${this.#peer()} did not answer the clock in time`
        reject(new DeliveryError({ code: 'timeout', reached: 'maybe', detail }))
      }
      signal.addEventListener('abort', aborted, { once: true })
    })
    return `in a session with ${peerName}, round trip ${ms.toFixed(1)} ms`
  }

  close(): Promise<void> {
    this.#closed = true
    this.#timecode.stop()
    this.#endpoint.close(true)
    this.#session = null
    this.#detail = 'the link is closed'
    for (const flight of this.#flights) flight.end(this.#broken(flight))
    for (const look of this.#looks) look()
    return Promise.resolve()
  }

  #begin(session: Session, flight: Flight): void {
    const barrier = this.#context.barred()
    if (barrier !== null) return flight.end(barrier)
    const { messages } = flight.command
    if (messages.length === 0) flight.end('sent')
    else flight.takeBack = session.send(messages, (what) => this.#progress(flight, what))
    // after its full frame
    this.#timecode.follow(flight.command)
  }

  #progress(flight: Flight, what: Progress): void {
    if (typeof what === 'object') {
      const detail = `${this.#peer()}: ${reason(what.lost)}`
      return flight.end({ code: 'unreachable', reached: 'maybe', detail })
    }
    flight.gone = true
    if (what === 'named') return flight.end('confirmed')
    // a later packet came, so this one may have been lost, and put right or not: no more than sent
    if (what === 'passed' || this.#options.confirm === 'sent') flight.end('sent')
  }

  #abort(flight: Flight): void {
    if (this.#session === null || (!flight.gone && flight.takeBack()))
      return flight.end(this.#away())
    const detail = `${this.#peer()} did not say in time that it got the packet`
    flight.end({ code: 'timeout', reached: 'maybe', detail })
  }

  #cameUp(session: Session): void {
    this.#session = session
    this.#known = true
    for (const flight of this.#flights) this.#begin(session, flight)
    for (const look of this.#looks) look()
    this.#context.changed(true, `in a session with ${session.parties.peerName}`)
  }

  #wentDown(detail: string): void {
    this.#session = null
    this.#known = true
    this.#detail = detail
    for (const flight of this.#flights) flight.end(this.#broken(flight))
    const where = this.#options.session === 'invite' ? `${this.#peer()}: ` : ''
    this.#context.changed(false, `${where}${detail}`)
  }

  /** @throws DeliveryError where the signal aborts or the link is closed first */
  #found(signal: AbortSignal): Promise<Session> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const session = this.#session
        if (session === null && !this.#closed && !signal.aborted) return
        this.#looks.delete(look)
        signal.removeEventListener('abort', look)
        if (session === null) reject(new DeliveryError(this.#away()))
        else resolve(session)
      }
      this.#looks.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  #broken(flight: Flight): Failure {
    if (!flight.gone && flight.takeBack()) return this.#away()
    const detail = `${this.#peer()}: ${this.#detail}, before the packet was known to have arrived`
    return { code: 'unreachable', reached: 'maybe', detail }
  }

  /** Nothing was sent. */
  #away(): Failure {
    const isUp = this.#session !== null
    const why = isUp ? 'no time was left to send it' : this.#detail
    return failed(isUp ? 'timeout' : 'unreachable', `${this.#peer()}: ${why}`)
  }

  #peer(): string {
    const { session, host, port } = this.#options
    return session === 'invite' ? `${host}:${port}` : 'the peer'
  }
}
