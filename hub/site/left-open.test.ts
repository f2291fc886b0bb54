import t from 'tap'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import type { Instant, IntentId } from '../../intents/id.ts'
import {
  accepted,
  desk,
  go,
  idOf,
  level,
  recorded,
  start,
} from '../../projections/events.contract.ts'
import { foldInto } from '../../projections/runner.ts'
import { passedOf } from './left-open.ts'
import { openRoom } from '../room.ts'

const [first, second, third] = [idOf(1), idOf(2), idOf(3)]
const tried = (intent: IntentId): BusEvent => ({ type: 'AttemptStarted', intent, attempt: 1 })
const arrived = (intent: IntentId): BusEvent => ({
  type: 'Delivered',
  intent,
  attempt: 1,
  ack: 'sent',
})
const refused = (intent: IntentId): BusEvent => ({
  type: 'AttemptFailed',
  intent,
  attempt: 1,
  failure: failed('unreachable', 'nobody there'),
  retryAt: (start + 500) as Instant,
})

function passedAfter(...events: readonly BusEvent[]) {
  const room = openRoom()
  for (const one of recorded(events)) foldInto(room, one)
  return [...passedOf(room.deliveries.state, desk, () => true)]
}

void t.test('the last stop left the older of two values without an answer', (t) => {
  const [one, two] = [accepted(first, level(1)), accepted(second, level(2))]
  const both = [one, two, tried(first), tried(second)]
  t.strictSame(passedAfter(...both, arrived(second)), [[first, second]])
  t.strictSame(passedAfter(...both, refused(second)), [], 'the newer one is to be sent again')
  t.strictSame(passedAfter(...both, arrived(first)), [], 'in their order')
  t.strictSame(
    passedAfter(accepted(first, go), two, tried(first), tried(second), refused(first)),
    [[first, second]],
    'a fire is too late where a value may have arrived',
  )
  t.end()
})

void t.test(
  'a value that only others have passed is still to be sent, and so is what was never tried',
  (t) => {
    const events = [
      accepted(first, level(1)),
      accepted(second, go),
      accepted(third, go),
      tried(first),
      tried(second),
      arrived(second),
    ]
    t.strictSame(passedAfter(...events), [])
    t.end()
  },
)
