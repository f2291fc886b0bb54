import t from 'tap'
import type { Position } from '../../bus/log.ts'
import { foldInto } from '../../projections/runner.ts'
import { accepted, desk, go, idOf, level, recorded } from '../../projections/events.contract.ts'
import type { Recorded } from '../../bus/entry.ts'
import type { BusEvent } from '../../intents/event.ts'
import { remembered } from './remembered.ts'
import { openRoom } from '../room.ts'

const log = { compare: (a: Position, b: Position) => Number(a) - Number(b) }
const [one, two, three] = [idOf(1), idOf(2), idOf(3)]
const gap = { type: 'LogGap', after: '3', until: '6', detail: 'lost' } as const
const taken = (token: number): BusEvent => ({ type: 'LeaseTaken', lease: desk, token, detail: '' })

/** By the hub that an entry is said to be of. */
function fold(entries: readonly Recorded[]) {
  const room = openRoom()
  for (const entry of entries) foldInto(room, entry)
  return room
}
const by = (hub: string, events: readonly BusEvent[], first: number) =>
  recorded(events, first).map((entry) => ({ ...entry, hub }))

const kept = by('hub-a', [taken(4), accepted(one, go), accepted(two, level(1))], 1)
const lost = by(
  'hub-a',
  [
    { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' },
    accepted(three, go),
    { type: 'LeaseTaken', lease: desk, token: 5, detail: '' },
  ],
  4,
)

t.test(
  'a hub that starts behind a gap knows what one before it remembers: what ended, and what was lost and is open',
  async (t) => {
    const before = fold([...kept, ...lost])
    const again = remembered(before.deliveries.state, gap, log)
    const after = fold([...kept, ...by('hub-a', [gap, ...again], 7)])
    const { intents, open } = after.deliveries.state
    t.equal(intents.get(one)?.outcome?.type, 'sent', 'it is not open, and not sent a second time')
    t.equal(intents.get(two)?.outcome, null)
    t.equal(intents.get(three)?.outcome, null, 'what the server lost is there again')
    t.equal(open, 2)
    const same = fold([...kept, ...lost, ...by('hub-a', [gap, ...again], 7)])
    t.equal(same.deliveries.state.open, 2, 'for who knew, it means nothing')
    t.equal(same.deliveries.state.intents.get(three)?.position, '5')
  },
)

t.test(
  'after a gap every lease is free, and hubs that know of different tokens agree on who takes it',
  async (t) => {
    for (const [first, second] of [
      [5, 6],
      [6, 5],
    ] as const) {
      const next = [
        ...by('hub-a', [gap], 7),
        ...by('hub-a', [taken(first)], 8),
        ...by('hub-b', [taken(second)], 9),
      ]
      const knowing = fold([...kept, ...lost, ...next]).leases.state.leases.get(desk)
      const unknowing = fold([...kept, ...next]).leases.state.leases.get(desk)
      t.same(knowing, unknowing)
      t.equal(knowing?.hub, second > first ? 'hub-b' : 'hub-a')
    }
    const free = fold([...kept, ...by('hub-a', [gap], 7)]).leases.state.leases.get(desk)
    t.match(free, { hub: null, lost: true })
  },
)
