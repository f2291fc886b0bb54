import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/**
 * A Stream Deck Studio on the network, in its older framing: packets of 512 bytes to the hub and of 1,024 from it, a sign of life
 * `01 0a` each second that is answered by `03 1a`, questions `03 <report>` answered by `03 <report>`. As seen in the library's
 * own code and in captures of its authors; there is no document.
 */
export class EmulatedDock {
  readonly #server: Server
  #socket: Socket | null = null
  #received = Buffer.alloc(0)
  readonly packets: Buffer[] = []
  /** How many came so far. */
  connections = 0
  /** It takes nothing: the line fills up. */
  deaf = false
  #watchers: (() => void)[] = []

  constructor() {
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

  /** A packet to the hub, the rest zeros. */
  say(hex: string): void {
    const packet = Buffer.alloc(512)
    Buffer.from(hex.replaceAll(' ', ''), 'hex').copy(packet)
    this.#socket?.write(packet)
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
    const life = setInterval(() => this.say('01 0a 00 00 00 07'), 1000)
    socket.on('close', () => clearInterval(life))
    // a test that pulls the cable sees it at the other end
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    this.say('01 0a 00 00 00 07')
    this.#changed()
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    while (this.#received.length >= 1024) {
      const packet = this.#received.subarray(0, 1024)
      this.#received = this.#received.subarray(1024)
      this.packets.push(packet)
      if (!this.deaf) this.#answer(packet)
    }
    this.#changed()
  }

  #answer(packet: Buffer): void {
    if (packet[0] !== 0x03) return
    // vendor 0x0fd9 at 12, product 0x00aa at 14, little-endian
    if (packet[1] === 0x80) this.say(`03 80 ${'00'.repeat(10)} d90f aa00`)
    // firmware, eight characters from 8
    if (packet[1] === 0x83)
      this.say(`03 83 ${'00'.repeat(6)} ${Buffer.from('1.05.009').toString('hex')}`)
    // its serial number with its length in front
    if (packet[1] === 0x84) this.say(`03 84 00 0a ${Buffer.from('DOCK000042').toString('hex')}`)
    // no deck behind it
    if (packet[1] === 0x1c) this.say('03 1c 00 00 00')
  }
}
