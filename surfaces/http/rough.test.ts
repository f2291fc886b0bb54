import { once } from 'node:events'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { settledBytes } from '../../test/settled.ts'
import { bearsRoughGuests, counter, type Door, type Guest, until } from '../rough.contract.ts'
import { roughSocket } from '../rough-socket.contract.ts'
import { opened } from './open.contract.ts'

const press = (guest: number) =>
  JSON.stringify({
    type: 'gesture',
    page: 1,
    row: 0,
    col: 0,
    gesture: 'press',
    ref: 1,
    trace: `g${guest}`,
  })

/** Guests of one server; each has a trace of its own. */
async function open(
  t: Test,
  connected: (port: number, guest: number) => Promise<Omit<Guest, 'arrived'>>,
): Promise<Door> {
  const { port, wishes, rejected } = await opened(t)
  let guests = 0
  return {
    rejected: () => rejected.length,
    async guest() {
      const guest = guests++
      const arrived = counter(wishes, ({ trace }) => trace === `g${guest}`)
      return { ...(await connected(port, guest)), arrived }
    },
  }
}

async function stream(t: Test, port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream`)
  t.teardown(() => socket.terminate())
  socket.on('error', () => {}) // one that is cut off on purpose
  await once(socket, 'open')
  return socket
}

const text = (what: string, said: string) =>
  ({ what, bytes: Buffer.from(said), counted: 1, then: 'goes on' }) as const

bearsRoughGuests(t, {
  name: 'the WebSocket of the API',
  bad: [
    text('half a message', '{"type":"gesture","page":1'),
    text('an unknown type', '{"type":"jump"}'),
    text('a wrong type', '{"type":"gesture","page":"one","row":0,"col":0,"gesture":"press"}'),
    text('a control that is not there', press(99).replace('"page":1', '"page":9')),
    text('an unknown device', '{"type":"submit","intent":{"verb":"fire","device":7,"action":"x"}}'),
    text('brackets without end', '['.repeat(100_000)),
    { what: 'a giant message', bytes: Buffer.alloc(300_000, ' '), counted: 0, then: 'is cut off' },
    {
      what: 'bytes that are no text',
      bytes: Buffer.of(0xff, 0xfe),
      counted: 0,
      then: 'is cut off',
    },
  ],
  open: (t) =>
    open(t, async (port, guest) => {
      const socket = await stream(t, port)
      const send = (bytes: Buffer) =>
        new Promise<void>((resolve) => socket.send(bytes, { binary: false }, () => resolve()))
      return {
        send,
        async press(count) {
          for (let n = 1; n < count; n++) socket.send(press(guest))
          await send(Buffer.from(press(guest)))
        },
        async leave() {
          socket.terminate()
        },
        isCutOff: () => socket.readyState === WebSocket.CLOSED,
      }
    }),
})

const post = (body: string) =>
  Buffer.from(
    `POST /api/v1/controls/1/0/0/press HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )

bearsRoughGuests(t, {
  name: 'HTTP of the API',
  // on one connection, each sent before the one before is answered
  flood: 3000,
  bad: [
    { what: 'half a request', bytes: post('{}').subarray(0, -4), counted: 0, then: 'leaves' },
    { what: 'a wrong type', bytes: post('{"trace":7}'), counted: 1, then: 'goes on' },
    // a body that cannot be read ends the connection that it came on
    { what: 'JSON that is none', bytes: post('{'), counted: 1, then: 'is cut off' },
    {
      what: 'brackets without end',
      bytes: post('['.repeat(100_000)),
      counted: 1,
      then: 'is cut off',
    },
    { what: 'a giant body', bytes: post(' '.repeat(300_000)), counted: 1, then: 'is cut off' },
  ],
  open: (t) =>
    open(t, async (port, guest) => {
      const { send, leave, isCutOff } = await roughSocket(t, port)
      const one = post(JSON.stringify({ trace: `g${guest}` }))
      const pressing = (count: number) => send(Buffer.concat(Array<Buffer>(count).fill(one)))
      return { send, leave, isCutOff, press: pressing }
    }),
})

void t.test('who reads no answers is not read on, and costs bounded memory', async (t) => {
  const { port, wishes } = await opened(t)
  const socket = await stream(t, port)
  socket.pause()
  const before = await settledBytes()
  const presses = 200_000
  const one = press(0)
  let sent = 0
  let still = 0
  for (let seen = -1; still < 2000; seen = wishes.length) {
    // no more than some megabytes wait at the sender's own side
    while (sent < presses && socket.bufferedAmount < 1_000_000) {
      socket.send(one)
      sent++
    }
    await new Promise(setImmediate)
    still = wishes.length === seen ? still + 1 : 0
  }
  const kept = (await settledBytes()) - before
  t.ok(wishes.length > 0 && wishes.length < presses, `control: it stands still at ${wishes.length}`)
  t.ok(kept < 64 * 1024 * 1024, `${kept} bytes are kept`)
  const other = await stream(t, port)
  other.send(press(1))
  await until('another is served', () => wishes.at(-1)?.trace === 'g1')
})
