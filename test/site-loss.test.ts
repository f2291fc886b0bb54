import t, { type Test } from 'tap'
import { startProxy } from '../bus/log-redis/proxy.fixture.ts'
import { needsRedis, startServer, untilTrue, type Server } from '../bus/log-redis/server.fixture.ts'
import { doubles } from './devices.ts'
import type { HubProcess } from './hub-process.ts'
import { faultRow } from './report.ts'
import type { SiteDevices } from './site-devices.ts'
import { chainFaults, siteEntries, siteLives } from './site-record.ts'
import { healthOf, hubOf, untilHealth, untilSpread } from './site.ts'
import { quick, twoHubs } from './site-outage.ts'

t.setTimeout(240_000)

// Servers that come back without what they had confirmed: it must be told, what the hubs still know is recorded again, and
// nothing else may go wrong.

/** Where what was lost had been sealed, sealing stops and health says so until a person decides: docs/witness.md. */
const unsealed = 'witness: { seal: false }\n'

async function burst(
  hubs: readonly HubProcess[],
  room: SiteDevices,
  from: number,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    hubs.flatMap((hub, h) =>
      Array.from({ length: 12 }, (_, i) => hub.submit(room.intent(from + h * 12 + i))),
    ),
  )
  return answers.filter(({ status }) => status === 202).map(({ body }) => String(body['id']))
}

/** What must be so after a loss: a gap that is told, no fire twice, and no hole in a chain but the one that is told. */
async function judgeLoss(
  t: Test,
  server: Pick<Server, 'ask'>,
  hub: HubProcess,
  kept: readonly string[],
  gone: readonly string[],
) {
  const entries = await siteEntries(server)
  const gaps = entries.flatMap(({ event, hub }) => (event.type === 'LogGap' ? [hub] : []))
  t.ok(gaps.length > 0, `the gap is recorded, by ${gaps.join(', ')}`)
  const lives = siteLives(entries)
  const before = siteLives(
    entries.slice(
      0,
      entries.findIndex(({ event }) => event.type === 'LogGap'),
    ),
  )
  const missing = gone.filter((id) => !before.has(id))
  t.equal(missing.length, gone.length, `control: ${gone.length} acknowledged presses were lost`)
  const lost = [...kept, ...gone].filter((id) => lives.get(id)?.accepted !== true)
  t.same(lost, [], 'all that was acknowledged is recorded: what was lost again, behind the gap')
  const open = [...lives].filter(([, { ends }]) => ends.length === 0)
  const holes = chainFaults(entries)
  t.comment(`holes in chains: ${holes.join('; ')}`)
  t.ok(holes.length <= gaps.length, 'no hole that is not told')
  const { body } = await hub.post('/api/v1/witness/verify')
  t.match(body, { ok: true }, 'the witness finds each hole explained')
  return { lives, missing, lost, open, gaps }
}

void t.test(
  'a server that is restored from an old copy: the gap is recorded and told, and no two hubs act for one device',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--save', '3600 1', '--dbfilename', 'old.rdb'])
    const { room, hubs } = await twoHubs(t, server.url, unsealed)
    const [a, b] = hubs
    if (a === undefined || b === undefined) throw new Error('two were started')
    const kept = [...(await burst([a, b], room, 0))]
    await Promise.all(hubs.map((hub) => hub.quiet()))
    await server.ask('SAVE')
    // who has which device from here on is lost, too
    await b.end('SIGKILL')
    await untilSpread(a, ['hub-a'])
    const gone = await burst([a], room, 24)
    await a.quiet()
    await server.stop('SIGKILL')
    await untilHealth(a, false)
    const restored = await server.again()
    await untilHealth(a, true)
    t.match((await healthOf(a)).why, /without entries that it had confirmed/, 'health tells')
    const again = await hubOf(t, 'hub-b', {
      url: server.url,
      log: quick,
      devices: room.yaml,
    }).start()
    for (const hub of [a, again]) await untilSpread(hub, ['hub-a', 'hub-b'])
    for (let round = 0; round < 4; round++) {
      kept.push(...(await burst([a, again], room, 100 + round * 24)))
      await Promise.all([a, again].map((hub) => hub.quiet()))
    }
    const { lives, lost, missing, open } = await judgeLoss(t, restored, a, kept, gone)
    t.same(
      open.map(([id]) => id),
      [],
      'every recorded intent has an outcome',
    )
    const fires = [...room.devices].map(([name, { got }]) => ({
      name,
      again: doubles(got.filter((one) => /hit/i.test(one))),
    }))
    t.same(
      fires.filter(({ again }) => again.length > 0),
      [],
      'no fire twice',
    )
    t.comment(`${lives.size} recorded, ${missing.length} lost with the server`)
    faultRow({
      fault: 'Redis restored from an old dump',
      times: 1,
      presses: kept.length + gone.length,
      lost: lost.length,
      doubled: fires.flatMap(({ again }) => again).length,
    })
    for (const hub of [a, again]) t.equal((await hub.end()).code, 0)
  },
)

void t.test(
  'a replica that takes over without the newest entries and with a slower clock: the gap is recorded, nothing is skipped, and the hubs go on',
  needsRedis,
  async (t) => {
    const [master, replica] = await Promise.all([startServer(t), startServer(t)])
    await replica.ask('REPLICAOF', '127.0.0.1', `${master.port}`)
    const proxy = await startProxy(t, master.port)
    const { room, hubs } = await twoHubs(t, `redis://127.0.0.1:${proxy.port}`, unsealed)
    const [first] = hubs
    if (first === undefined) throw new Error('two were started')
    const kept = [...(await burst(hubs, room, 0))]
    await Promise.all(hubs.map((hub) => hub.quiet()))
    const key = 'if:{room}:journal'
    const length = async (server: Server) => Number(await server.ask('XLEN', key))
    await untilTrue(async () => (await length(replica)) === (await length(master)))
    await replica.ask('REPLICAOF', 'NO', 'ONE')
    // the master's clock is a minute ahead from here on: the other's is slower
    await master.ask('XADD', key, `${Date.now() + 60_000}-0`, 'gap', '- -')
    const gone = await burst(hubs, room, 24)
    await Promise.all(hubs.map((hub) => hub.quiet()))
    t.ok((await length(master)) > (await length(replica)), 'control: the replica lacks the newest')
    const newest = async (server: Server) =>
      Number.parseInt(String(await server.ask('XREVRANGE', key, '+', '-', 'COUNT', '1')), 10)
    t.ok((await newest(master)) > Date.now() + 50_000, 'control: and is a minute behind')
    await master.stop('SIGKILL')
    for (const hub of hubs) await untilHealth(hub, false)
    proxy.aim(replica.port)
    const ended = performance.now()
    for (const hub of hubs) await untilHealth(hub, true)
    const recoveryMs = [Math.round(performance.now() - ended)]
    for (const hub of hubs)
      t.match((await healthOf(hub)).why, /without entries that it had confirmed/, 'health tells')
    for (const hub of hubs) await untilSpread(hub, ['hub-a', 'hub-b'])
    for (let round = 0; round < 4; round++) {
      kept.push(...(await burst(hubs, room, 100 + round * 24)))
      await Promise.all(hubs.map((hub) => hub.quiet()))
    }
    const { lost, missing, open } = await judgeLoss(t, replica, first, kept, gone)
    t.same(
      open.map(([id]) => id),
      [],
      'every recorded intent has an outcome',
    )
    const again = [...room.devices.values()].flatMap(({ got }) =>
      doubles(got.filter((one) => /hit/i.test(one))),
    )
    t.same(again, [], 'no fire twice')
    t.comment(`${missing.length} lost with the master`)
    faultRow({
      fault: 'replica promoted, tail lost, clock a minute slower',
      times: 1,
      presses: kept.length + gone.length,
      lost: lost.length,
      doubled: again.length,
      recoveryMs,
    })
    for (const hub of hubs) t.equal((await hub.end()).code, 0)
  },
)
