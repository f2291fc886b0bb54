import t from 'tap'
import { getEventListeners } from 'node:events'
import type { Recorded } from '../../bus/entry.ts'
import type { Position } from '../../bus/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { newId, type Instant, type IntentId } from '../../intents/id.ts'
import { openWaiters } from './waiters.ts'

const recorded = (event: BusEvent): Recorded => ({
  position: '1' as Position,
  hub: 'hub-a',
  hseq: 1,
  at: 0 as Instant,
  event,
})
const ended = (intent: IntentId) =>
  recorded({
    type: 'IntentEnded',
    intent,
    outcome: 'refused',
    failure: failed('held', 'HOLD is on'),
    by: null,
  })
const sent = (intent: IntentId) => recorded({ type: 'Delivered', intent, attempt: 1, ack: 'sent' })

void t.test(
  'everybody who waits for an intent is told how it ended, and only of that one',
  async (t) => {
    const waiters = openWaiters()
    const [a, b] = [newId(0), newId(0)]
    const { signal } = new AbortController()
    const both = [waiters.wait(a, signal), waiters.wait(a, signal)]
    const other = waiters.wait(b, signal)
    waiters.apply([ended(a), sent(a), sent(b)])
    const first = { id: a, outcome: 'refused', failure: { code: 'held' } }
    t.match(await Promise.all(both), [first, first], 'the first end counts')
    t.strictSame(await other, { id: b, outcome: 'sent', failure: null })
    t.equal(getEventListeners(signal, 'abort').length, 0, 'nothing is left behind')
  },
)

void t.test('who gives up waiting is told so and leaves nothing behind', async (t) => {
  const waiters = openWaiters()
  const id = newId(0)
  const [gone, stays] = [new AbortController(), new AbortController()]
  const left = waiters.wait(id, gone.signal)
  const waits = waiters.wait(id, stays.signal)
  t.equal(getEventListeners(gone.signal, 'abort').length, 1, 'control: it listens')
  gone.abort(new Error('went home'))
  await t.rejects(left, { message: 'went home' })
  t.equal(getEventListeners(gone.signal, 'abort').length, 0)
  await t.rejects(waiters.wait(id, gone.signal), { message: 'went home' }, 'also who comes late')
  waiters.apply([sent(id)])
  t.match(await waits, { outcome: 'sent' }, 'the other one is still told')
})
