import t, { type Test } from 'tap'
import { needsRedis, startServer, untilTrue } from '../../bus/log-redis/server.fixture.ts'
import { openCore } from '../compose.ts'
import { configFrom, newData, parts } from '../core.contract.ts'

/** Two hubs in this process on one real redis-server; each has its own clock, the system's. */
async function hub(t: Test, port: number, name: string) {
  const config = configFrom(`site: room
hub: ${name}
log: { engine: redis, url: "redis://127.0.0.1:${port}", leaseTtl: 600ms }
macros:
  tidy: { onFailure: stop, steps: [{ wait: 1ms }] }
schedules:
  beat: { every: 1s, run: tidy }
`)
  const core = await openCore({ parts, config, data: newData(t), version: 'test' })
  let closed: Promise<void> | null = null
  const stop = () => (closed ??= core.close('the test is over'))
  t.teardown(stop)
  const times = () =>
    [...core.room.deliveries.state.intents.values()].flatMap(({ submission }) =>
      submission.actor.type === 'trigger' ? [submission.source] : [],
    )
  return { core, stop, times }
}

void t.test(
  'on a log in Redis two hubs fire each time once, also when one hands over',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const a = await hub(t, server.port, 'hub-a')
    const b = await hub(t, server.port, 'hub-b')
    await untilTrue(() => b.times().length >= 2)
    const [has, other] =
      a.core.room.leases.state.leases.get('$macros')?.hub === 'hub-a' ? [a, b] : [b, a]
    const before = other.times().length
    await has.stop()
    await untilTrue(() => other.times().length >= before + 2)
    const times = other.times()
    t.equal(new Set(times).size, times.length, 'no time twice')
    const gaps = times.map((source) => Date.parse(source.slice('schedule:beat at '.length)))
    t.ok(
      gaps.every((at, i) => i === 0 || at > (gaps[i - 1] ?? 0)),
      'in order',
    )
  },
)
