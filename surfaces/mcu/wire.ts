import type { MidiMessage } from '../../wire/midi.ts'

/** Carries MIDI messages to a console and from it, and comes back by itself when it is lost. */
export interface ConsoleWire {
  /** Where the console is or is waited for, for people. */
  readonly where: string
  /** Starts. @throws SurfaceError where what it is to listen on is not to be had */
  open(): Promise<void>
  /** Only while it is up. `done` hears that the system has them, or never will; once. */
  send(messages: readonly MidiMessage[], done: () => void): void
  /** Idempotent. */
  close(): void
}

/** What a wire tells its station; never after `close`. */
export interface ConsoleWireEvents {
  up(detail: string): void
  /** At each attempt that failed and each loss. */
  down(detail: string): void
  got(message: MidiMessage): void
  /** Bytes that were no MIDI, and packets of others. */
  rejected(source: string, detail: string): void
}
