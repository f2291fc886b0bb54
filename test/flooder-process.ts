import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Flood, Flooded } from './flooder.ts'

// One source that sends the same packet again and again at a set rate, as far as this machine lets it, until its input ends;
// then it says how many it really sent. Started by test/flooder.ts.

/** A line to the hub. */
interface Line {
  /** Sends so many; false: it takes no more now. */
  send(count: number): boolean
  sent(): number
  /** Resolves when all that was sent has left. */
  end(): Promise<void>
}

/** Datagrams that have not left: a sender that outruns its own kernel would fill its memory. */
const mostOnTheirWay = 2000
/** Bytes that wait on this side of a stream. */
const mostWaiting = 1024 * 1024

async function datagrams(port: number, one: Buffer): Promise<Line> {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let asked = 0
  let left = 0
  let sent = 0
  const gone = (error: Error | null) => {
    left++
    if (error === null) sent++
  }
  socket.on('error', () => {}) // each datagram's own callback has counted it
  return {
    send(count) {
      for (let n = 0; n < count; n++) {
        if (asked - left >= mostOnTheirWay) return false
        asked++
        socket.send(one, gone)
      }
      return true
    },
    sent: () => sent,
    async end() {
      while (left < asked) await turn()
      socket.close()
    },
  }
}

async function stream(port: number, one: Buffer, greeting: Buffer): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.resume()
  socket.write(greeting)
  let sent = 0
  return {
    send(count) {
      if (socket.writableLength > mostWaiting) return false
      socket.write(Buffer.concat(Array.from({ length: count }, () => one)))
      sent += count
      return true
    },
    sent: () => sent,
    async end() {
      socket.end()
      // it is closed when the hub has answered, or refused, all of it
      if (!socket.closed) await once(socket, 'close')
    },
  }
}

async function webSocket(url: string, one: Buffer, greeting: Buffer): Promise<Line> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  socket.on('message', () => {})
  if (greeting.length > 0) socket.send(greeting, { binary: false })
  let sent = 0
  return {
    send(count) {
      if (socket.bufferedAmount > mostWaiting) return false
      for (let n = 0; n < count; n++) socket.send(one, { binary: false })
      sent += count
      return true
    },
    sent: () => sent,
    async end() {
      while (socket.bufferedAmount > 0) await turn()
      socket.close()
      await once(socket, 'close')
    },
  }
}

function lineOf({ by, port, path, one, greeting }: Flood): Promise<Line> {
  const [packet, first] = [Buffer.from(one, 'hex'), Buffer.from(greeting, 'hex')]
  if (by === 'udp') return datagrams(port, packet)
  if (by === 'tcp') return stream(port, packet, first)
  return webSocket(`ws://127.0.0.1:${port}${path}`, packet, first)
}

const flood = JSON.parse(process.argv[2] ?? '{}') as Flood // test/flooder.ts wrote it
const line = await lineOf(flood)
let over = false
process.stdin.on('end', () => (over = true)).resume()
process.stdout.write('ready\n')
const began = performance.now()
let due = 0
while (!over) {
  const wanted = Math.floor(((performance.now() - began) * flood.perSecond) / 1000) - due
  const now = Math.min(wanted, 1000)
  // what it could not send in its time is not made good: that would be another rate
  if (now > 0) due += line.send(now) ? now : wanted
  if (now < 1000) await sleep(1)
  else await turn()
}
const seconds = (performance.now() - began) / 1000
await line.end()
process.stdout.write(`${JSON.stringify({ sent: line.sent(), seconds } satisfies Flooded)}\n`)
process.exit(0)
