import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import type { Instant } from '../intents/id.ts'
import { devices } from './devices.ts'
import { accepted, desk, go, idOf, level, recorded, start } from './events.contract.ts'

function folded(events: readonly BusEvent[]) {
  const state = devices.initial()
  for (const one of recorded(events)) devices.evolve(state, one)
  return state.devices.get(desk)
}

const [one, two, three] = [idOf(1), idOf(2), idOf(3)]
const gone = failed('unreachable', 'nobody there')

void t.test('belief moves when a value was delivered, not when it was asked for', async (t) => {
  const asked = [
    accepted(one, level(1)),
    { type: 'AttemptStarted', intent: one, attempt: 1 },
  ] as const
  t.equal(folded(asked)?.desired.size, 0)
  const delivered = folded([...asked, { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' }])
  t.strictSame(delivered?.desired.get('/level'), {
    value: 1,
    intent: one,
    at: start + 3,
    outcome: 'sent',
  })
  const failed = folded([
    ...asked,
    { type: 'AttemptFailed', intent: one, attempt: 1, failure: gone, retryAt: null },
  ])
  t.match(failed, { open: 0, delivered: 0, failed: 1 })
  t.equal(failed?.desired.size, 0)
})

void t.test('what a device says stands beside what was asked of it', async (t) => {
  const device = folded([
    accepted(one, level(1)),
    { type: 'Delivered', intent: one, attempt: 1, ack: 'confirmed' },
    { type: 'DeviceReported', device: desk, path: '/level', value: 0.4 },
    { type: 'DeviceReported', device: desk, path: '/other', value: null },
  ])
  t.match(device?.desired.get('/level'), { value: 1, outcome: 'confirmed' })
  t.strictSame(device?.reported.get('/level'), { value: 0.4, at: start + 3 })
  t.strictSame(device?.reported.get('/other')?.value, null)
})

void t.test('a device counts what is open, delivered and failed', async (t) => {
  const device = folded([
    accepted(one, go),
    accepted(one, go),
    accepted(two, level(1)),
    accepted(three, level(2)),
    accepted(idOf(4), go),
    { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' },
    { type: 'IntentEnded', intent: two, outcome: 'cancelled', failure: null, by: three },
    { type: 'AttemptFailed', intent: three, attempt: 1, failure: gone, retryAt: 1 as Instant },
    { type: 'IntentEnded', intent: three, outcome: 'expired', failure: gone, by: null },
    { type: 'IntentEnded', intent: three, outcome: 'failed', failure: gone, by: null },
  ])
  t.match(device, { open: 1, delivered: 1, failed: 1 }, 'overtaken is no failure')
})

void t.test('a start of the hub knows nothing of links, and still knows the values', async (t) => {
  const up: BusEvent = { type: 'LinkChanged', device: desk, up: true, detail: 'here' }
  t.match(folded([up])?.link, { up: true, detail: 'here' }, 'control')
  const device = folded([
    up,
    { type: 'DeviceReported', device: desk, path: '/level', value: 1 },
    { type: 'HubStarted', version: '1', config: 'c' },
  ])
  t.strictSame(device?.link, { up: null, detail: '', at: start + 3, hub: 'hub-a' })
  t.equal(device?.reported.get('/level')?.value, 1)
})
