import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { needsRedis, startServer, stateOf } from '../bus/log-redis/server.fixture.ts'
import type { HubProcess } from './hub-process.ts'
import { press } from './presser.ts'
import { faultRow } from './report.ts'
import { judgeDevices, siteDevices } from './site-devices.ts'
import { auditSite } from './site-record.ts'
import { hubOf, leasesOf, until, untilSpread } from './site.ts'

t.setTimeout(180_000)

/** The number: four times the default lease. */
const pausedMs = 10_000

void t.test(
  'of two hubs with fifty devices one stands still for ten seconds under load and wakes up: no fire twice, nothing under an old lease',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const room = await siteDevices(t, 50)
    const options = { url: server.url, devices: room.yaml }
    const [a, b] = await Promise.all(
      ['hub-a', 'hub-b'].map((hub) => hubOf(t, hub, options).start()),
    )
    if (a === undefined || b === undefined) throw new Error('two were started')
    for (const hub of [a, b]) await untilSpread(hub, ['hub-a', 'hub-b'])
    const before = await leasesOf(b)
    const up = new Set<HubProcess>([a, b])
    const load = press({ hubs: () => [...up], intent: room.intent, hands: 12, restMs: 15 })
    await until('some presses', () => load.acknowledged.size > 300)

    // in the middle of the load, with presses in its hands
    a.signal('SIGSTOP')
    await until('it stands still', () => stateOf(a.pid) === 'T')
    up.delete(a)
    const stopped = performance.now()
    await untilSpread(b, ['hub-b'])
    const tookOver = Math.round(performance.now() - stopped)
    await sleep(Math.max(0, pausedMs - (performance.now() - stopped)))
    t.equal(stateOf(a.pid), 'T', 'control: it still stands still')
    const ahead = load.acknowledged.size
    a.signal('SIGCONT')
    up.add(a)
    await untilSpread(b, ['hub-a', 'hub-b'])
    await untilSpread(a, ['hub-a', 'hub-b'])
    await until('more presses', () => load.acknowledged.size > ahead + 300)
    await load.stop()
    for (const hub of [a, b]) await hub.quiet()
    t.same(await leasesOf(b), before, 'every device is back where it was')

    const { entries, lives, lost } = await auditSite(t, server, b, load.acknowledged)
    const doubled = judgeDevices(t, room, lives)
    const all = [...lives.values()]
    const moved = entries.filter(
      ({ event }) => event.type === 'LeaseTaken' && event.detail === 'hub-a was gone',
    ).length
    t.ok(moved > 10, `control: ${moved} devices were taken from the hub that stood still`)
    // an attempt under a lease that was lost is recorded at most, never sent: what came has one that counts
    const stale = all.filter(({ stale }) => stale.length > 0)
    t.comment(
      `taken over after ${tookOver} ms; ${stale.length} intents with an attempt under an old lease, none of them sent; ` +
        `${all.filter(({ ends }) => ends[0] === 'unknown').length} unknown of ${all.length}`,
    )
    const wrong = all.filter(
      ({ tries }) => new Set(tries).size !== tries.length && tries.length > 1,
    )
    t.comment(`${wrong.length} intents were tried again under the same lease`)
    faultRow({
      fault: 'one of two hubs, 50 devices, stands still for 10 s',
      times: 1,
      presses: all.length,
      lost,
      doubled,
      recoveryMs: [tookOver],
    })
    for (const hub of [a, b]) t.equal((await hub.end()).code, 0)
  },
)
