/** Carries MIDI bytes to a device and from it, and comes back by itself when it is lost. */
export interface MidiWire {
  /** Starts; returns at once. */
  open(): void
  /** Only while it is up. `done` hears that the system took the bytes, or why not; not at all when the wire is lost. */
  write(bytes: Buffer, done: (error: Error | null) => void): void
  /** What was written may still wait to leave: it must not arrive late. */
  drop(detail: string): void
  /** Idempotent. */
  close(): void
}

/** What a wire tells its link; never after `close`. */
export interface MidiWireEvents {
  up(detail: string): void
  /** At each attempt that failed and each loss. */
  down(detail: string): void
  bytes(chunk: Uint8Array): void
}
