import { randomBytes } from 'node:crypto'
import type { MidiMessage } from '../../wire/midi.ts'
import type { RtpMidiOptions } from './options.ts'
import type { Session } from './session.ts'

/** What a side of a session tells its owner. */
export interface EndpointHost {
  up(session: Session): void
  /** At each attempt that failed and each session that was lost. */
  down(detail: string): void
  got(message: MidiMessage): void
  lost(packets: number): void
  /** See {@link import('./session.ts').SessionHost}. */
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

export type EndpointOptions = Pick<
  RtpMidiOptions,
  'host' | 'port' | 'bind' | 'shownAs' | 'journal' | 'silenceMs' | 'confirm'
>

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
