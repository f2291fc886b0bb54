import type { MidiPorts } from './midi-ports.ts'

/** A machine with MIDI ports in memory: they are plugged in, unplugged and listened to by the test. */
export class MemoryPorts implements MidiPorts {
  readonly plugged = { in: [] as string[], out: [] as string[] }
  /** `port: bytes in hex`, in order. */
  readonly sent: string[] = []
  readonly open = new Set<string>()
  readonly #listeners = new Map<string, (bytes: Uint8Array) => void>()

  names(way: 'in' | 'out'): readonly string[] {
    return this.plugged[way]
  }

  openOutput(name: string, isVirtual: boolean) {
    this.#check('out', name, isVirtual)
    this.open.add(`out ${name}`)
    return {
      send: (bytes: Buffer) => {
        if (bytes[0] === 0xff) throw new Error('the driver is busy')
        this.sent.push(`${name}: ${bytes.toString('hex')}`)
      },
      close: () => void this.open.delete(`out ${name}`),
    }
  }

  openInput(name: string, isVirtual: boolean, got: (bytes: Uint8Array) => void) {
    this.#check('in', name, isVirtual)
    this.open.add(`in ${name}`)
    this.#listeners.set(name, got)
    return {
      close: () => {
        this.open.delete(`in ${name}`)
        this.#listeners.delete(name)
      },
    }
  }

  /** The device on that port sends. */
  say(name: string, hex: string): void {
    this.#listeners.get(name)?.(Buffer.from(hex, 'hex'))
  }

  #check(way: 'in' | 'out', name: string, isVirtual: boolean): void {
    if (!isVirtual && !this.plugged[way].includes(name)) throw new Error(`no port ${name}`)
  }
}
