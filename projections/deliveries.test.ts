import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import { idTime, type Instant, type IntentId } from '../intents/id.ts'
import { openRoom } from '../hub/room.ts'
import { keptEnded } from './deliveries.ts'
import { accepted, go, idOf, level, recorded, start, submission } from './events.contract.ts'
import { foldInto } from './runner.ts'

function folded(events: readonly BusEvent[]) {
  const room = openRoom()
  for (const one of recorded(events)) foldInto(room, one)
  return room.deliveries.state
}

const one = idOf(1)
const sent = (intent: IntentId): BusEvent => ({
  type: 'Delivered',
  intent,
  attempt: 1,
  ack: 'sent',
})

void t.test('the first submission with an id counts, and the first end', async (t) => {
  const { intents, open } = folded([
    accepted(one, level(1)),
    accepted(one, level(2)),
    { type: 'AttemptStarted', intent: one, attempt: 1 },
    sent(one),
    { type: 'IntentEnded', intent: one, outcome: 'failed', failure: null, by: null },
    accepted(one, level(3)),
  ])
  t.equal(intents.size, 1)
  t.match(intents.get(one), {
    submission: { intent: { value: 1 } },
    position: '1',
    outcome: { type: 'sent', at: start + 4 },
    attempts: [{ attempt: 1, startedAt: start + 3, endedAt: start + 4, ack: 'sent' }],
  })
  t.equal(open, 0)
})

void t.test(
  'what was refused for being late has expired, and never was open for long',
  async (t) => {
    const late = failed('expired', 'it had expired when it came')
    const { intents, open } = folded([
      { type: 'IntentRefused', submission: submission(one, go), failure: late },
      { type: 'IntentRefused', submission: submission(idOf(2), go), failure: failed('held', 'h') },
    ])
    t.match(intents.get(one)?.outcome, { type: 'expired', failure: late })
    t.match(intents.get(idOf(2))?.outcome, { type: 'refused' })
    t.equal(open, 0)
  },
)

void t.test('an attempt that will be tried again is no end', async (t) => {
  const failure = failed('unreachable', 'nobody there')
  const retryAt = (start + 500) as Instant
  const { intents, open } = folded([
    accepted(one, go),
    { type: 'AttemptStarted', intent: one, attempt: 1 },
    { type: 'AttemptFailed', intent: one, attempt: 1, failure, retryAt },
    { type: 'AttemptStarted', intent: one, attempt: 2 },
  ])
  t.equal(open, 1)
  t.equal(intents.get(one)?.outcome, null)
  t.match(intents.get(one)?.attempts, [
    { failure, retryAt },
    { attempt: 2, endedAt: null },
  ])
})

void t.test(
  'hold is on from its acceptance until it is released, a refused one changes nothing',
  async (t) => {
    const on: BusEvent = accepted(one, { verb: 'hold', on: true })
    const off: BusEvent = accepted(idOf(2), { verb: 'hold', on: false })
    const refused: BusEvent = {
      type: 'IntentRefused',
      submission: submission(idOf(3), { verb: 'hold', on: false }),
      failure: failed('expired', 'late'),
    }
    t.strictSame(
      [[], [on], [on, refused], [on, off], [on, off, on]].map((events) => folded(events).held),
      [false, true, true, false, false],
      'the same id a second time is nothing new',
    )
  },
)

void t.test('what an intent led to is found from it', async (t) => {
  const cause = { intent: one, step: 0 }
  const { intents } = folded([
    accepted(one, { verb: 'do', name: 'dark', args: {} }),
    accepted(idOf(2), level(0), { cause }),
    accepted(idOf(3), go, { cause: { intent: one, step: 1 } }),
  ])
  t.strictSame(intents.get(one)?.children, [idOf(2), idOf(3)])
})

void t.test(
  'old ended intents are forgotten, open ones never, and the floor tells of whom',
  async (t) => {
    const untimed = '919108f7-52d1-4320-9bac-f847db4148a8' as IntentId
    const many = Array.from({ length: 2 * keptEnded }, (_, i) => idOf(i + 10))
    const ends = (ids: readonly IntentId[]) => ids.flatMap((id) => [accepted(id, go), sent(id)])
    const before = folded([accepted(one, go), ...ends(many)])
    t.match(before, { floor: 0, forgotUntimed: false, open: 1 }, 'control: so far all is at hand')
    t.equal(before.intents.size, many.length + 1)

    const { intents, ended, floor, forgotUntimed, open } = folded([
      accepted(one, go),
      ...ends([untimed, ...many]),
    ])
    t.equal(ended.length, keptEnded + 1)
    t.equal(intents.size, keptEnded + 2)
    t.ok(intents.has(one), 'the oldest of all, but open')
    t.equal(open, 1)
    t.equal(forgotUntimed, true)
    t.ok(many.every((id) => intents.has(id) || idTime(id) <= floor))
    t.ok(many.some((id) => !intents.has(id)))
  },
)
