import { spawn, spawnSync } from 'node:child_process'
import { on, once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { controlsAt, spotOf } from './grid.ts'
import { NotHere, type Prepared, type Way } from './way.ts'

/** What a box says is asked again: the hub may have opened the port before or after. */
const helloMs = 200

/** Of a real line, as the surface has it unless the config says otherwise; 8N1 is ten bits a byte. */
const baud = 115_200
const bitsAByte = 10

async function prepare(folder: string): Promise<Prepared> {
  if (spawnSync('socat', ['-V']).error !== undefined)
    throw new NotHere('socat is not installed: apt-get install socat')
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const path = join(folder, 'tty')
  const child = spawn('socat', ['-t0', `PTY,link=${path},rawer`, `TCP:127.0.0.1:${port},nodelay`], {
    stdio: 'ignore',
  })
  const [box] = (await once(server, 'connection')) as [Socket] // what a server hands on
  box.on('error', () => {}) // its other end goes with the hub
  return {
    config: `type: serial, path: ${path}`,
    async connect() {
      let heard = ''
      const hello = setInterval(() => box.write('HELLO bench KEYS=32 COLUMNS=8\n'), helloMs)
      box.setEncoding('utf8')
      for await (const [text] of on(box, 'data')) {
        heard = (heard + String(text)).slice(-200)
        if (heard.includes('READY bench')) break
      }
      clearInterval(hello)
      box.resume()
      return {
        press(number) {
          const { row, col } = spotOf(number)
          box.write(`PRESS ${row * 8 + col}\n`)
        },
        close: () => box.destroy(),
      }
    },
    async end() {
      box.destroy()
      server.close()
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export const serial: Way = {
  name: 'serial box',
  link: 'pseudo-terminal',
  carries: Math.floor(baud / bitsAByte / 'PRESS 31\n'.length),
  surface: 'serial',
  says: controlsAt({ row: 0, col: 0 }, 4, 8),
  prepare,
}
