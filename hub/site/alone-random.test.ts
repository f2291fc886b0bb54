import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { startProxy } from '../../bus/log-redis/proxy.fixture.ts'
import { needsRedis, startServer, untilTrue } from '../../bus/log-redis/server.fixture.ts'
import { endOf } from '../../intents/end.ts'
import type { DeviceId, IntentId } from '../../intents/id.ts'
import { lineConfig, lineDevice } from '../../test/devices.ts'
import { entriesOf, openHub } from './alone.contract.ts'

// Two hubs that press on while their log's server, and the way of each to it, come and go at random.

t.setTimeout(120_000)

/** How often something breaks. */
const rounds = 8
/** One that certainly is an outage. */
const certain = { fault: 'both cut', forMs: 900, thenMs: 300 } as const
/** Between two presses. Milliseconds. */
const everyMs = 10

type Fault = 'a cut' | 'b cut' | 'both cut' | 'frozen' | 'answers lost'

const faults = fc.array(
  fc.record({
    fault: fc.constantFrom<Fault>('a cut', 'b cut', 'both cut', 'frozen', 'answers lost'),
    forMs: fc.integer({ min: 100, max: 1500 }),
    thenMs: fc.integer({ min: 0, max: 900 }),
  }),
  { minLength: rounds - 1, maxLength: rounds - 1 },
)

void t.test(
  'whatever comes and goes: every press is in the log once, ends, and was sent at most once; both hubs see one past',
  needsRedis,
  async (t) => {
    const seed = Date.now() % 1_000_000
    const [sampled = []] = fc.sample(faults, { seed, numRuns: 1 })
    const plan = [certain, ...sampled]
    t.comment(`seed ${seed}: ${plan.map(({ fault, forMs }) => `${fault} ${forMs}`).join(', ')}`)
    const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
    const [toA, toB] = [await startProxy(t, server.port), await startProxy(t, server.port)]
    const [desk, lamp] = [await lineDevice(t), await lineDevice(t)]
    const devices =
      `  desk: ${lineConfig(desk.port, ', hub: hub-a')}\n` +
      `  lamp: ${lineConfig(lamp.port, ', hub: hub-b')}\n`
    const a = await openHub(t, toA.port, { devices })
    const b = await openHub(t, toB.port, { name: 'hub-b', devices })
    const died: Error[] = []
    for (const { core } of [a, b]) void core.ended.then((why) => died.push(why))

    const accepted: IntentId[] = []
    let pressing = true
    const presses = (async () => {
      for (let n = 0; pressing; n++) {
        const device = (n % 2 === 0 ? 'desk' : 'lamp') as DeviceId
        const press = (n % 4 < 2 ? a : b).submit({
          verb: 'fire',
          device,
          action: 'hit',
          args: { n },
        })
        // a refusal is an answer, too
        void press.then(({ id, refusal }) => refusal === null && accepted.push(id))
        await sleep(everyMs)
      }
    })()
    for (const { fault, forMs, thenMs } of plan) {
      if (fault === 'a cut' || fault === 'both cut') toA.cut()
      if (fault === 'b cut' || fault === 'both cut') toB.cut()
      if (fault === 'frozen') await server.freeze()
      if (fault === 'answers lost') toA.lose('down')
      await sleep(forMs)
      if (fault === 'frozen') server.thaw()
      if (fault === 'answers lost') toA.cut()
      toA.heal()
      toB.heal()
      await sleep(thenMs)
    }
    pressing = false
    await presses
    const isQuiet = ({ core }: typeof a) =>
      core.alone.isJoined() &&
      core.journal.spool?.server() === null &&
      core.room.deliveries.state.open === 0
    await untilTrue(() => isQuiet(a) && isQuiet(b) && a.core.position() === b.core.position())
    const stateOf = ({ core }: typeof a) =>
      core.room.all.map(({ projection, state }) => projection.save(state))
    t.same(stateOf(a), stateOf(b), 'both hubs see one past')
    t.same(died, [], 'no hub gave up')
    await a.stop()
    await b.stop()

    const entries = await entriesOf(server)
    const ids = entries.flatMap(({ event }) =>
      event.type === 'IntentAccepted' ? [event.submission.id] : [],
    )
    const ends = new Set(entries.flatMap(({ event }) => endOf(event)?.intent ?? []))
    t.equal(new Set(ids).size, ids.length, 'each press is in the log once')
    t.same(
      accepted.filter((id) => !ids.includes(id)),
      [],
      'every one that was acknowledged is there',
    )
    t.same(
      ids.filter((id) => !ends.has(id)),
      [],
      'and has ended',
    )
    const got = [...desk.got, ...lamp.got]
    t.equal(new Set(got).size, got.length, 'nothing was sent twice')
    const outages = entries.filter(({ event }) => event.type === 'WentAlone').length
    t.ok(outages > 0, `control: hubs went alone ${outages} times, with ${ids.length} presses`)
  },
)
