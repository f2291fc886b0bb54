import { randomBytes } from 'node:crypto'
import type { MidiMessage } from './midi.ts'
import type { Session } from './rtp-session.ts'

/** What a side of a session tells its owner. */
export interface EndpointHost {
  up(session: Session): void
  /** At each attempt that failed and each session that was lost. */
  down(detail: string): void
  got(message: MidiMessage): void
  lost(packets: number): void
  /** See {@link import('./rtp-session.ts').SessionHost}. */
  tells(): boolean
}

/** A side of a session that makes it, and makes it again when it is lost. */
export interface Endpoint {
  /** The control port of this side; 0 while it has none. */
  readonly port: number
  /** The session; null while there is none. */
  readonly session: Session | null
  /** Starts; returns at once. */
  open(): void
  /** Ends the session, with a farewell or as by a pulled plug. Idempotent. */
  close(farewell: boolean): void
}

/** A side of a session, as its owner wants it. */
export interface EndpointOptions {
  /** The peer; to an acceptor whose invitation is accepted, `*` for anyone's. */
  readonly host: string
  /** Control port: the peer's, or the one to listen on. Data is on the next; 0 to listen on any free pair. */
  readonly port: number
  /** The address of this machine to listen on. */
  readonly bind: string
  /** The name that the peer shows, 1 to 63 characters. */
  readonly shownAs: string
  /** Sends the recovery journal (RFC 6295 section 4). */
  readonly journal: boolean
  /** A peer that is silent for so long is lost. Milliseconds. */
  readonly silenceMs: number
  /** Whether what is sent is to hear that the peer named its packet. */
  readonly confirm: 'sent' | 'feedback'
}

/** A random number of 32 bits: tokens and SSRCs (RFC 3550 section 8.1). */
export function random32(): number {
  return randomBytes(4).readUInt32BE()
}

/** 250 ms, doubling to 5 s: between tries, as for a TCP connection. */
const firstWaitMs = 250
const longestWaitMs = 5000

/** How long to wait after so many failures in a row; the peers of one machine do not all come at once. Milliseconds. */
export function waitMs(failures: number): number {
  return (
    Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 8)) * (0.8 + 0.4 * Math.random())
  )
}
