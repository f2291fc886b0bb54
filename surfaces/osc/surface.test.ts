import { execFile } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { lengthPrefixed } from '../../wire/length.ts'
import { encode, encodePacket } from '../../wire/osc-encode.ts'
import type { OscMessage } from '../../wire/osc.ts'
import { slip } from '../../wire/slip.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const run = promisify(execFile)
const loopback = {
  transport: 'udp',
  host: '127.0.0.1',
  port: 0,
  insecure: false,
  operator: 'unidentified',
  variables: {},
  subscriptionMs: 60_000,
} as const

async function open(t: Test, options: Partial<Parameters<typeof surface.open>[1]> = {}) {
  const host = new RecordingHost()
  const opened = await surface.open('touch', { ...loopback, ...options }, host)
  t.teardown(() => opened.close())
  return { host, opened, port: Number(opened.address.split(':').at(-1)) }
}

async function sender(t: Test, port: number) {
  const socket: Socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return (bytes: Buffer) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, (error) => (error === null ? resolve() : reject(error)))
    })
}

const installed = await run('oscsend', []).then(
  () => true,
  // without arguments it prints its usage and fails; only a missing program has this code
  (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
)
/** A sender that is not ours. On a test server it must be there; elsewhere its absence is shown as a skip. */
const liblo =
  installed || process.env['CI'] !== undefined
    ? {}
    : { skip: 'oscsend is not installed: apt-get install liblo-tools' }

void t.test('200 presses by two oscsend clients at once are 200 submissions', liblo, async (t) => {
  const { host, port } = await open(t)
  const client = async (name: string) => {
    for (let press = 0; press < 100; press++)
      await run('oscsend', [
        '127.0.0.1',
        String(port),
        '/if/fire/desk/go',
        'si',
        name,
        String(press),
      ])
  }
  await Promise.all([client('a'), client('b')])
  await host.until(() => host.wishes.length >= 200)
  t.equal(host.wishes.length, 200)
  t.equal(host.rejections.length, 0)
  for (const name of ['a', 'b'])
    t.strictSame(
      host.wishes
        .map(({ intent }) => intent)
        .filter((i) => 'args' in i && Object.values(i.args ?? {})[0] === name),
      Array.from({ length: 100 }, (_, press) => ({
        verb: 'fire',
        device: 'desk',
        action: 'go',
        args: [name, press],
      })),
      `${name}: each press, in order`,
    )
})

void t.test('liblo over TCP is understood', liblo, async (t) => {
  const { host, port } = await open(t, { transport: 'tcp-length' })
  await run('oscsend', [`osc.tcp://127.0.0.1:${port}`, '/location/1/0/2/press'])
  await host.until(() => host.gestures.length > 0)
  t.match(host.gestures, [{ place: { page: 1, row: 0, col: 2 }, gesture: 'press' }])
})

void t.test('a press is recorded with who, where and whence', async (t) => {
  const { host, opened, port } = await open(t, { operator: 'anna' })
  t.equal(opened.address, `udp 127.0.0.1:${port}`)
  const send = await sender(t, port)
  await send(encode('/if/set/desk/master/level', [{ type: 'f', value: 0.7 }]))
  await send(encode('/location/1/0/2/press', []))
  await host.until(() => host.gestures.length > 0)
  const [wish] = host.wishes
  t.match(wish?.source, /^osc:127\.0\.0\.1:\d+$/)
  t.strictSame(wish?.intent, { verb: 'set', device: 'desk', path: '/master/level', value: 0.7 })
  const actor = { type: 'operator', id: 'anna', surface: 'touch' }
  t.strictSame(wish?.actor, { ...actor, control: '/if/set/desk/master/level' })
  t.match(host.gestures, [
    { place: { page: 1, row: 0, col: 2 }, actor: { ...actor, control: '1/0/2' } },
  ])
})

const go = (n: number): OscMessage => ({
  kind: 'message',
  address: '/if/fire/desk/go',
  args: [{ type: 'i', value: n }],
})
const numbers = (host: RecordingHost) =>
  host.wishes.map(({ intent }) => ('args' in intent ? Object.values(intent.args ?? {})[0] : null))

void t.test('a bundle is one submission for each message, in order, at once', async (t) => {
  const { host, port } = await open(t)
  const send = await sender(t, port)
  const never = 0xffff_ffff_ffff_ffffn
  const inner = { kind: 'bundle', time: never, elements: [go(2), go(3)] } as const
  await send(encodePacket({ kind: 'bundle', time: never, elements: [go(1), inner, go(4)] }))
  await host.until(() => host.wishes.length === 4)
  t.strictSame(numbers(host), [1, 2, 3, 4])
})

void t.test('a flood of malformed packets costs no good one', async (t) => {
  const { host, port } = await open(t)
  const send = await sender(t, port)
  const bad = [
    Buffer.from('no osc at all'),
    Buffer.alloc(0),
    encode('/if/fire/desk/go', [{ type: 'f', value: Number.NaN }]),
    encode('/nobody/knows', []),
    encodePacket(go(1)).subarray(0, -4),
    Buffer.from('#bundle\0\0\0\0\0\0\0\0\x01\x7f\xff\xff\xff', 'latin1'),
  ]
  for (let n = 0; n < 500; n++) {
    await Promise.all([...bad, encodePacket(go(n)), ...bad].map((bytes) => send(bytes)))
    // in step with the listener, so that the kernel's buffer cannot be what loses something
    await host.until(() => host.wishes.length + host.rejections.length === (n + 1) * 13)
  }
  t.strictSame(
    numbers(host),
    Array.from({ length: 500 }, (_, n) => n),
  )
  t.equal(host.rejections.length, 6000)
  t.ok(host.rejections.every(({ source }) => source.startsWith('osc:127.0.0.1:')))
  t.ok(host.rejections.every(({ failure }) => failure.detail.length <= 500))
})

void t.test(
  'a control that is not there, and a full log, are counted and stop nothing',
  async (t) => {
    const { host, port } = await open(t)
    const send = await sender(t, port)
    await send(encode('/location/9/0/0/press', []))
    await host.until(() => host.rejections.length === 1)
    t.match(host.rejections, [{ failure: { code: 'not-found', detail: /no control at 9\/0\/0/ } }])
    host.full = true
    await send(encodePacket(go(1)))
    await host.until(() => host.rejections.length === 2)
    t.match(host.rejections[1], { failure: { code: 'refused', detail: /not recorded.*no space/ } })
    host.full = false
    await send(encodePacket(go(2)))
    await host.until(() => host.wishes.length === 2)
    t.equal(host.rejections.length, 2)
  },
)

for (const [transport, frame] of [
  ['tcp-slip', slip],
  ['tcp-length', lengthPrefixed],
] as const)
  void t.test(`OSC over ${transport} arrives whole, byte by byte and many at once`, async (t) => {
    const { host, opened, port } = await open(t, { transport })
    t.match(opened.address, /^tcp 127\.0\.0\.1:\d+$/)
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    for (const byte of frame(encodePacket(go(0)))) socket.write(Buffer.of(byte))
    await host.until(() => host.wishes.length === 1)
    socket.write(
      Buffer.concat(Array.from({ length: 5000 }, (_, n) => frame(encodePacket(go(n + 1))))),
    )
    await host.until(() => host.wishes.length === 5001)
    t.strictSame(
      numbers(host),
      Array.from({ length: 5001 }, (_, n) => n),
    )
    // a packet that is none costs itself; a stream that ends inside a frame is counted
    socket.write(frame(Buffer.from('nope')))
    socket.end(frame(encodePacket(go(5001))).subarray(0, -2))
    await host.until(() => host.rejections.length === 2)
    t.match(host.rejections[1], { failure: { code: 'malformed', detail: /ended inside/ } })
  })

void t.test('a length that cannot be closes that connection only', async (t) => {
  const { host, port } = await open(t, { transport: 'tcp-length' })
  const bad = connect({ port, host: '127.0.0.1' })
  const good = connect({ port, host: '127.0.0.1' })
  t.teardown(() => good.destroy())
  const closed = once(bad, 'close')
  bad.resume().write('GET / HTTP/1.1\r\n')
  await closed
  t.match(host.rejections, [{ failure: { detail: /frame of 1195725856 bytes/ } }])
  good.write(lengthPrefixed(encodePacket(go(1))))
  await host.until(() => host.wishes.length === 1)
})

void t.test('a port in use is named with its config key', async (t) => {
  for (const transport of ['udp', 'tcp-slip'] as const) {
    const { port } = await open(t, { transport })
    await t.rejects(surface.open('touch', { ...loopback, transport, port }, new RecordingHost()), {
      name: 'SurfaceError',
      option: 'port',
      message: new RegExp(`127\\.0\\.0\\.1:${port} is in use.*surfaces\\.touch\\.port`),
    })
  }
})

void t.test('others than this machine need an explicit word', async (t) => {
  const host = new RecordingHost()
  for (const address of ['0.0.0.0', '::', '192.0.2.1', 'studio.example'])
    await t.rejects(surface.open('touch', { ...loopback, host: address }, host), {
      option: 'host',
      message: /insecure: true/,
    })
  const opened = await surface.open('touch', { ...loopback, host: '0.0.0.0', insecure: true }, host)
  await opened.close()
  await opened.close()
  await t.rejects(surface.open('touch', { ...loopback, host: '192.0.2.1', insecure: true }, host), {
    option: 'host',
    message: /EADDRNOTAVAIL.*surfaces\.touch\.host/,
  })
})
