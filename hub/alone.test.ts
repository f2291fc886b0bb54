import t, { type Test } from 'tap'
import { decodeEntry, timeOf, type Recorded } from '../bus/entry.ts'
import { needsRedis, startServer, untilTrue, type Server } from '../bus/log-redis/server.fixture.ts'
import { startProxy } from '../bus/log-redis/proxy.fixture.ts'
import { openRedisLog } from '../bus/log-redis/log.ts'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { lineConfig, lineDevice } from '../test/devices.ts'
import { openCore } from './compose.ts'
import { anna, configFrom, newData, parts } from './core.contract.ts'
import { noDefaults } from './intake.ts'
import { verifyLog } from './verify.ts'

// A hub whose log's server goes away, on a real redis-server, in this process.

const desk = 'desk' as DeviceId
const hit = (n: number) => ({ verb: 'fire', device: desk, action: 'hit', args: { n } }) as const

interface HubOptions {
  readonly name?: string
  readonly data?: string
  readonly policy?: string
  readonly devices: string
}

async function openHub(
  t: Test,
  port: number,
  { name = 'hub-a', data = newData(t), policy = 'act-and-record-later', devices }: HubOptions,
) {
  const log = `{ engine: redis, url: "redis://127.0.0.1:${port}", commandTimeout: 300ms, leaseTtl: 600ms, whenUnavailable: ${policy} }`
  const core = await openCore({
    parts,
    config: configFrom(`site: room\nhub: ${name}\nlog: ${log}\ndevices:\n${devices}`),
    data,
    version: 'test',
  })
  let stopped: Promise<void> | null = null
  const stop = () => (stopped ??= core.close('the test is over'))
  t.teardown(stop)
  return {
    core,
    data,
    stop,
    submit: (intent: Intent, more = {}) =>
      core.intake.submit({ intent, actor: anna, source: 'test:1', ...more }, noDefaults),
    ended: (id: IntentId) => {
      const known = core.room.deliveries.state.intents.get(id)?.outcome
      return known == null
        ? core.waiters.wait(id, AbortSignal.timeout(20_000))
        : Promise.resolve({ id, outcome: known.type, failure: known.failure })
    },
    owns: () => untilTrue(() => core.routers.get(desk) !== undefined),
    isAlone: (yes = true) => untilTrue(() => (core.alone.now() !== null) === yes),
  }
}

async function entriesOf({ port }: Pick<Server, 'port'>): Promise<readonly Recorded[]> {
  const log = await openRedisLog({
    site: 'room',
    servers: { type: 'single', node: { host: '127.0.0.1', port } },
    timeOf,
  })
  try {
    const verdict = await verifyLog(log)
    if (!verdict.ok) throw new Error(`the chain is broken: ${verdict.detail}`)
    return (await log.tail(100_000)).map(decodeEntry)
  } finally {
    await log.close()
  }
}

/** What of the log is of presses and of being alone, as words: `WentAlone`, `Delivered 3`. */
function storyOf(entries: readonly Recorded[], hub = 'hub-a'): readonly string[] {
  const numbers = new Map<string, string>()
  return entries.flatMap(({ hub: by, event }): readonly string[] => {
    if (by !== hub) return []
    if (event.type === 'IntentAccepted' && event.submission.intent.verb === 'fire') {
      const n = String((event.submission.intent.args as { readonly n?: number }).n)
      numbers.set(event.submission.id, n)
      return [`IntentAccepted ${n}`]
    }
    const n = 'intent' in event ? numbers.get(event.intent) : undefined
    if (n !== undefined) return [`${event.type} ${n}`]
    return event.type === 'WentAlone' || event.type === 'Rejoined' ? [event.type] : []
  })
}

const whole = (n: number) => [`IntentAccepted ${n}`, `AttemptStarted ${n}`, `Delivered ${n}`]

for (const fault of ['stopped', 'frozen', 'cut off', 'read-only'] as const)
  void t.test(
    `while the log's server is ${fault} presses go on being delivered, and are in the log afterwards, in order`,
    needsRedis,
    async (t) => {
      const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
      const proxy = await startProxy(t, server.port)
      const device = await lineDevice(t)
      const devices = `  desk: ${lineConfig(device.port)}\n`
      const hub = await openHub(t, proxy.port, { devices })
      await hub.owns()
      t.match(await hub.ended((await hub.submit(hit(1))).id), { outcome: 'confirmed' })
      const from = Date.now()
      if (fault === 'stopped') await server.stop()
      else if (fault === 'frozen') await server.freeze()
      else if (fault === 'cut off') proxy.cut()
      else await server.ask('REPLICAOF', '127.0.0.1', '1') // it answers, and takes nothing
      for (let n = 2; n <= 6; n++)
        t.match(await hub.ended((await hub.submit(hit(n))).id), { outcome: 'confirmed' })
      t.same(
        device.got,
        [1, 2, 3, 4, 5, 6].map((n) => `HIT ${n}`),
      )
      t.match(hub.core.alone.now(), { entries: 16, detail: /./ })
      t.ok((hub.core.alone.now()?.since ?? 0) >= from)
      t.equal(hub.core.journal.trouble(), null, 'it can record')
      if (fault === 'stopped') await server.again()
      else if (fault === 'frozen') server.thaw()
      else if (fault === 'cut off') proxy.heal()
      else await server.ask('REPLICAOF', 'NO', 'ONE')
      await hub.isAlone(false)
      t.match(await hub.ended((await hub.submit(hit(7))).id), { outcome: 'confirmed' })
      await hub.stop()
      const entries = await entriesOf(server)
      const story = storyOf(entries)
      // in a frozen server's case the first was under way, and is tried again by a hub that has said so
      t.same(
        story.filter((word) => !/ 2$/.test(word) && !/ 7$/.test(word) && !/ 1$/.test(word)),
        ['WentAlone', ...[3, 4, 5, 6].flatMap(whole), 'Rejoined'],
      )
      t.equal(story.filter((word) => word === 'Delivered 2').length, 1)
      t.same(story.slice(-3), whole(7))
      const rejoined = entries.find(({ event }) => event.type === 'Rejoined')?.event
      t.match(rejoined, { entries: 16, lost: [] })
      t.equal(device.got.length, 7, 'nothing was sent twice')
    },
  )

void t.test('control: a hub that is to refuse refuses the same press', needsRedis, async (t) => {
  const server = await startServer(t)
  const device = await lineDevice(t)
  const devices = `  desk: ${lineConfig(device.port)}\n`
  const hub = await openHub(t, server.port, { devices, policy: 'refuse' })
  await hub.owns()
  await server.stop('SIGKILL')
  await untilTrue(() => hub.core.journal.trouble() !== null)
  await t.rejects(hub.submit(hit(1)), { code: 'io' })
  t.equal(hub.core.alone.now(), null)
  t.same(device.got, [])
  await server.again()
})

void t.test(
  'a server that is away for a moment is waited for: nothing is written alone',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port)}\n`
    const hub = await openHub(t, proxy.port, { devices })
    await hub.owns()
    proxy.cut()
    await untilTrue(() => hub.core.journal.spool?.server() !== null)
    const press = hub.submit(hit(1))
    proxy.heal()
    t.match(await hub.ended((await press).id), { outcome: 'confirmed' })
    await hub.stop()
    t.notOk((await entriesOf(server)).some(({ event }) => event.type === 'WentAlone'))
  },
)

void t.test(
  'when only one hub is cut off both act, and the log says so: nothing is sent again because it came late',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a, delivery: { timeout: 30s, fireDeadline: 1m }')}\n`
    const a = await openHub(t, proxy.port, { devices })
    await a.owns()
    const b = await openHub(t, server.port, { name: 'hub-b', devices })
    t.match(await b.ended((await b.submit(hit(1))).id), { outcome: 'confirmed' })
    proxy.cut()
    t.match(await a.ended((await a.submit(hit(2))).id), { outcome: 'confirmed' })
    await untilTrue(() => b.core.routers.get(desk) !== undefined)
    t.match(await b.ended((await b.submit(hit(3))).id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 1', 'HIT 2', 'HIT 3'], 'both acted for it')
    // one is under way without an answer when the log is back
    device.answer(() => null)
    const open = await a.submit(hit(4))
    await device.until((got) => got.includes('HIT 4'))
    const waiting = await a.submit(hit(5))
    t.match(await a.submit({ verb: 'run', macro: 'none' as never, args: {} }), {
      refusal: { code: 'unknown-macro' },
    })
    proxy.heal()
    await a.isAlone(false)
    t.match(await a.ended(open.id), { outcome: 'unknown' })
    t.match(await a.ended(waiting.id), { outcome: 'failed', failure: { reached: 'no' } })
    t.match(await b.ended(open.id), { outcome: 'unknown' })
    device.answer(() => 'OK')
    t.match(await b.ended((await b.submit(hit(6))).id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 1', 'HIT 2', 'HIT 3', 'HIT 4', 'HIT 6'], 'nothing came twice')
    const saw = ({ core }: typeof a) => core.room.deliveries.state.intents.get(open.id)
    t.match(saw(b), { attempts: [{ hub: 'hub-a' }] }, 'what it did alone is in the record')
    await untilTrue(() => a.core.position() === b.core.position())
    t.same(
      a.core.room.all.map(({ projection, state }) => projection.save(state)),
      b.core.room.all.map(({ projection, state }) => projection.save(state)),
      'both see one past',
    )
    await a.stop()
    await b.stop()
    const entries = await entriesOf(server)
    t.match(entries.find(({ event }) => event.type === 'Rejoined')?.event, {
      lost: ['$macros', 'desk'],
    })
  },
)

void t.test(
  'a hub that is alone refuses what it does not act for, and says where to press',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a')}\n`
    const a = await openHub(t, server.port, { devices })
    await a.owns()
    const b = await openHub(t, server.port, { name: 'hub-b', devices })
    await server.stop('SIGKILL')
    await Promise.all([a.isAlone(), b.isAlone()])
    t.match(await b.submit(hit(1)), {
      refusal: {
        code: 'out-of-reach',
        failure: { code: 'unreachable', detail: /press at the hub/ },
      },
    })
    t.match(await a.ended((await a.submit(hit(2))).id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 2'])
    await server.again()
    await Promise.all([a.isAlone(false), b.isAlone(false)])
    t.match(await b.ended((await b.submit(hit(3))).id), { outcome: 'confirmed' })
    await a.stop()
    await b.stop()
  },
)
