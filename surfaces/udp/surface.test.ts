import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const loopback = {
  host: '127.0.0.1',
  port: 0,
  insecure: false,
  operator: 'unidentified',
  variables: {},
}

async function open(t: Test) {
  const host = new RecordingHost()
  const opened = await surface.open('lines', loopback, host)
  t.teardown(() => opened.close())
  const port = Number(opened.address.split(':').at(-1))
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const send = (bytes: string | Buffer) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, (error) => (error === null ? resolve() : reject(error)))
    })
  return { host, port, send }
}

void t.test('a datagram is a line, with or without its end, or several', async (t) => {
  const { host, send } = await open(t)
  await send('FIRE desk go 1')
  await send('FIRE desk go 2\r\n')
  await send('FIRE desk go 3\n\nFIRE desk go 4\nLOCATION 1/0/2 PRESS')
  await host.until(() => host.gestures.length === 1)
  t.match(
    host.wishes.map(({ intent }) => intent),
    [1, 2, 3, 4].map((n) => ({ verb: 'fire', device: 'desk', action: 'go', args: [n] })),
  )
  t.match(host.wishes[0], {
    source: /^udp:127\.0\.0\.1:\d+$/,
    actor: { type: 'operator', id: 'unidentified', surface: 'lines', control: 'FIRE desk go' },
  })
  t.equal(host.rejections.length, 0)
})

void t.test('200 presses 5 at a time are 200 submissions, whatever comes between', async (t) => {
  const { host, send } = await open(t)
  const bad = [Buffer.of(0xff, 0xfe), 'JUMP', 'FIRE desk', Buffer.alloc(20_000, '[')]
  for (let n = 0; n < 200; n += 5) {
    const presses = [0, 1, 2, 3, 4].map((k) => `FIRE desk go ${n + k}`)
    await Promise.all([...bad, ...presses, ...bad].map((bytes) => send(bytes)))
    await host.until(() => host.wishes.length === n + 5)
    await host.until(() => host.rejections.length === ((n + 5) / 5) * 8)
  }
  t.strictSame(
    host.wishes.map(({ intent }) => ('args' in intent ? intent.args : null)),
    Array.from({ length: 200 }, (_, n) => [n]),
  )
})

void t.test("Companion's lines are understood, and what cannot be done is counted", async (t) => {
  const { host, send } = await open(t)
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  await send('LOCATION 1/0/2 PRESS')
  await send('CUSTOM-VARIABLE cue SET-VALUE intro')
  await send('SURFACES RESCAN')
  await send('LOCATION 1/0/2 STYLE TEXT x')
  await send('SURFACE ghost PAGE-UP')
  await host.until(() => host.rejections.length === 2 && host.gestures.length === 1)
  t.match(
    host.rejections.map(({ failure }) => failure.detail),
    [/no custom variable "cue" here/, /no panel "ghost"/],
  )
  t.match(host.wishes[0]?.intent, { path: 'looks/1/0/2/text', value: 'x' })
})

void t.test('a port in use is named with its config key', async (t) => {
  const { host, port } = await open(t)
  await t.rejects(surface.open('lines', { ...loopback, port }, host), {
    option: 'port',
    message: /udp 127\.0\.0\.1:\d+ is in use.*surfaces\.lines\.port/,
  })
})
