import type { MidiMessage } from './midi.ts'
import { encodeJournal } from './rtp-midi-journal.ts'
import { SentHistory } from './rtp-midi-history.ts'
import { encodeRtpMidi, midiLists } from './rtp-midi.ts'

/** A list and a journal of at most so much each leave a packet below 1,500 bytes. */
const mostListBytes = 640
const mostJournalBytes = 640
/** After the last packet, when empty ones repeat its journal until the peer has it (RFC 4696 section 4.2). ms */
const guardsMs: readonly number[] = [30, 120, 500]
/** Where packets are to be named by a peer that may take a second for it: a guard before that would hide the name. */
const lateGuardsMs: readonly number[] = [1500]

/** Packets that wait to be named: beyond them a peer names none. */
const mostUnnamed = 256

/** What is known of a command: the system took its packets; the peer named its last one, or only a later one. */
export type Progress = 'taken' | 'named' | 'passed' | { readonly lost: Error }

interface Command {
  readonly messages: readonly MidiMessage[]
  progress(what: Progress): void
}

/** Where packets go, and the time of the session in 100 µs. */
export interface Outlet {
  send(bytes: Buffer, done: (error: Error | null) => void): void
  now(): number
}

export interface OutgoingOptions {
  /** Whether packets carry the recovery journal. */
  readonly journal: boolean
  /** Whether commands are to hear that the peer named their packet. */
  readonly names: boolean
}

/** The sending half of a stream. What comes in one turn leaves in as few packets as hold it. */
export class Outgoing {
  readonly #ssrc: number
  readonly #outlet: Outlet
  readonly #names: boolean
  readonly #history: SentHistory | null
  /** The newest packet, counted on without end; on the wire its lower 16 bits. */
  #packet: number
  #queue: Command[] = []
  #flushing: NodeJS.Immediate | null = null
  #guard: NodeJS.Timeout | null = null
  #acknowledged: number
  /** Commands by their last packet, until the peer names it or a later one. */
  readonly #unnamed = new Map<number, Command[]>()

  /** @param first a random number of 16 bits: the first packet's is the next (RFC 3550 section 5.1) */
  constructor(ssrc: number, first: number, options: OutgoingOptions, outlet: Outlet) {
    this.#ssrc = ssrc
    this.#names = options.names
    this.#outlet = outlet
    this.#packet = first
    this.#acknowledged = first
    this.#history = options.journal ? new SentHistory(first + 1) : null
  }

  /** Sends at the end of this turn. @returns takes it back, as long as it has not left: whether it could */
  send(messages: readonly MidiMessage[], progress: (what: Progress) => void): () => boolean {
    const command = { messages, progress }
    this.#queue.push(command)
    this.#flushing ??= setImmediate(() => this.#flush())
    return () => {
      const at = this.#queue.indexOf(command)
      if (at !== -1) this.#queue.splice(at, 1)
      return at !== -1
    }
  }

  /** The peer has got the packet of that number. Hostile: a number that was not sent says nothing. */
  feedback(sequence: number): void {
    const behind = (this.#packet - sequence) & 0xffff
    const packet = this.#packet - behind
    if (behind >= 0x8000 || packet <= this.#acknowledged) return
    this.#acknowledged = packet
    this.#history?.acknowledge(packet)
    for (const [last, commands] of this.#unnamed) {
      if (last > packet) break
      this.#unnamed.delete(last)
      for (const command of commands) command.progress(last === packet ? 'named' : 'passed')
    }
    if (packet === this.#packet) this.#stopGuard()
  }

  /** Nothing leaves any more. */
  close(): void {
    if (this.#flushing !== null) clearImmediate(this.#flushing)
    this.#stopGuard()
    this.#queue = []
    this.#unnamed.clear()
  }

  #flush(): void {
    this.#flushing = null
    const queue = this.#queue
    this.#queue = []
    const lists = midiLists(
      queue.flatMap(({ messages }) => messages),
      mostListBytes,
    )
    let ended = 0
    let wanted = 0
    let next = 0
    for (const { list, messages } of lists) {
      ended += messages.length
      const done: Command[] = []
      for (let command = queue[next]; command !== undefined; command = queue[next]) {
        if (wanted + command.messages.length > ended) break
        wanted += command.messages.length
        done.push(command)
        next++
      }
      this.#packetOf(list, messages, done)
    }
    // what holds no message is through at once
    for (const command of queue.slice(next)) command.progress('taken')
    if (lists.length > 0) this.#guardFrom(0)
  }

  #packetOf(list: Buffer, messages: readonly MidiMessage[], done: readonly Command[]): void {
    const packet = ++this.#packet
    const now = performance.now()
    const history = this.#history
    const journal = history?.journal(packet, now, mostJournalBytes)
    if (this.#names && done.length > 0) this.#unnamed.set(packet, [...done])
    if (this.#unnamed.size > mostUnnamed)
      this.#unnamed.delete(this.#unnamed.keys().next().value ?? 0)
    const bytes = encodeRtpMidi({
      sequence: packet & 0xffff,
      timestamp: this.#outlet.now() >>> 0,
      ssrc: this.#ssrc,
      list,
      startsWithDelta: false,
      journal: journal === undefined ? null : encodeJournal(journal, packet & 0xffff),
    })
    for (const message of messages) history?.add(message, packet, now)
    this.#outlet.send(bytes, (error) => {
      const what = error === null ? 'taken' : { lost: error }
      for (const command of done) command.progress(what)
    })
  }

  /** An empty packet with the journal, in case that the last one was lost and nothing else follows. */
  #guardFrom(n: number): void {
    this.#stopGuard()
    const wait = (this.#names ? lateGuardsMs : guardsMs)[n]
    if (wait === undefined || this.#history === null) return
    this.#guard = setTimeout(() => {
      this.#packetOf(Buffer.alloc(0), [], [])
      this.#guardFrom(n + 1)
    }, wait)
  }

  #stopGuard(): void {
    if (this.#guard !== null) clearTimeout(this.#guard)
    this.#guard = null
  }
}
