import t from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import type { BusEvent } from '../../intents/event.ts'
import { openHeartbeat } from './heartbeat.ts'
import { openReads } from '../reads.ts'

const every = 60_000
const ops = { type: 'api', id: 'ops' } as const
const anna = { type: 'api', id: 'anna' } as const

void t.test('the hub that signs says so every minute, also when nothing happens', async (t) => {
  const clock = fakeClock()
  const recorded: BusEvent[] = []
  const head = {
    size: 7,
    root: 'cm9vdA==',
    witnesses: [{ name: 'w1', at: 1_795_000_000, signature: 'c2ln' }],
  }
  let signs = true
  let isFull = false
  let known: typeof head | null = null
  const heartbeat = openHeartbeat({
    clock,
    everyMs: every,
    signs: () => signs,
    head: () => known,
    upMs: () => 5,
    record: async (event) => {
      if (isFull) throw new Error('no space')
      recorded.push(event)
    },
  })
  clock.advance(every - 1)
  t.equal(recorded.length, 0)
  clock.advance(1)
  t.match(recorded, [{ type: 'HeadSealed', size: 0, root: '', witnesses: [], everyMs: every }])
  known = head
  clock.advance(every)
  t.match(recorded[1], { ...head, everyMs: every, upMs: 5 })
  signs = false
  clock.advance(3 * every)
  t.equal(recorded.length, 2, 'another hub signs')
  signs = true
  isFull = true
  clock.advance(every)
  t.equal(recorded.length, 2)
  isFull = false
  clock.advance(every)
  t.equal(recorded.length, 3, 'control: a log that could not be written is tried again')
  await heartbeat.close()
  t.equal(recorded.length, 4, 'the last comes with the stop')
  clock.advance(10 * every)
  t.equal(recorded.length, 4)
})

void t.test('a hub that stops before its first heartbeat has none', async (t) => {
  const recorded: BusEvent[] = []
  const heartbeat = openHeartbeat({
    clock: fakeClock(),
    everyMs: every,
    signs: () => true,
    head: () => null,
    record: async (event) => recorded.push(event),
  })
  await heartbeat.close()
  t.same(recorded, [])
})

void t.test('who reads is recorded at once, and what follows in a minute together', (t) => {
  const clock = fakeClock()
  const recorded: BusEvent[] = []
  const reads = openReads(clock, (event) => recorded.push(event))
  const read = (actor: typeof ops | typeof anna, from: string | null, to: string | null) =>
    reads.read({ actor, source: 'http:127.0.0.1', route: 'intents', from, to })
  read(ops, null, '10')
  t.match(recorded, [{ type: 'LogRead', actor: ops, route: 'intents', to: '10', count: 1 }])
  for (let n = 11; n <= 60; n++) {
    clock.advance(1000)
    read(ops, String(n - 1), String(n))
  }
  read(anna, '5', '6')
  t.match(recorded.slice(1), [{ actor: anna, count: 1 }], 'somebody else has an entry of her own')
  clock.advance(10_000)
  t.match(recorded.slice(2), [{ actor: ops, from: '10', to: '60', count: 50 }])
  clock.advance(60_000)
  t.equal(recorded.length, 3, 'nothing was read')
  read(ops, '60', '61')
  t.match(recorded.at(-1), { count: 1, from: '60' })
  read(ops, '61', '62')
  read(ops, '62', '63')
  reads.close()
  t.match(recorded.at(-1), { actor: ops, from: '61', to: '63', count: 2 }, 'the rest with the stop')
  t.equal(recorded.length, 5)
  t.end()
})
