import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openArrivals } from '../bench/ways/arrivals.ts'
import { mcu, xctl } from '../bench/ways/console.ts'
import { osc, udp } from '../bench/ways/datagram.ts'
import { gridConfig, inTurn } from '../bench/ways/grid.ts'
import { companionHttp, http, webSocket } from '../bench/ways/http.ts'
import { satellite, satelliteWebSocket } from '../bench/ways/satellite.ts'
import { oscTcp, rosstalk, tcp } from '../bench/ways/stream.ts'
import { portOf, type Way } from '../bench/ways/way.ts'
import { lengthPrefixed } from '../wire/length.ts'
import { encode } from '../wire/osc-encode.ts'
import { type Flood, startFlood } from './flooder.ts'
import { type HubProcess, list, newRoom } from './hub-process.ts'
import { audit, eventsOf } from './record.ts'
import { faultRow } from './report.ts'

// 50,000 packets a second of one source, at each way in that a network reaches, as far as two cores give; another source at the
// same way has each of its presses carried out.

/** Packets a second. */
const rate = 50_000
/** One in the everyday tests, more where faults are what is looked for (test/faults.ts). */
const seconds = Number(process.env['FLOOD_SECONDS'] ?? 1)
/** Presses a second of the other: more than two hands. */
const handRate = 50
/** What the hub may hold more, at any moment of a flood, MiB: queues, and garbage that was not collected. */
const mostMiB = 256

const page9 = (text: string) => Buffer.from(text.replace('PAGE', '9'))
const request = (path: string, body = '') =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )

interface Flooding extends Pick<Flood, 'by'> {
  readonly way: Way
  /** A packet that asks for what is not there. */
  readonly one: Buffer
  readonly greeting?: string
  readonly path?: string
  /** Its port, beside the one that the way's own hands use. */
  readonly port?: (address: string) => number
  /** How it is recorded; null: nothing of a stranger's is counted, for nobody has heard it. */
  readonly counted: string | null
}

const floods: readonly Flooding[] = [
  { way: osc, by: 'udp', one: encode('/location/9/0/1/press', []), counted: 'osc' },
  {
    ...{ way: oscTcp, by: 'tcp', counted: 'osc-tcp' },
    one: lengthPrefixed(encode('/location/9/0/1/press', [])),
  },
  { way: udp, by: 'udp', one: page9('LOCATION PAGE/0/1 PRESS'), counted: 'udp' },
  { way: tcp, by: 'tcp', one: page9('LOCATION PAGE/0/1 PRESS\n'), counted: 'tcp' },
  { way: rosstalk, by: 'tcp', one: page9('CC PAGE/0/1\r\n'), counted: 'rosstalk' },
  {
    ...{ way: satellite, by: 'tcp', counted: 'satellite' },
    one: Buffer.from('KEY-PRESS DEVICEID=ghost KEY=0 PRESSED=1\n'),
    port: (address) => portOf(address, 'tcp'),
  },
  {
    ...{ way: satelliteWebSocket, by: 'ws', counted: 'satellite' },
    one: Buffer.from('KEY-PRESS DEVICEID=ghost KEY=0 PRESSED=1\n'),
    port: (address) => portOf(address, 'ws'),
    path: '/',
  },
  {
    ...{ way: companionHttp, by: 'tcp', counted: 'companion-http' },
    one: request('/api/location/9/0/1/press'),
  },
  {
    ...{ way: http, by: 'tcp', counted: 'console' },
    one: request('/api/v1/controls/9/0/1/press', '{}'),
  },
  {
    ...{ way: webSocket, by: 'ws', counted: 'console' },
    one: Buffer.from('{"type":"gesture","page":9,"row":0,"col":1,"gesture":"press","ref":1}'),
    path: '/api/v1/stream',
  },
  // RTP of nobody in a session
  {
    ...{ way: mcu, by: 'udp', counted: null },
    one: Buffer.from('8061000100000000000000010390 5e7f'.replace(' ', ''), 'hex'),
    port: (address) => portOf(address) + 1,
  },
  { way: xctl, by: 'udp', one: Buffer.from('010203', 'hex'), counted: 'xctl' },
]

function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}

/** What the kernel has thrown away of a UDP port of loopback, for its queue was full (proc(5), /proc/net/udp). */
function dropped(port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    if (columns[1]?.endsWith(wanted)) return Number(columns.at(-1))
  }
  return 0
}

async function addressOf(hub: HubProcess, name: string | null): Promise<string> {
  if (name === null) return hub.url
  const { body } = await hub.get('/api/v1/surfaces')
  return String(list(body['surfaces']).find((one) => one['name'] === name)?.['address'])
}

/** So many of them were rejected at a surface, as the record has it. */
function rejectedIn(data: string, surface: string): number {
  return eventsOf(data).reduce(
    (sum, event) =>
      event.type === 'InputRejected' && event.surface === surface ? sum + event.count : sum,
    0,
  )
}

/** Resolves when all that waits in the kernel has come in: what is counted does not grow any more. */
async function drained(hub: HubProcess): Promise<void> {
  const counted = async () => JSON.stringify((await hub.get('/api/v1/surfaces')).body)
  for (let before = ''; ;) {
    const now = await counted()
    if (now === before) return
    before = now
    await sleep(200)
  }
}

async function flooded(t: Test, flooding: Flooding): Promise<void> {
  const { way, by, one, greeting = '', path = '', counted } = flooding
  const arrivals = await openArrivals()
  t.teardown(() => arrivals.close())
  const prepared = await way.prepare('')
  const config =
    prepared.config === '' ? 'type: satellite, port: 0, webSocketPort: 0' : prepared.config
  const surfaces = way.surface === null ? '' : `surfaces: { ${way.surface}: { ${config} } }\n`
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices: { d0: { protocol: osc, host: 127.0.0.1, port: ${arrivals.port} } }\n${surfaces}${gridConfig()}\n`,
  )
  const hub = await room.start()
  const address = await addressOf(hub, way.surface)
  const hand = await prepared.connect(address)
  const numbers = inTurn(way.says === 'number' ? [1000] : way.says)
  await arrivals.first(hand, numbers, 20_000)
  const port = (flooding.port ?? ((address: string) => portOf(address)))(address)

  const calm = await arrivals.measure(hand, numbers, handRate, seconds)
  const before = residentMiB(hub.pid)
  let most = before
  const look = setInterval(() => (most = Math.max(most, residentMiB(hub.pid))), 20)
  const flood = await startFlood(t, {
    ...{ by, port, path, perSecond: rate },
    one: one.toString('hex'),
    greeting: Buffer.from(greeting).toString('hex'),
  })
  const taken = await arrivals.measure(hand, numbers, handRate, seconds)
  const { sent, seconds: took } = await flood.stop()
  clearInterval(look)
  await drained(hub)
  const lost = by === 'udp' ? dropped(port) : 0
  const alive = await hub.get('/health')
  hand.close()
  await hub.end()

  const times = ({ p50, p99 }: typeof calm) => `${p50.toFixed(1)} ${p99.toFixed(1)}`
  t.comment(
    `${way.name}: ${Math.round(sent / took)} a second, ${sent} in all, ${lost} thrown away by the kernel; ${taken.sent} presses of the other, ${taken.lost} lost, p50 and p99 ${times(taken)} ms, without the flood ${times(calm)}; ${Math.round(most - before)} MiB more`,
  )
  t.ok(sent > 1000 * seconds, `control: ${sent} packets were sent`)
  t.equal(alive.status, 200)
  t.ok(taken.sent > 0)
  // what a full queue of the kernel threw away never reached the hub: of whom it was, nobody knows
  if (lost === 0) t.equal(taken.lost, 0, 'each press of the other was carried out')
  t.equal(taken.unasked, 0, 'and once')
  t.ok(most - before < mostMiB, `${Math.round(most - before)} MiB more`)
  if (counted !== null) {
    const rejected = rejectedIn(room.data, counted)
    if (by === 'udp') t.ok(rejected + lost >= sent * 0.99, `${rejected} of ${sent} are counted`)
    else t.equal(rejected, sent, 'each packet of the flood is counted')
  }
  await audit(t, room)
  faultRow({
    fault: `a flood of ${Math.round(sent / took / 1000)},000 a second, ${way.name}`,
    ...{ times: 1, presses: taken.sent, lost: taken.lost, doubled: taken.unasked },
  })
}

for (const flooding of floods)
  void t.test(
    `${flooding.way.name}: a source that floods costs another none of its presses`,
    { timeout: 120_000 },
    (t) => flooded(t, flooding),
  )
