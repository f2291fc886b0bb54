/** The MIDI ports of a machine. Calls are short and do not wait. */
export interface MidiPorts {
  /** The names there are now, in the system's order. */
  names(way: 'in' | 'out'): readonly string[]
  /** @throws Error where it is not to be had */
  openOutput(name: string, isVirtual: boolean): OutputPort
  /** @throws Error where it is not to be had */
  openInput(name: string, isVirtual: boolean, got: (bytes: Uint8Array) => void): OpenPort
}

export interface OpenPort {
  close(): void
}

export interface OutputPort extends OpenPort {
  /** One message. @throws Error where the system does not take it */
  send(bytes: Buffer): void
}

/** Why a machine's ports cannot be reached, in words that say what to do. */
export class NoPorts extends Error {
  override readonly name = 'NoPorts'
}

/** The port that a name means: the one so called, else the first with it in its name, in any case; null: none. */
export function portOf(wanted: string, names: readonly string[]): string | null {
  const part = wanted.toLowerCase()
  return (
    names.find((name) => name === wanted) ??
    names.find((name) => name.toLowerCase().includes(part)) ??
    null
  )
}
