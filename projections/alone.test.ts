import t from 'tap'
import type { Recorded } from '../bus/entry.ts'
import { openRoom } from '../hub/room.ts'
import type { BusEvent } from '../intents/event.ts'
import { macroLease, type Instant } from '../intents/id.ts'
import { accepted, desk, go, idOf, level, recorded, start } from './events.contract.ts'
import { foldInto } from './runner.ts'

// What a hub wrote while it was cut off stands in the log behind what others wrote meanwhile, with the older stamps.

/** An event of a hub, stamped so many ms after the start. */
type Line = readonly [hub: 'hub-a' | 'hub-b', at: number, event: BusEvent]

function folded(lines: readonly Line[]) {
  const room = openRoom()
  const entries = recorded(lines.map(([, , event]) => event)).map((one, i): Recorded => ({
    ...one,
    hub: lines[i]?.[0] ?? '',
    at: (start + (lines[i]?.[1] ?? 0)) as Instant, // ms since the epoch
  }))
  const counting = entries.map((one) => foldInto(room, one))
  return {
    room,
    counting,
    deliveries: room.deliveries.state,
    device: room.devices.state.devices.get(desk),
  }
}

const taken = (token: number): BusEvent => ({ type: 'LeaseTaken', lease: desk, token, detail: '' })
const alone = (leases: readonly ('$macros' | typeof desk)[] = [desk]): BusEvent => ({
  type: 'WentAlone',
  since: (start + 100) as Instant, // ms since the epoch
  leases: leases.map((lease) => ({ lease, token: 1 })),
  detail: '',
})
const rejoined: BusEvent = {
  type: 'Rejoined',
  since: (start + 100) as Instant, // ms since the epoch
  until: (start + 900) as Instant,
  entries: 1,
  lost: [desk],
}
const [one, two] = [idOf(1), idOf(2)]
const started = (intent: typeof one): BusEvent => ({
  type: 'AttemptStarted',
  intent,
  attempt: 1,
  token: 1,
})
const hold = (on: boolean) => ({ verb: 'hold', on }) as const

void t.test(
  'what a hub accepted and sent alone is on record, although the device is another’s by now',
  async (t) => {
    const lines: readonly Line[] = [
      ['hub-a', 0, taken(1)],
      ['hub-b', 300, taken(2)],
      ['hub-a', 200, accepted(one, go)],
      ['hub-a', 201, started(one)],
    ]
    t.equal(folded(lines).counting.at(-1), false, 'control: otherwise it would not count')
    const { counting, deliveries } = folded([
      ...lines.slice(0, 2),
      ['hub-a', 110, alone()],
      ...lines.slice(2),
    ])
    t.equal(counting.at(-1), true)
    t.match(deliveries.intents.get(one), {
      alone: { hub: 'hub-a', since: start + 100 },
      attempts: [{ hub: 'hub-a', endedAt: null }],
      outcome: null,
    })
  },
)

void t.test(
  'what it was given before is for who has the device: its attempts on that do not count',
  async (t) => {
    const { counting, deliveries } = folded([
      ['hub-a', 0, taken(1)],
      ['hub-a', 50, accepted(one, go)],
      ['hub-b', 300, taken(2)],
      ['hub-b', 301, { ...started(one), token: 2 } as BusEvent],
      ['hub-a', 110, alone()],
      ['hub-a', 120, started(one)],
      ['hub-b', 310, { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' }],
    ])
    t.same(counting, [true, true, true, true, true, false, true])
    t.match(deliveries.intents.get(one), {
      attempts: [{ hub: 'hub-b' }],
      outcome: { type: 'sent' },
    })
  },
)

void t.test('a value that was set, or seen, alone does not overtake a newer one', async (t) => {
  const report = (value: number): BusEvent => ({
    type: 'DeviceReported',
    device: desk,
    path: '/level',
    value,
  })
  const late = (solo: boolean) =>
    folded([
      ['hub-a', 0, taken(1)],
      ['hub-b', 300, taken(2)],
      ['hub-b', 400, accepted(one, level(0.9))],
      ['hub-b', 410, { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' }],
      ['hub-b', 411, report(0.9)],
      ['hub-b', 412, { type: 'LinkChanged', device: desk, up: true, detail: 'by hub-b' }],
      ...(solo ? [['hub-a', 110, alone()] as const] : []),
      ['hub-a', 200, accepted(two, level(0.1))],
      ['hub-a', 210, { type: 'Delivered', intent: two, attempt: 1, ack: 'sent' }],
      ['hub-a', 211, report(0.1)],
      ['hub-a', 212, { type: 'LinkChanged', device: desk, up: true, detail: 'by hub-a' }],
    ]).device
  t.match(late(true), {
    desired: new Map([['/level', { value: 0.9 }]]),
    reported: new Map([['/level', { value: 0.9 }]]),
    link: { hub: 'hub-b' },
    delivered: 2,
    open: 0,
  })
  t.match(late(false), { desired: new Map([['/level', { value: 0.1 }]]) }, 'control')
})

void t.test(
  'a hub that was alone cannot release a panic stop that it did not know of',
  async (t) => {
    const off = (solo: boolean, at: number) =>
      folded([
        ['hub-b', at, accepted(one, hold(true))],
        ...(solo ? [['hub-a', 110, alone()] as const] : []),
        ['hub-a', 200, accepted(two, hold(false))],
        ...(solo ? [['hub-a', 900, rejoined] as const] : []),
      ]).deliveries.held
    t.equal(off(true, 300), true, 'put on while it was alone')
    t.equal(off(true, 50), false, 'put on before: it knew')
    t.equal(off(false, 300), false, 'control')
    const own = folded([
      ['hub-a', 110, alone()],
      ['hub-a', 200, accepted(one, hold(true))],
      ['hub-a', 300, accepted(two, hold(false))],
    ])
    t.equal(own.deliveries.held, false, 'its own')
  },
)

void t.test(
  'steps of macros count that a hub carried out alone, and those of a hub that had none do not',
  async (t) => {
    const step = (leases: readonly ('$macros' | typeof desk)[]) =>
      folded([
        ['hub-a', 0, { type: 'LeaseTaken', lease: macroLease, token: 1, detail: '' }],
        ['hub-b', 300, { type: 'LeaseTaken', lease: macroLease, token: 2, detail: '' }],
        ['hub-a', 110, alone(leases)],
        ['hub-a', 200, accepted(one, go, { actor: { type: 'macro', run: idOf(9) as never } })],
      ]).counting.at(-1)
    t.equal(step([macroLease]), true)
    t.equal(step([]), false)
  },
)

void t.test('once it has rejoined it is a hub like any other', async (t) => {
  const { counting, deliveries } = folded([
    ['hub-a', 0, taken(1)],
    ['hub-b', 300, taken(2)],
    ['hub-a', 110, alone()],
    ['hub-a', 200, accepted(one, go)],
    ['hub-a', 900, rejoined],
    ['hub-a', 910, started(one)],
  ])
  t.equal(counting.at(-1), false)
  t.equal(deliveries.alone.size, 0)
})
