import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { needs, start } from '../../adapters/real-program.fixture.ts'
import { fakeClock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import { macroLease, type DeviceId, type MacroId } from '../../intents/id.ts'
import { mortal, newData, openTestCore, type TestCore } from '../core.contract.ts'

const configOf = (triggers: string, hub = 'hub-a') => `
site: s
hub: ${hub}
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
macros:
  alarm: { onFailure: stop, steps: [{ wait: 1ms }] }
  ping: { onFailure: stop, steps: [{ run: pong }] }
  pong: { onFailure: stop, steps: [{ wait: 1ms }] }
triggers:
${triggers}`

const hot =
  '  hot: { on: { state: desk, path: /temp, above: 80, reset: 70 }, run: alarm, args: { was: { expr: trigger.value } } }\n'

const says = (value: number): BusEvent => ({
  type: 'DeviceReported',
  device: 'desk' as DeviceId,
  path: '/temp',
  value,
})
const say = (room: TestCore, value: number) =>
  room.core.journal.recorder.record([says(value)], 'durable')

/** What triggers have started or been refused, in the order of the log. */
const starts = (entries: readonly Recorded[]): readonly string[] =>
  entries.flatMap(({ event }) => {
    if (event.type !== 'IntentAccepted' && event.type !== 'IntentRefused') return []
    const { actor } = event.submission
    if (actor.type !== 'trigger') return []
    return [
      event.type === 'IntentAccepted' ? actor.id : `${actor.id} refused: ${event.failure.detail}`,
    ]
  })

const runs = ({ core }: TestCore) => [...core.room.runs.state.runs.values()]
const count = (room: TestCore, n: number) => room.until(`${n} runs`, () => runs(room).length >= n)

void t.test(
  'a value that passes its limit starts a macro once, which says what started it',
  async (t) => {
    const room = await openTestCore(t, { config: configOf(hot) })
    for (const value of [75, 81, 79, 82]) await say(room, value)
    await count(room, 1)
    await say(room, 60)
    await say(room, 90)
    await count(room, 2)
    t.match(
      runs(room).map(({ args }) => args),
      [
        { was: 81, trigger: { device: 'desk', path: '/temp', value: 81, trigger: 'hot' } },
        { was: 90 },
      ],
    )
    const accepted = (await room.entries()).find(({ event }) => event.type === 'IntentAccepted')
    t.match(accepted, {
      event: {
        submission: {
          actor: { type: 'trigger', id: 'hot' },
          source: /^trigger:hot by desk \/temp 81 \(\d+\)$/,
        },
      },
    })
  },
)

void t.test(
  'a hub that is killed between what happened and what it starts starts it when it is back, once',
  async (t) => {
    for (const kill of ['before', 'after'] as const) {
      const [clock, log, data] = [fakeClock(), openMemoryLog(), newData(t)]
      const config = configOf(hot)
      const fragile = mortal(log)
      const first = await openTestCore(t, { config, clock, data, log: fragile })
      await say(first, 60)
      const died = kill === 'before' ? fragile.dieBefore('IntentAccepted') : null
      await say(first, 90)
      await (died ?? count(first, 1))
      first.die()
      t.equal(starts(await first.entries()).length, kill === 'after' ? 1 : 0, 'control')
      const again = await openTestCore(t, { config, clock, log, data })
      await count(again, 1)
      await say(again, 91)
      await again.core.journal.recorder.idle()
      t.same(starts(await again.entries()), ['hot'], kill)
      await again.stop()
    }
  },
)

void t.test('what waits goes on waiting over a restart', async (t) => {
  const [clock, log, data] = [fakeClock(), openMemoryLog(), newData(t)]
  const options = { config: configOf(hot.replace('run:', 'for: 30s, run:')), clock, log, data }
  const first = await openTestCore(t, options)
  await say(first, 90)
  clock.advance(20_000)
  first.die()
  const again = await openTestCore(t, options)
  clock.advance(9999)
  t.same(starts(await again.entries()), [], 'control: not yet')
  clock.advance(1)
  await count(again, 1)
  t.same(starts(await again.entries()), ['hot'])
})

void t.test(
  'the hub that takes over starts what the one before could not, and of two only one starts it',
  async (t) => {
    const [clock, log] = [fakeClock(), openMemoryLog(undefined, true)]
    const ttlMs = 30_000
    const site = memorySite(clock, ttlMs)
    const open = (t: Test, name: string) =>
      openTestCore(t, { config: configOf(hot, name), log, clock, presence: site.join() })
    const a = await open(t, 'hub-a')
    const b = await open(t, 'hub-b')
    const owner = () => b.core.room.leases.state.leases.get(macroLease)?.hub
    await b.until('somebody has the macros', () => owner() != null)
    const [has, other] = owner() === 'hub-a' ? ([a, b] as const) : ([b, a] as const)
    await say(other, 90)
    await count(other, 1)
    t.same(starts(await other.entries()), ['hot'], 'control: both are up')
    has.die()
    site.cut(has === a ? 'hub-a' : 'hub-b', true)
    await say(other, 60)
    await say(other, 95)
    for (let beats = 0; beats < 9; beats++) {
      clock.advance(ttlMs / 6)
      await other.core.members?.beat()
    }
    await count(other, 2)
    t.same(starts(await other.entries()), ['hot', 'hot'])
  },
)

void t.test('triggers that start each other end, and say so', async (t) => {
  const room = await openTestCore(t, {
    config: configOf('  again: { on: { ended: alarm }, run: alarm }\n'),
  })
  await room.submit({ verb: 'run', macro: 'alarm' as MacroId, args: {} })
  for (let i = 1; i <= 17; i++) {
    await count(room, i)
    await room.until('it waits', () => runs(room).at(-1)?.wakeAt != null)
    room.clock.advance(1)
  }
  await room.until('it is refused', () =>
    [...room.core.room.deliveries.state.intents.values()].some(
      ({ outcome }) => outcome?.type === 'refused',
    ),
  )
  const all = starts(await room.entries())
  t.equal(all.length, 17)
  t.match(all.at(-1), /^again refused: triggers have led to each other 16 times/)
})

void t.test('a start of the hub, an intent and an outcome are known', async (t) => {
  const room = await openTestCore(t, {
    config: configOf(
      '  up: { on: { hub: start }, run: alarm }\n  held: { on: { intent: hold, name: "on" }, run: alarm, coolDown: 1h }\n  bad: { on: { outcome: [refused], device: desk }, run: alarm }\n',
    ),
  })
  await count(room, 1)
  await room.submit({ verb: 'hold', on: true })
  await room.submit({ verb: 'hold', on: true })
  await count(room, 2)
  await room.submit({ verb: 'fire', device: 'desk' as DeviceId, action: 'no-address', args: [] })
  await count(room, 3)
  t.same(starts(await room.entries()), ['up', 'held', 'bad'])
})

void t.test('an OSC message and a change of a file start their macros', async (t) => {
  const file = join(newData(t), 'rundown.txt')
  const port = await freePort()
  const room = await openTestCore(t, {
    config: configOf(
      `  go: { on: { osc: /go, port: ${port} }, run: alarm, args: { n: { expr: "trigger.value[0]" } } }\n  list: { on: { file: ${JSON.stringify(file)} }, run: alarm, when: trigger.value.exists }\n`,
    ),
  })
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  // OSC 1.0: the address and the type tags padded with zeros to 4 bytes, an int32 big-endian
  const bytes = Buffer.from('/go\0,i\0\0\0\0\0\x07', 'latin1')
  const timer = setInterval(() => {
    socket.send(bytes, port, '127.0.0.1') // UDP: the port may not be open yet
    writeFileSync(file, String(performance.now()))
  }, 200)
  t.teardown(() => clearInterval(timer))
  await room.until('both', () =>
    ['go', 'list'].every((id) =>
      runs(room).some(({ startedBy }) => startedBy.type === 'trigger' && startedBy.id === id),
    ),
  )
  t.match(
    runs(room).find(({ args }) => JSON.stringify(args).includes('"n":7')),
    { macro: 'alarm' },
  )
})

void t.test(
  'a message at an MQTT broker starts its macro',
  needs({ mosquitto: 'mosquitto' }),
  async (t) => {
    const port = await freePort()
    start(t, 'mosquitto', ['-p', String(port)])
    const url = `mqtt://127.0.0.1:${port}`
    const room = await openTestCore(t, {
      config: configOf(
        `  door: { on: { mqtt: studio/+/door, broker: "${url}" }, run: alarm, args: { open: { expr: trigger.value.payload.open } } }\n`,
      ),
    })
    const { default: mqtt } = await import('mqtt')
    const sender = mqtt.connect(url, { reconnectPeriod: 100 })
    t.teardown(() => sender.endAsync(true))
    // the hub may not have subscribed yet: it tries again until the broker is up
    const timer = setInterval(() => void sender.publish('studio/2/door', '{"open":true}'), 200)
    t.teardown(() => clearInterval(timer))
    await count(room, 1)
    t.match(runs(room)[0], { args: { open: true, trigger: { value: { topic: 'studio/2/door' } } } })
  },
)
