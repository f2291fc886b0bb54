import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/**
 * `older`: packets of 512 bytes to the hub and of 1,024 from it. `cora`: a header of 16 bytes, little-endian: `43 93 8a 41`, flags,
 * operation, a byte of nothing, number, length.
 */
export type DockFramingName = 'older' | 'cora'

const magic = Buffer.from('43938a41', 'hex')
const flags = { result: 0x01_00, needsAck: 0x40_00 }

interface Emulated {
  readonly framing?: DockFramingName
  /** As it says who it is: 0x00aa a Stream Deck Studio, 0xffff a dock that is nothing itself. */
  readonly product?: number
  readonly serial?: string
  /** It is a deck behind a dock, of that product: such a one is asked otherwise. */
  readonly isDeck?: boolean
}

/**
 * A Stream Deck on the network: a sign of life `01 0a` each second that is answered by `03 1a`, questions `03 <report>` answered
 * by `03 <report>`, and by `<report>` where it is behind a dock. There is no document: as seen in the code and captures of
 * @elgato-stream-deck/tcp (7.3.2, which took this for a dock in both framings) and in the notes of a second implementation,
 * FlowingSPDG/streamdeck-cona-rs.
 */
export class EmulatedDock {
  readonly #server: Server
  readonly #is: Required<Emulated>
  #socket: Socket | null = null
  #received = Buffer.alloc(0)
  /** What came, without the framing's header. */
  readonly packets: Buffer[] = []
  /** How many came so far. */
  connections = 0
  /** It answers nothing. */
  deaf = false
  /** The port of the deck that it holds, and its product; null: none. */
  child: { readonly port: number; readonly product: number } | null = null
  /** What the hub's next connection is told in place of a sign of life. */
  greeting: Buffer | null = null
  #watchers: (() => void)[] = []

  constructor({
    framing = 'older',
    product = 0xaa,
    serial = 'DOCK000042',
    isDeck = false,
  }: Emulated = {}) {
    this.#is = { framing, product, serial, isDeck }
    this.#server = createServer((socket) => this.#connected(socket))
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }

  /** The cable is pulled. */
  drop(): void {
    this.#socket?.destroy()
  }

  async close(): Promise<void> {
    this.#server.close()
    this.drop()
    await once(this.#server, 'close')
  }

  /** Whether the hub has closed the connection. */
  isCutOff(): boolean {
    return this.#socket?.destroyed ?? true
  }

  /** It reads nothing from the line any more, or again. */
  stall(on: boolean): void {
    if (on) this.#socket?.pause()
    else this.#socket?.resume()
  }

  /** A report to the hub, the rest zeros. */
  say(hex: string): void {
    void this.send(this.framed(hex))
  }

  /** Bytes to the hub as they are; resolves when the line takes more, or is gone. */
  async send(bytes: Buffer): Promise<void> {
    const socket = this.#socket
    if (socket === null || socket.destroyed || socket.write(bytes)) return
    const heard = new AbortController()
    const { signal } = heard
    const either = [once(socket, 'drain', { signal }), once(socket, 'close', { signal })]
    await Promise.race(either).catch(() => {})
    heard.abort() // the other no longer listens
    await Promise.allSettled(either)
  }

  /** A report as it is sent. */
  framed(hex: string, flag = 0, head: Buffer | null = null): Buffer {
    const said = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    const report = Buffer.concat([said, Buffer.alloc(Math.max(0, 512 - said.length))])
    return this.#is.framing === 'older' ? report : cora(report, flag, head)
  }

  /** Its sign of life. */
  life(): Buffer {
    return this.framed('01 0a 00 00 00 07', flags.needsAck)
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher()
  }

  #connected(socket: Socket): void {
    this.#socket = socket
    this.#received = Buffer.alloc(0)
    this.connections++
    const life = setInterval(() => socket.write(this.life()), 1000)
    socket.on('close', () => {
      clearInterval(life)
      this.#changed()
    })
    // a test that pulls the cable sees it at the other end
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.write(this.greeting ?? this.life())
    this.#changed()
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    const header = this.#is.framing === 'older' ? 0 : 16
    for (;;) {
      if (this.#received.length < header) break
      const size = header === 0 ? 1024 : this.#received.readUInt32LE(12)
      if (this.#received.length < header + size) break
      const head = this.#received.subarray(0, header)
      const packet = this.#received.subarray(header, header + size)
      if (!head.subarray(0, 4).equals(magic.subarray(0, header))) throw new Error('no header')
      this.#received = this.#received.subarray(header + size)
      this.packets.push(packet)
      if (!this.deaf) this.#answer(packet, head)
    }
    this.#changed()
  }

  #answer(packet: Buffer, head: Buffer): void {
    const { product, serial, isDeck } = this.#is
    const answer = (hex: string) => void this.send(this.framed(hex, flags.result, head))
    const text = (characters: string) => Buffer.from(characters, 'latin1').toString('hex')
    // what both kinds are asked: the deck that this holds, or is
    if (packet[0] === 0x03 && packet[1] === 0x1c)
      answer(`03 1c ${deckInfo(isDeck ? { port: 0, product } : this.child)}`)
    if (isDeck) {
      if (packet[0] === 0x08) answer('08')
      if (packet[0] === 0x05) answer(`05 0c 00000000 ${text('1.05.009')}`)
      if (packet[0] === 0x06) answer(`06 ${length(serial)} ${text(serial)}`)
      return
    }
    if (packet[0] !== 0x03) return
    // vendor 0x0fd9 at 12, product at 14, little-endian
    if (packet[1] === 0x80) answer(`03 80 ${'00'.repeat(10)} d90f ${word(product)}`)
    // firmware, eight characters from 8
    if (packet[1] === 0x83) answer(`03 83 ${'00'.repeat(6)} ${text('1.05.009')}`)
    // its serial number with its length in front
    if (packet[1] === 0x84) answer(`03 84 00 ${length(serial)} ${text(serial)}`)
  }

  /** A deck is plugged into it, or pulled; said without being asked. */
  plug(child: EmulatedDock['child']): void {
    this.child = child
    this.say(`01 0b ${deckInfo(child)}`)
  }
}

/** From byte 2: at 4 two where there is one, vendor at 26, product at 28, serial number from 94, its port at 126. */
function deckInfo(deck: EmulatedDock['child']): string {
  const bytes = Buffer.alloc(126)
  if (deck === null) return bytes.toString('hex')
  bytes[2] = 0x02
  bytes.writeUInt16LE(0x0fd9, 24)
  bytes.writeUInt16LE(deck.product, 26)
  bytes.write('BEHIND0001', 92, 'latin1')
  bytes.writeUInt16LE(deck.port, 124)
  return bytes.toString('hex')
}

function cora(payload: Buffer, flag: number, head: Buffer | null): Buffer {
  const header = Buffer.alloc(16)
  magic.copy(header)
  header.writeUInt16LE(flag, 4)
  // an answer repeats the operation and the number of its question
  head?.copy(header, 6, 6, 12)
  header.writeUInt32LE(payload.length, 12)
  return Buffer.concat([header, payload])
}

const length = (text: string) => text.length.toString(16).padStart(2, '0')

function word(value: number): string {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes.toString('hex')
}
