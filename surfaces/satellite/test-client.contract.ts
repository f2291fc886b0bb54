import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const patienceMs = 30_000

export const loopback: Parameters<typeof surface.open>[1] = {
  host: '127.0.0.1',
  port: 0,
  insecure: false,
  operator: 'unidentified',
  webSocketPort: 0,
  origins: [],
  subscriptions: true,
  variables: {},
}

/** The surface on free ports, until the test ends. */
export async function openSurface(t: Test, more: Partial<Parameters<typeof surface.open>[1]> = {}) {
  const host = new RecordingHost()
  const opened = await surface.open('sat', { ...loopback, ...more }, host)
  t.teardown(() => opened.close())
  const [, tcp, ws] = /^tcp [^:]+:(\d+)(?:, ws [^:]+:(\d+))?$/.exec(opened.address) ?? []
  return { host, opened, port: Number(tcp), webSocketPort: Number(ws) }
}

/** How the oldest client adds itself. */
export const xl = 'ADD-DEVICE DEVICEID=00000 PRODUCT_NAME="Satellite Streamdeck"'

/** Lines as they come, and a way to wait for one. */
export class LineReader {
  readonly lines: string[] = []
  #rest = ''
  #look = () => {}

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    this.lines.push(...lines)
    this.#look()
  }

  /** The next line that fits, taken out with all before it. */
  async until(wanted: RegExp): Promise<string> {
    const last = performance.now() + patienceMs
    for (;;) {
      const at = this.lines.findIndex((line) => wanted.test(line))
      if (at >= 0) return this.lines.splice(0, at + 1).at(-1) ?? ''
      await new Promise<void>((resolve, reject) => {
        const seen = this.lines.slice(-5).map((line) => line.slice(0, 200))
        const late = setTimeout(
          () =>
            reject(new Error(`waited in vain for ${wanted}; the last lines: ${seen.join(' | ')}`)),
          last - performance.now(),
        )
        this.#look = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
  }
}

/** A client of the TCP port that has been greeted. */
export async function openClient(t: Test, port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const reader = new LineReader()
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => reader.push(text))
  socket.on('error', () => {}) // a test that is cut off on purpose sees it by 'close'
  await reader.until(/^CAPS /)
  return {
    socket,
    reader,
    say: (...lines: readonly string[]) =>
      void socket.write(lines.map((line) => `${line}\n`).join('')),
    until: (wanted: RegExp) => reader.until(wanted),
  }
}

/** A value as the protocol carries JSON. */
export function packed(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64')
}
