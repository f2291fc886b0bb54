import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { browse, type Wanted } from './browse.ts'

// A responder that says literal packets of DNS (RFC 1035 section 4) in answer to the first question, on loopback.

const wanted: readonly Wanted[] = [
  { service: 'home-assistant', transport: 'tcp' },
  { service: 'osc', transport: 'udp' },
]

const name = (...labels: readonly string[]) =>
  Buffer.concat([
    ...labels.map((label) =>
      Buffer.concat([Buffer.of(Buffer.byteLength(label)), Buffer.from(label)]),
    ),
    Buffer.of(0),
  ])
const number = (value: number) => Buffer.of(value >> 8, value & 0xff)

/** One resource record (RFC 1035 section 4.1.3), class IN, for two minutes. */
const record = (owner: Buffer, type: number, data: Buffer) =>
  Buffer.concat([
    owner,
    number(type),
    number(1),
    Buffer.of(0, 0, 0, 120),
    number(data.length),
    data,
  ])

/** An answer of multicast DNS: flags 0x8400 (RFC 6762 section 18), and so many answers. */
const answer = (...records: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.of(0, 0, 0x84, 0, 0, 0),
    number(records.length),
    Buffer.of(0, 0, 0, 0),
    ...records,
  ])

const ptr = 12
const txt = 16
const srv = 33
const a = 1
const type = ['_home-assistant', '_tcp', 'local']

/** The records with which one Home Assistant announces itself (RFC 6763 section 12.1). */
function announcement(instance: string, port: number, address: readonly number[] = [127, 0, 0, 1]) {
  const full = name(instance, ...type)
  const host = name('ha', 'local')
  return [
    record(name(...type), ptr, full),
    record(full, srv, Buffer.concat([number(0), number(0), number(port), host])),
    record(full, txt, Buffer.from('\x0eversion=2024.1\x09Version=x\x04flag')),
    record(host, a, Buffer.from(address)),
  ]
}

async function responder(t: Test, packets: readonly Buffer[]): Promise<number> {
  const socket: Socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  socket.once('message', (_, { port, address }) => {
    for (const packet of packets) socket.send(packet, port, address)
  })
  return socket.address().port
}

async function browsed(t: Test, packets: readonly Buffer[], until = new AbortController().signal) {
  const port = await responder(t, packets)
  const group = { address: '127.0.0.1', port }
  return browse(wanted, { addresses: ['127.0.0.1'], group, listen: 0, forMs: 600, signal: until })
}

void t.test(
  'a device that announces itself is found, with its name, address and words',
  async (t) => {
    const { found, faults, isCut } = await browsed(t, [answer(...announcement('Studio 1.5', 8123))])
    t.strictSame(faults, [])
    t.equal(isCut, false)
    t.strictSame(found, [
      {
        wanted: wanted[0],
        announced: {
          name: 'Studio 1.5',
          host: '127.0.0.1',
          port: 8123,
          txt: new Map([
            ['version', '2024.1'],
            ['flag', ''],
          ]),
        },
      },
    ])
  },
)

void t.test('a device that says of itself what cannot be is not shown', async (t) => {
  const { found } = await browsed(t, [
    answer(...announcement('No port', 0)),
    answer(...announcement('Home', 8123)),
  ])
  t.strictSame(
    found.map(({ announced }) => announced.name),
    ['Home'],
    'the one beside it is',
  )
})

void t.test(
  'a device that says several times where it is stands in the list once, with its newest word',
  async (t) => {
    const home = answer(...announcement('Home', 8123))
    const { found } = await browsed(t, [home, home, answer(...announcement('Home', 8124))])
    t.strictSame(
      found.map(({ announced }) => announced.port),
      [8124],
      'its newest word counts',
    )
  },
)

void t.test(
  'packets that are none end nothing, and what is larger than may be is not read',
  async (t) => {
    const good = announcement('Home', 8123)
    const many = Array.from({ length: 60 }, (_, i) => announcement(`Flood ${i}`, 9000)).flat()
    const loop = Buffer.concat([
      answer().subarray(0, 6),
      number(1),
      Buffer.of(0, 0, 0, 0, 0xc0, 12),
    ])
    const half = answer(...good).subarray(0, 70)
    const noise = [Buffer.of(), Buffer.of(1, 2, 3), Buffer.alloc(200, 0xff), loop, half]
    const nameless = answer(
      record(name(...type), ptr, name('x')),
      record(name('x'), srv, Buffer.alloc(7)),
    )
    const { found } = await browsed(t, [...noise, nameless, answer(...many), answer(...good)])
    t.strictSame(
      found.map(({ announced }) => announced.name),
      ['Home'],
    )
    const control = await browsed(t, [answer(...many.slice(0, 80))])
    t.equal(control.found.length, 20, 'the flood would have been heard')
  },
)

void t.test('whoever announces a thousand devices fills no list without end', async (t) => {
  const flood = Array.from({ length: 50 }, (_, packet) =>
    answer(
      ...Array.from({ length: 20 }, (_, i) =>
        announcement(`Flood ${packet * 20 + i}`, 9000),
      ).flat(),
    ),
  )
  const { found, isCut } = await browsed(t, flood)
  t.ok(found.length >= 256 && found.length <= 300, `${found.length} of 1000`)
  t.equal(isCut, true, 'and it says so')
})

void t.test('it ends at once when it is told to, with what was found until then', async (t) => {
  const ended = new AbortController()
  const port = await responder(t, [])
  const group = { address: '127.0.0.1', port }
  const addresses = ['127.0.0.1']
  const browsing = browse(wanted, {
    addresses,
    group,
    listen: 0,
    forMs: 600_000,
    signal: ended.signal,
  })
  ended.abort()
  t.strictSame((await browsing).found, [])
})

void t.test('a network that cannot be asked is named, and the others are asked', async (t) => {
  const port = await responder(t, [answer(...announcement('Home', 8123))])
  const group = { address: '224.0.0.251', port }
  const { found, faults } = await browse(wanted, {
    addresses: ['203.0.113.77'], // RFC 5737: no machine has it
    group,
    listen: 0,
    forMs: 100,
    signal: new AbortController().signal,
  })
  t.strictSame(found, [])
  t.match(faults, [/^203\.0\.113\.77: /])
})
