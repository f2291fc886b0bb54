/** One way in of the bench: what the config says of it, and how one press is sent. */
export interface Way {
  readonly name: string
  /** What carries it here. */
  readonly link: string
  /** Presses a second that a real link lets through, where that is less than what carries it here. */
  readonly carries?: number
  /** Its entry of `surfaces`; null: the hub has it without. A way by another's entry names that. */
  readonly surface: string | null
  /**
   * What it can say: `number`, each press has one of its own; else the controls that it presses in turn, by their number
   * in the grid.
   */
  readonly says: 'number' | readonly number[]
  /** Made ready before the hub starts. @throws NotHere where this machine lacks what it needs */
  prepare(folder: string): Promise<Prepared>
}

export interface Prepared {
  /** The entry, as the config has it; empty where another way has written it. */
  readonly config: string
  /** Connects to where the hub says that it listens. */
  connect(address: string): Promise<Hand>
  /** What was made ready is taken away. Idempotent. */
  end(): Promise<void>
}

/** What presses. */
export interface Hand {
  /** Sends one press, of a number or of a control; never waits. */
  press(number: number): void
  /** Hangs up. */
  close(): void
}

/** Why a way cannot be measured on this machine. */
export class NotHere extends Error {
  override readonly name = 'NotHere'
}

/** The hub listens, and nothing need be made ready. */
export function listening(config: string, connect: Prepared['connect']): Way['prepare'] {
  return () => Promise.resolve({ config, connect, end: () => Promise.resolve() })
}

/** The port in an address for people, of one of its transports: `tcp 127.0.0.1:16622, ws 127.0.0.1:16623`. */
export function portOf(address: string, transport = ''): number {
  return Number(new RegExp(`${transport}[^,]*?:(\\d+)`).exec(address)?.[1])
}
