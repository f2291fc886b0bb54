import type { MidiMessage } from './midi.ts'
import { type AppleMidi, decodeAppleMidi, encodeAppleMidi, isAppleMidi } from './apple-midi.ts'
import { decodeRtpMidi } from './rtp-midi.ts'
import { Incoming } from './rtp-incoming.ts'
import { Outgoing, type OutgoingOptions, type Progress } from './rtp-outgoing.ts'
import type { Port } from './rtp-pair.ts'

/** Who takes part in a session. */
export interface Parties {
  readonly ssrc: number
  readonly peerSsrc: number
  /** As it calls itself. Hostile: bounded and without control characters. */
  readonly peerName: string
  readonly token: number
  /** The one who invited keeps the clock. */
  readonly isInviter: boolean
}

export interface SessionHost {
  send(port: Port, bytes: Buffer, done: (error: Error | null) => void): void
  got(message: MidiMessage): void
  /** That many more packets of the peer are missing. */
  lost(packets: number): void
  /** The peer ended the session, or is silent. */
  ended(detail: string): void
  /** Whether to tell the peer what came: a simulator that hangs does not. */
  tells(): boolean
}

/** Feedback is at most this often: it is for trimming journals. Milliseconds. */
const feedbackMs = 10

/** So often the peer is looked after within the time that it may be silent. */
const looks = 4

/** An established session: clock, streams both ways, receiver feedback, silence. */
export class Session {
  readonly parties: Parties
  readonly #host: SessionHost
  readonly #silenceMs: number
  readonly #outgoing: Outgoing
  readonly #incoming = new Incoming()
  readonly #started = performance.now()
  #heard = performance.now()
  /** Looks since then: while this process stands still, nobody is silent. */
  #quietLooks = 0
  #told = -Infinity
  #feedback: NodeJS.Timeout | null = null
  #beat: NodeJS.Timeout
  readonly #pings = new Set<(roundTripMs: number) => void>()

  constructor(
    parties: Parties,
    options: OutgoingOptions & { readonly silenceMs: number },
    host: SessionHost,
  ) {
    this.parties = parties
    this.#host = host
    this.#silenceMs = options.silenceMs
    const first = Math.floor(Math.random() * 0x1_0000)
    this.#outgoing = new Outgoing(parties.ssrc, first, options, {
      send: (bytes, done) => host.send('data', bytes, done),
      now: () => this.#now(),
    })
    this.#beat = setInterval(() => this.#look(), options.silenceMs / looks)
    if (parties.isInviter) this.#clock(0, [0n, 0n, 0n])
  }

  /** As {@link Outgoing.send}. */
  send(messages: readonly MidiMessage[], progress: (what: Progress) => void): () => boolean {
    return this.#outgoing.send(messages, progress)
  }

  /** A packet of the peer. Hostile. */
  got(bytes: Buffer): void {
    if (isAppleMidi(bytes)) {
      const packet = decodeAppleMidi(bytes)
      if (packet !== null && packet.ssrc === this.parties.peerSsrc) this.#control(packet)
      return
    }
    const packet = decodeRtpMidi(bytes)
    if (packet === null || packet.ssrc !== this.parties.peerSsrc) return
    this.#hear()
    const { messages, lost } = this.#incoming.got(packet)
    if (lost > 0) this.#host.lost(lost)
    for (const message of messages) this.#host.got(message)
    this.#tellSoon()
  }

  /** Asks the peer for the time: only who invited may. @returns stops waiting for the answer */
  ping(pong: (roundTripMs: number) => void): () => void {
    this.#pings.add(pong)
    this.#clock(0, [0n, 0n, 0n])
    return () => void this.#pings.delete(pong)
  }

  /** How long ago the peer was heard. Milliseconds. */
  silentMs(): number {
    return performance.now() - this.#heard
  }

  /** Says farewell where it is wanted, and is over. */
  close(farewell: boolean): void {
    clearInterval(this.#beat)
    if (this.#feedback !== null) clearTimeout(this.#feedback)
    this.#outgoing.close()
    const { token, ssrc } = this.parties
    if (farewell) this.#say('control', { kind: 'ended', token, ssrc })
  }

  #hear(): void {
    this.#heard = performance.now()
    this.#quietLooks = 0
  }

  #control(packet: AppleMidi): void {
    this.#hear()
    if (packet.kind === 'clock') this.#gotClock(packet.count, packet.times)
    else if (packet.kind === 'feedback') this.#outgoing.feedback(packet.sequence)
    else if (packet.kind === 'ended') this.#host.ended(`${this.parties.peerName} left the session`)
  }

  /** The three packets of a comparison: 0 and 2 are the inviter's. */
  #gotClock(count: 0 | 1 | 2, [first, second]: readonly [bigint, bigint, bigint]): void {
    const now = BigInt(this.#now())
    if (count === 0) this.#clock(1, [first, now, 0n])
    else if (count === 1 && this.parties.isInviter) {
      // hostile: a time that is not ours would be any number
      const ticks = BigInt.asUintN(64, now - first)
      if (ticks < BigInt(this.#silenceMs) * 10n) this.#measured(Number(ticks) / 10)
      this.#clock(2, [first, second, now])
    }
    // 2 ends a comparison: times of arrival are all that is kept here, so nothing is shifted by it
  }

  #measured(roundTripMs: number): void {
    for (const pong of this.#pings) pong(roundTripMs)
    this.#pings.clear()
  }

  #clock(count: 0 | 1 | 2, times: readonly [bigint, bigint, bigint]): void {
    const now = BigInt(this.#now())
    const { ssrc } = this.parties
    this.#say('data', { kind: 'clock', ssrc, count, times: count === 0 ? [now, 0n, 0n] : times })
  }

  /** Looks whether the peer still speaks, and as the inviter gives it a reason to. */
  #look(): void {
    // the first of them may have come right behind what was heard
    if (++this.#quietLooks > looks)
      return this.#host.ended(`${this.parties.peerName} has been silent for ${this.#silenceMs} ms`)
    if (this.parties.isInviter) this.#clock(0, [0n, 0n, 0n])
  }

  #tellSoon(): void {
    if (this.#feedback !== null) return
    const wait = this.#told + feedbackMs - performance.now()
    if (wait <= 0) return this.#tell()
    this.#feedback = setTimeout(() => this.#tell(), wait)
  }

  #tell(): void {
    this.#feedback = null
    const { sequence } = this.#incoming
    if (sequence === null || !this.#host.tells()) return
    this.#told = performance.now()
    this.#say('control', { kind: 'feedback', ssrc: this.parties.ssrc, sequence })
  }

  #say(port: Port, packet: AppleMidi): void {
    // what of this is lost is said again, or the silence tells
    this.#host.send(port, encodeAppleMidi(packet), () => {})
  }

  /** The session's time, in 100 µs. */
  #now(): number {
    return Math.floor((performance.now() - this.#started) * 10)
  }
}
