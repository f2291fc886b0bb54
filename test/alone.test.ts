import t, { type Test } from 'tap'
import { decodeEntry, timeOf, type Recorded } from '../bus/entry.ts'
import { openRedisLog } from '../bus/log-redis/log.ts'
import { needsRedis, startServer, type Server } from '../bus/log-redis/server.fixture.ts'
import { verifyLog } from '../hub/audit/verify.ts'
import { endOf } from '../intents/end.ts'
import { newId } from '../intents/id.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { newRoom, type HubProcess, type Room } from './hub-process.ts'

// A whole hub whose log's server is away, killed in the middle of it.

t.setTimeout(300_000)

const fire = (n: number) => ({ verb: 'fire', device: 'desk', action: 'hit', args: { n } }) as const

async function site(t: Test) {
  const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
  const device = await lineDevice(t)
  const room = newRoom(
    t,
    `site: room\nhub: hub-a\nhttp: { port: 0 }\nlog: { engine: redis, url: "redis://127.0.0.1:${server.port}",` +
      ` commandTimeout: 500ms, leaseTtl: 600ms, whenUnavailable: act-and-record-later }\n` +
      `devices:\n  desk: ${lineConfig(device.port)}\n`,
  )
  return { server, device, room }
}

/** Presses, and waits for the end of it. */
async function press(hub: HubProcess, n: number): Promise<{ id: string; outcome: string }> {
  const id = newId(Date.now())
  const { status, body } = await hub.submit(fire(n), { id })
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { id, outcome: await hub.outcome(id) }
}

/** Stops the server, until the hub has noticed: a press given to the server at that very moment is left in doubt to others. */
async function stopped(server: Server, hub: HubProcess): Promise<void> {
  await server.stop()
  await health(hub, /./)
}

/** Until the hub's health has such a reason, or none at all. */
async function health(hub: HubProcess, reason: RegExp | null): Promise<readonly string[]> {
  for (let looks = 0; looks < 500; looks++) {
    const { body } = await hub.get('/health')
    const reasons = body['reasons'] as readonly string[]
    if (reason === null ? body['ok'] === true : reasons.some((one) => reason.test(one)))
      return reasons
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`its health never said ${reason?.source ?? 'that all is well'}`)
}

async function entriesOf({ port }: Server): Promise<readonly Recorded[]> {
  const node = { host: '127.0.0.1', port }
  const log = await openRedisLog({ site: 'room', servers: { type: 'single', node }, timeOf })
  try {
    const verdict = await verifyLog(log)
    if (!verdict.ok) throw new Error(`the chain is broken: ${verdict.detail}`)
    return (await log.tail(100_000)).map(decodeEntry)
  } finally {
    await log.close()
  }
}

/** Every press is in the log once, has one end, and no number of the chain is missing: `entriesOf` has verified that. */
function audit(t: Test, entries: readonly Recorded[], ids: readonly string[]): void {
  const accepted = entries.flatMap(({ event }) =>
    event.type === 'IntentAccepted' ? [event.submission.id as string] : [],
  )
  t.same(
    accepted.filter((id) => ids.includes(id)),
    ids,
    'every press is in the log, once and in order',
  )
  const ended = entries.flatMap(({ event }) => endOf(event)?.intent ?? []) as readonly string[]
  t.same(ended.toSorted(), [...new Set(ended)].toSorted(), 'and has one end')
  t.equal(ids.filter((id) => !ended.includes(id)).length, 0)
}

async function untilDead(room: Room, hub: HubProcess): Promise<void> {
  const { signal } = await hub.end('SIGKILL')
  if (signal !== 'SIGKILL') throw new Error(`${room.data} ended by itself`)
}

void t.test(
  'a hub that is killed while it is alone goes on alone, and brings everything to the log once the server is back',
  needsRedis,
  async (t) => {
    const { server, device, room } = await site(t)
    const ids: string[] = []
    const well = async (hub: HubProcess, n: number) => {
      const { id, outcome } = await press(hub, n)
      ids.push(id)
      t.equal(outcome, 'confirmed')
    }
    const first = await room.start()
    await well(first, 1)
    await stopped(server, first)
    await well(first, 2)
    await well(first, 3)
    t.match(await health(first, /acts alone since .* wait on this machine/), [/acts alone/, /hear/])
    const metrics = await (await fetch(`${first.url}/metrics`)).text()
    t.match(metrics, /infra_log_alone 1/)
    // one is under way when it dies
    device.answer(() => null)
    const open = newId(Date.now())
    ids.push(open)
    await first.submit(fire(4), { id: open })
    await device.until((got) => got.includes('HIT 4'))
    await untilDead(room, first)
    device.answer(() => 'OK')
    const second = await room.start()
    await health(second, /acts alone since .*started without the log/)
    t.equal(await second.outcome(open), 'unknown', 'the crash truth, without the server')
    await well(second, 5)
    await untilDead(room, second)
    await server.again()
    const third = await room.start()
    await health(third, null)
    await well(third, 6)
    t.same(
      device.got,
      [1, 2, 3, 4, 5, 6].map((n) => `HIT ${n}`),
      'nothing was sent twice',
    )
    const { body } = await third.post('/api/v1/witness/verify')
    t.match(body, { ok: true, gaps: [], alone: [{ hub: 'hub-a' }] })
    t.equal((await third.end()).code, 0)
    const entries = await entriesOf(server)
    audit(t, entries, ids)
    const types = entries.map(({ event }) => event.type)
    t.equal(types.filter((type) => type === 'WentAlone').length, 1)
    t.equal(types.filter((type) => type === 'Rejoined').length, 1)
    t.ok(types.indexOf('WentAlone') < types.indexOf('Rejoined'))
  },
)

void t.test(
  'the server comes back while a hub that was started without it runs: it rejoins, and the journal shows it',
  needsRedis,
  async (t) => {
    const { server, device, room } = await site(t)
    const first = await room.start()
    const ids = [(await press(first, 1)).id]
    await stopped(server, first)
    ids.push((await press(first, 2)).id)
    await untilDead(room, first)
    const second = await room.start()
    ids.push((await press(second, 3)).id)
    await server.again()
    await health(second, null)
    ids.push((await press(second, 4)).id)
    t.match(await second.entry(({ type }) => type === 'WentAlone'), {
      leases: [{ lease: '$macros' }, { lease: '$seal' }, { lease: 'desk' }],
    })
    t.match(await second.entry(({ type }) => type === 'Rejoined'), { lost: [] })
    t.equal((await second.end()).code, 0)
    t.same(
      device.got,
      [1, 2, 3, 4].map((n) => `HIT ${n}`),
    )
    audit(t, await entriesOf(server), ids)
  },
)

void t.test(
  'a hub that is stopped while it is alone keeps what it wrote, and the next start brings it',
  needsRedis,
  async (t) => {
    const { server, room } = await site(t)
    const first = await room.start()
    const ids = [(await press(first, 1)).id]
    await stopped(server, first)
    ids.push((await press(first, 2)).id)
    t.equal((await first.end()).code, 0)
    await server.again()
    t.equal(
      (await entriesOf(server)).some(({ event }) => event.type === 'WentAlone'),
      false,
    )
    const second = await room.start()
    await health(second, null) // it has rejoined
    ids.push((await press(second, 3)).id)
    t.equal((await second.end()).code, 0)
    audit(t, await entriesOf(server), ids)
  },
)

void t.test(
  'control: without a spool a hub does not start without its server, because it cannot know what it has',
  needsRedis,
  async (t) => {
    const { server, room } = await site(t)
    const first = await room.start()
    await press(first, 1)
    t.equal((await first.end()).code, 0)
    await server.stop()
    await t.rejects(room.start(), /server/)
  },
)
