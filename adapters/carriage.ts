import type { Buffer } from 'node:buffer'
import type { Failure } from '../intents/failure.ts'
import type { Frame } from '../wire/frame.ts'

/** What carries frames to a device and back, and comes back by itself when it is lost: a connection, a line, a socket. */
export interface Carriage {
  /** Whom it reaches, for people: `10.0.0.7:5000`. */
  readonly peer: string
  readonly up: boolean
  /** Why it is not up. */
  readonly detail: string
  /** Starts to connect; returns at once. */
  open(): void
  /**
   * Hands one frame to the system. `done` is called once it is there, or with why it was not; not at all where the
   * carriage is lost meanwhile: `down` tells that.
   */
  write(frame: Outgoing, signal: AbortSignal, done: (failure: Failure | null) => void): void
  /**
   * Gives up what is under way and begins anew, so that an answer to what was sent before does not come any more. A serial
   * line cannot promise that: its answers must say what they answer.
   */
  drop(detail: string): void
  close(): void
}

export interface Outgoing {
  readonly bytes: Buffer
  readonly binary: boolean
}

/** What a carriage tells its link. Never called after `close`. */
export interface CarriageEvents {
  up(detail: string): void
  /** At each attempt that failed and each loss. */
  down(detail: string): void
  /** Hostile; its size is bounded. */
  frame(frame: Frame): void
}
