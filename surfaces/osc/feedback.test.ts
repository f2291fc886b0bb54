import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { lengthDeframer, lengthPrefixed } from '../../wire/length.ts'
import { encode } from '../../wire/osc-encode.ts'
import { decode, type OscMessage, type OscPacket } from '../../wire/osc.ts'
import { slip, slipDeframer } from '../../wire/slip.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const loopback = {
  ...({ transport: 'udp', host: '127.0.0.1', port: 0, insecure: false } as const),
  ...{ operator: 'unidentified', variables: {}, subscriptionMs: 60_000 },
}

async function open(t: Test, options: Partial<Parameters<typeof surface.open>[1]> = {}) {
  const host = new RecordingHost()
  const opened = await surface.open('touch', { ...loopback, ...options }, host)
  t.teardown(() => opened.close())
  return { host, opened, port: Number(opened.address.split(':').at(-1)) }
}

/** What a client hears, by address, newest last. */
class Heard {
  readonly all: (readonly [string, unknown])[] = []
  #look = () => {}

  take(packet: OscPacket): void {
    for (const message of flat(packet))
      this.all.push([message.address, message.args.map(({ value }) => value)])
    this.#look()
  }

  /** The newest at an address. */
  at(address: string): unknown {
    return this.all.findLast(([at]) => at === address)?.[1]
  }

  /** At most thirty seconds. */
  async until(reached: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(30_000)
    late.addEventListener('abort', () => this.#look())
    while (!reached()) {
      if (late.aborted) throw new Error(`heard in vain: ${JSON.stringify(this.all).slice(0, 2000)}`)
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }
}

function flat(packet: OscPacket): readonly OscMessage[] {
  return packet.kind === 'message' ? [packet] : packet.elements.flatMap(flat)
}

function packetOf(bytes: Buffer): OscPacket {
  const decoded = decode(bytes)
  if (!decoded.ok) throw new Error(decoded.detail)
  return decoded.packet
}

async function client(t: Test, port: number) {
  const socket = createSocket('udp4')
  const heard = new Heard()
  socket.on('message', (bytes) => heard.take(packetOf(bytes)))
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  t.teardown(() => socket.close())
  return {
    heard,
    port: socket.address().port,
    say: (address: string, ...args: Parameters<typeof encode>[1]) =>
      new Promise<void>((resolve, reject) => {
        socket.send(encode(address, args), (error) => (error === null ? resolve() : reject(error)))
      }),
  }
}

const place = { page: 1, row: 0, col: 2 }

void t.test(
  'who subscribes sees each face and state, what is there and what changes',
  async (t) => {
    const { host, port } = await open(t)
    host.show(place, { text: 'CUT', colour: '#123456', lit: true, level: 0.5 })
    host.report('desk', '/master/level', 0.25)
    const { heard, say } = await client(t, port)
    await say('/if/subscribe')
    await heard.until(() => heard.at('/if/set/desk/master/level') !== undefined)
    t.strictSame(heard.all[0], ['/if/subscribed', [60]])
    t.strictSame(
      Object.fromEntries(heard.all.filter(([at]) => at.startsWith('/location/1/0/2/'))),
      {
        '/location/1/0/2/style/text': ['CUT'],
        '/location/1/0/2/style/color': ['#ffffff'],
        '/location/1/0/2/style/bgcolor': ['#123456'],
        '/location/1/0/2/state': ['idle'],
        '/location/1/0/2/reason': [''],
        '/location/1/0/2/lit': [1],
        '/location/1/0/2/level': [0.5],
      },
    )
    host.show(place, { text: 'CUT', state: { is: 'failed', reason: 'nobody there' } })
    host.report('desk', '/master/level', 1)
    await heard.until(() => JSON.stringify(heard.at('/if/set/desk/master/level')) === '[1]')
    t.strictSame(heard.at('/location/1/0/2/state'), ['failed'])
    t.strictSame(heard.at('/location/1/0/2/reason'), ['nobody there'])
    t.equal(host.wishes.length + host.gestures.length + host.rejections.length, 0)
  },
)

void t.test('each sender hears what it asked for, and nobody else does', async (t) => {
  const { host, port } = await open(t)
  const [faces, states, both, none] = [
    await client(t, port),
    await client(t, port),
    await client(t, port),
    await client(t, port),
  ]
  await faces.say('/if/subscribe/faces/1')
  await states.say('/if/subscribe/states/desk')
  await both.say('/if/subscribe')
  for (const { heard } of [faces, states, both])
    await heard.until(() => heard.at('/if/subscribed') !== undefined)
  for (const page of [1, 2]) host.show({ page, row: 0, col: 0 }, { text: `page ${page}` })
  host.report('desk', '/a/b', 1)
  host.report('lamp', 'on', true)
  await both.heard.until(() => both.heard.at('/if/set/lamp/on') !== undefined)
  await states.heard.until(() => states.heard.at('/if/set/desk/a/b') !== undefined)
  await faces.heard.until(() => faces.heard.at('/location/1/0/0/lit') !== undefined)
  t.strictSame(both.heard.at('/location/2/0/0/style/text'), ['page 2'])
  t.equal(faces.heard.at('/location/2/0/0/style/text'), undefined)
  t.equal(faces.heard.at('/if/set/desk/a/b'), undefined)
  t.equal(states.heard.at('/if/set/lamp/on'), undefined)
  t.equal(none.heard.all.length, 0)
})

void t.test(
  'a subscription ends when it is not asked for again, and then nothing listens',
  async (t) => {
    const { host, port } = await open(t, { subscriptionMs: 200 })
    const { heard, say } = await client(t, port)
    await say('/if/subscribe')
    await heard.until(() => heard.at('/if/subscribed') !== undefined)
    t.equal(host.followers, 2)
    await heard.until(() => heard.at('/if/unsubscribed') !== undefined)
    t.match(heard.at('/if/unsubscribed'), [/^expired/])
    t.equal(host.followers, 0)
    await say('/if/subscribe')
    await heard.until(() => heard.all.filter(([at]) => at === '/if/subscribed').length === 2)
    await say('/if/unsubscribe')
    await heard.until(() => heard.all.at(-1)?.[0] === '/if/unsubscribed')
    t.equal(host.followers, 0)
  },
)

void t.test('a tablet that listens on another port says which', async (t) => {
  const { host, port } = await open(t)
  const ear = createSocket('udp4')
  const heard = new Heard()
  ear.on('message', (bytes) => heard.take(packetOf(bytes)))
  ear.bind(0, '127.0.0.1')
  await once(ear, 'listening')
  t.teardown(() => ear.close())
  const { say } = await client(t, port)
  await say('/if/subscribe/states', { type: 'i', value: ear.address().port })
  await heard.until(() => heard.at('/if/subscribed') !== undefined)
  host.report('desk', '/a/b', 'x')
  await heard.until(() => heard.at('/if/set/desk/a/b') !== undefined)
})

void t.test('what cannot be subscribed to, and one reader too many, are told so', async (t) => {
  const { host, port } = await open(t)
  const { heard, say } = await client(t, port)
  for (const [address, ...args] of [
    ['/if/subscribe/lamps'],
    ['/if/subscribe/faces/0'],
    ['/if/subscribe/states/9'],
    ['/if/subscribe', { type: 's', value: 'x' }],
    ['/if/subscribe', { type: 'i', value: 70_000 }],
  ] as const) {
    const before = heard.all.length
    await say(address, ...args)
    await heard.until(() => heard.all.length > before)
    t.equal(heard.all.at(-1)?.[0], '/if/error', address)
  }
  const ear = await client(t, port)
  await say('/if/subscribe/lamps', { type: 'i', value: ear.port })
  await ear.heard.until(() => ear.heard.at('/if/error') !== undefined)
  for (let to = 0; to < 64; to++) await say('/if/subscribe', { type: 'i', value: 20_000 + to })
  await say('/if/subscribe')
  await heard.until(() => /64 hear/.test(String(heard.at('/if/error'))))
  t.equal(host.rejections.length, 7)
  t.equal(host.followers, 2)
})

void t.test('a flood of subscriptions does not tell everything each time', async (t) => {
  const { host, port } = await open(t)
  for (let n = 0; n < 1000; n++) host.report('desk', `/p/${n}`, n)
  const { heard, say } = await client(t, port)
  const other = await client(t, port)
  for (let n = 0; n < 200; n++) {
    await Promise.all(Array.from({ length: 50 }, () => say('/if/subscribe')))
    await other.say('/location/1/0/2/press')
    await host.until(() => host.gestures.length === n + 1)
  }
  await heard.until(() => heard.at('/if/set/desk/p/999') !== undefined)
  const told = heard.all.filter(([at]) => at === '/if/set/desk/p/0').length
  const asked = heard.all.filter(([at]) => at === '/if/subscribed').length
  t.ok(told > 0 && told * 10 < asked, `${told} times for ${asked} subscriptions`)
})

for (const [transport, frame, deframe] of [
  ['tcp-slip', slip, slipDeframer],
  ['tcp-length', lengthPrefixed, lengthDeframer],
] as const)
  void t.test(
    `over ${transport} a slow reader gets what is newest, and costs no memory`,
    async (t) => {
      const { host, port } = await open(t, { transport })
      const socket = connect({ port, host: '127.0.0.1' })
      t.teardown(() => socket.destroy())
      const heard = new Heard()
      const deframer = deframe(65_536)
      socket.on('data', (chunk) => {
        for (const found of deframer.push(chunk)) if (found.ok) heard.take(packetOf(found.bytes))
      })
      socket.write(frame(encode('/if/subscribe', [])))
      await heard.until(() => heard.at('/if/subscribed') !== undefined)
      socket.pause()
      const long = 'x'.repeat(20_000)
      for (let n = 0; n < 2000; n++) {
        for (let path = 0; path < 10; path++) host.report('desk', `/p/${path}`, `${n} ${long}`)
        await new Promise(setImmediate)
      }
      socket.resume()
      await heard.until(() => String(heard.at('/if/set/desk/p/9')).startsWith('1999 '))
      t.ok(heard.all.length < 20_000, `${heard.all.length} of 20,000 were worth sending`)
      socket.destroy()
      const late = AbortSignal.timeout(30_000)
      while (host.followers > 0 && !late.aborted) await new Promise(setImmediate)
      t.equal(host.followers, 0, 'who is gone hears nothing')
    },
  )

void t.test(
  'a wildcard presses every control that it fits, each once, and no gesture',
  async (t) => {
    const { host, port } = await open(t)
    for (const [page, row, col] of [
      [1, 0, 0],
      [1, 0, 2],
      [1, 1, 0],
      [2, 0, 0],
    ] as const)
      host.show({ page, row, col }, { text: 'x' })
    const { say } = await client(t, port)
    await say('/location/1/0/*/press')
    await host.until(() => host.gestures.length === 2)
    await say('/location/{1,2}/?/[0-1]/down')
    await host.until(() => host.gestures.length === 5)
    t.strictSame(
      host.gestures.map(
        ({ place: { page, row, col }, gesture }) => `${page}/${row}/${col} ${gesture}`,
      ),
      ['1/0/0 press', '1/0/2 press', '1/0/0 down', '1/1/0 down', '2/0/0 down'],
    )
    await say('/location/7/*/*/press')
    await say('/location/1/[0/*/press')
    await say('/location/1/0/0/*')
    await host.until(() => host.rejections.length === 3)
    t.match(
      host.rejections.map(({ failure }) => failure.detail),
      [/no control fits/, /not closed/, /none of press/],
    )
    t.equal(host.gestures.length, 5)
  },
)

const installed = spawnSync('oscdump', ['-h']).error === undefined
const liblo =
  installed || process.env['CI'] !== undefined
    ? {}
    : { skip: 'oscdump is not installed: apt-get install liblo-tools' }

void t.test("liblo's oscdump reads the feedback", liblo, async (t) => {
  const { host, port } = await open(t)
  const free = createSocket('udp4')
  free.bind(0, '127.0.0.1')
  await once(free, 'listening')
  const { port: ear } = free.address()
  await new Promise<void>((resolve) => free.close(resolve))
  const dump = spawn('oscdump', ['-L', String(ear)])
  t.teardown(() => dump.kill())
  let said = ''
  dump.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  host.show(place, { text: 'ON AIR', state: { is: 'confirmed' }, level: 0.5 })
  host.report('desk', '/master/level', 0.25)
  const late = AbortSignal.timeout(30_000)
  const heard = async (text: string, meanwhile: () => Promise<void>) => {
    while (!said.includes(text) && !late.aborted) {
      await meanwhile()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  // it does not say when it listens: until then there is nobody
  const probe = createSocket('udp4')
  t.teardown(() => probe.close())
  await heard(
    '/probe',
    () =>
      new Promise((resolve) => {
        probe.send(encode('/probe', []), ear, '127.0.0.1', () => resolve())
      }),
  )
  const { say } = await client(t, port)
  await say('/if/subscribe', { type: 'i', value: ear })
  await heard('/if/set/desk/master/level f 0.250000', async () => {})
  for (const line of [
    '/if/subscribed i 60',
    '/location/1/0/2/style/text s "ON AIR"',
    '/location/1/0/2/state s "confirmed"',
    '/location/1/0/2/level f 0.500000',
    '/if/set/desk/master/level f 0.250000',
  ])
    t.ok(said.includes(line), `${line} in ${said.slice(0, 1500)}`)
})
