import { type MidiPorts, NoPorts, type OpenPort, type OutputPort, portOf } from './midi-ports.ts'
import type { MidiWire, MidiWireEvents } from './midi-wire.ts'

/** 2 s: RtMidi does not tell of plugs, so it is looked; a person who plugs one in waits as long anyway. */
const lookMs = 2000

/** Which ports are used. */
export interface PortChoice {
  /** The port to send to, by its name or a part of it; empty: the first there is. Of a virtual port: its name. */
  readonly output: string
  /** The port to listen to; empty: called as `output`. */
  readonly input: string
  readonly direction: 'both' | 'out' | 'in'
  /** Makes a port of that name, which other programs connect to. */
  readonly virtual: boolean
}

/** The ports a wire holds, and how they are called now. */
interface Held {
  readonly output: (OutputPort & { readonly name: string }) | null
  readonly input: (OpenPort & { readonly name: string }) | null
}

/** A MIDI port of this machine, found by name, lost and found again as it is unplugged and plugged in. */
export class PortWire implements MidiWire {
  readonly #options: PortChoice
  readonly #events: MidiWireEvents
  readonly #load: () => Promise<MidiPorts>
  readonly #lookMs: number
  #ports: MidiPorts | null = null
  #held: Held | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(
    options: PortChoice,
    events: MidiWireEvents,
    load: () => Promise<MidiPorts>,
    everyMs = lookMs,
  ) {
    this.#options = options
    this.#events = events
    this.#load = load
    this.#lookMs = everyMs
  }

  open(): void {
    void this.#look()
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    const output = this.#held?.output
    if (output == null) return done(new Error('it is only listened to'))
    try {
      output.send(bytes)
      done(null)
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

  drop(): void {
    // the system has what was written: nothing waits here
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#release()
  }

  /** Looks at the ports there are, opens or gives up, and looks again later. Never rejects. */
  async #look(): Promise<void> {
    try {
      this.#ports ??= await this.#load()
      if (!this.#closed) this.#use(this.#ports)
    } catch (error) {
      if (!this.#closed) this.#lost(reasonOf(error))
    }
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), this.#lookMs)
  }

  #use(ports: MidiPorts): void {
    const { direction, virtual, output: to, input: from } = this.#options
    const held = this.#held
    if (held !== null) {
      const gone = virtual ? null : missing(held, ports)
      if (gone !== null) this.#lost(`${gone} was unplugged`)
      return
    }
    const wanted = { out: to, in: from === '' ? to : from }
    const find = (way: 'in' | 'out') => {
      const names = ports.names(way)
      const name = virtual ? wanted[way] : portOf(wanted[way], names)
      if (name !== null && name !== '') return name
      throw new NoPorts(`there is no MIDI ${way}put "${wanted[way]}"; there are: ${listed(names)}`)
    }
    const outName = direction === 'in' ? null : find('out')
    const inName = direction === 'out' ? null : find('in')
    const output =
      outName === null ? null : { name: outName, ...ports.openOutput(outName, virtual) }
    try {
      const got = (bytes: Uint8Array) => this.#events.bytes(bytes)
      const opened = inName === null ? null : ports.openInput(inName, virtual, got)
      this.#held = { output, input: opened === null ? null : { name: inName ?? '', ...opened } }
    } catch (error) {
      output?.close()
      throw error
    }
    this.#events.up(`MIDI port ${outName ?? inName ?? ''}${virtual ? ' (virtual)' : ''}`)
  }

  #lost(detail: string): void {
    this.#release()
    this.#events.down(detail)
  }

  #release(): void {
    const held = this.#held
    this.#held = null
    held?.output?.close()
    held?.input?.close()
  }
}

/** The first of the open ports that is there no more. */
function missing({ output, input }: Held, ports: MidiPorts): string | null {
  if (output !== null && !ports.names('out').includes(output.name)) return output.name
  if (input !== null && !ports.names('in').includes(input.name)) return input.name
  return null
}

/** The first few names, for a line. */
function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 8).join(', ').slice(0, 300)
}

function reasonOf(error: unknown): string {
  if (error instanceof NoPorts) return error.message
  return `the MIDI port cannot be used: ${error instanceof Error ? error.message.slice(0, 200) : 'the library failed'}`
}
