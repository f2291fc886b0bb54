import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit, entriesOf } from './record.ts'

t.setTimeout(120_000)

const hourMs = 3_600_000
const hit = (device: string, n: string) => ({ verb: 'fire', device, action: 'hit', args: [n] })

void t.test(
  'a wall clock that is set back an hour puts off no expiry and no deadline, and is recorded',
  async (t) => {
    const [stuck, relay] = await Promise.all([lineDevice(t), lineDevice(t)])
    stuck.answer(() => null)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  stuck: ${lineConfig(stuck.port, ', delivery: { timeout: 4s, fireDeadline: 3s }')}\n` +
        `  relay: ${lineConfig(relay.port)}\n`,
    )
    const hub = await room.start({
      preload: 'shift-clock.ts',
      env: { CLOCK_SHIFT_MS: String(-hourMs) },
    })
    const hangs = await hub.submit(hit('stuck', 'hangs'))
    await stuck.until((got) => got.length === 1)
    const expires = await hub.submit(hit('stuck', 'expires'), { expiresInMs: 1000 })
    const waits = await hub.submit(hit('stuck', 'waits'))
    hub.signal('SIGUSR2')
    const stepped = (event: BusEvent) => event.type === 'ClockStepped'
    // whatever looks at the clock next finds it
    t.equal((await hub.submit(hit('relay', 'now'), { wait: 'outcome' })).status, 200)
    const step = await hub.entry(stepped)
    t.ok(
      step.type === 'ClockStepped' && Math.abs(step.kept - step.wall - hourMs) < 60_000,
      'control: the clock was set back by an hour, and that is recorded',
    )
    const of = ({ body }: typeof hangs) => hub.outcome(String(body['id']))
    t.equal(await of(expires), 'expired', 'an expiry comes when it was promised')
    t.equal(await of(waits), 'failed', 'and so does a deadline')
    t.equal(await of(hangs), 'unknown', 'and the end of an attempt')
    const again = await hub.submit(hit('relay', 'again'), { wait: 'outcome', expiresInMs: 5000 })
    t.match(again.body, { outcome: { type: 'confirmed' } })
    await hub.end()
    const times = entriesOf(room.data).map(({ at }) => at)
    t.same(
      times,
      times.toSorted((a, b) => a - b),
      'the record stays in order',
    )
    t.same(stuck.got, ['HIT hangs'])
    await audit(t, room)
  },
)

void t.test('a hub that starts on a clock behind its own record says so and works', async (t) => {
  const relay = await lineDevice(t)
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
  )
  const ahead = await room.start({
    preload: 'shift-clock.ts',
    env: { CLOCK_SHIFT_MS: String(hourMs) },
  })
  ahead.signal('SIGUSR2')
  // not before the clock is ahead: a press that it overtakes is too late, and rightly not sent
  while (Number((await ahead.get('/api/v1/status')).body['now']) < Date.now() + hourMs / 2);
  const id = '01980000-0000-7000-8000-000000000001'
  await ahead.submit(hit('relay', 'ahead'), { wait: 'outcome', id })
  await ahead.end('SIGKILL')
  const hub = await room.start()
  const now = Date.now()
  t.ok(
    (entriesOf(room.data).at(-1)?.at ?? 0) - now < 60_000,
    'control: its clock is the wall again',
  )
  await hub.entry((event) => event.type === 'ClockStepped' && event.wall <= now)
  const press = await hub.submit(hit('relay', 'now'), { wait: 'outcome', expiresInMs: 5000 })
  t.match(press.body, { outcome: { type: 'confirmed' } })
  t.match((await hub.submit(hit('relay', 'ahead'), { id })).body, { duplicate: true })
  await hub.end()
  t.same(relay.got, ['HIT ahead', 'HIT now'])
  await audit(t, room)
})
