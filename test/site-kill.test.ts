import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import type { HubProcess, Room } from './hub-process.ts'
import { press } from './presser.ts'
import { faultRow } from './report.ts'
import { judgeDevices, siteDevices } from './site-devices.ts'
import { auditSite } from './site-record.ts'
import { hubOf } from './site.ts'

t.setTimeout(1_800_000)

/** A sample for every day; `npm run test:faults` kills 200 times. */
const kills = Number(process.env['SITE_KILLS'] ?? 30)

/** How long a hub may live, from its start on. Longer than a lease, so that some take over and some die before. */
const longestMs = 1200

/** Starts a hub and kills it at a random moment, again and again. */
async function mortal(t: Test, room: Room, up: Set<HubProcess>, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const hub = await room.start()
    up.add(hub)
    await sleep(Math.random() * longestMs)
    hub.signal('SIGKILL')
    up.delete(hub)
    const { signal, err } = await hub.ended()
    if (signal !== 'SIGKILL') t.fail(`it ended by itself: ${err}`)
  }
}

void t.test(
  `two hubs killed ${kills} times at random moments under load lose nothing they acknowledged, repeat no fire and keep every order`,
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes'])
    const room = await siteDevices(t, 6)
    const options = { url: server.url, log: 'leaseTtl: 600ms', devices: room.yaml }
    const rooms = [hubOf(t, 'hub-a', options), hubOf(t, 'hub-b', options)] as const
    const up = new Set<HubProcess>()
    const load = press({ hubs: () => [...up], intent: room.intent, hands: 8, restMs: 20 })
    const began = performance.now()
    await Promise.all(rooms.map((one) => mortal(t, one, up, kills / 2)))
    await load.stop()
    t.comment(`${kills} kills in ${Math.round((performance.now() - began) / 1000)} s`)

    const last = await rooms[0].start()
    await last.quiet()
    const { lives, entries, lost } = await auditSite(t, server, last, load.acknowledged)
    await last.end()
    const doubled = judgeDevices(t, room, lives)

    const all = [...lives.values()]
    const starts = entries.filter(({ event }) => event.type === 'HubStarted').length
    t.equal(starts, kills + 1, 'control: so many hubs began')
    const takeovers = entries.filter(
      ({ event }) => event.type === 'LeaseTaken' && / was gone$/.test(event.detail),
    ).length
    const unknown = all.filter(({ ends }) => ends[0] === 'unknown').length
    t.ok(load.unanswered() > 0, `control: ${load.unanswered()} presses died with their hub`)
    t.ok(takeovers > 0, `control: ${takeovers} leases were taken from a dead hub`)
    t.ok(unknown > 0, `control: ${unknown} fires were under way at a kill`)
    t.ok(load.twice.size > 0, `control: ${load.twice.size} presses came by two uplinks`)
    t.comment(`${all.length} recorded, ${load.acknowledged.size} acknowledged`)
    faultRow({
      fault: 'kill -9 of a hub, of two, under load',
      times: kills,
      presses: all.length,
      lost,
      doubled,
    })
  },
)
