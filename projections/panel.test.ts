import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import type { RunId } from '../intents/id.ts'
import { accepted, anna, go, idOf, recorded, start, submission } from './events.contract.ts'
import { controlOf, panel } from './panel.ts'

function face(events: readonly BusEvent[]) {
  const state = panel.initial()
  for (const one of recorded(events)) panel.evolve(state, one)
  return state.controls.get('1/0/0')
}

const [one, two] = [idOf(1), idOf(2)]
const sent: BusEvent = { type: 'Delivered', intent: one, attempt: 1, ack: 'sent' }

void t.test(
  'a control knows how many of its presses are pending, and how the last ended',
  async (t) => {
    const presses = [accepted(one, go), accepted(two, go), accepted(two, go)]
    t.strictSame(face(presses), { pending: 2, last: null }, 'the same id twice is one press')
    t.strictSame(face([...presses, sent]), {
      pending: 1,
      last: { intent: one, outcome: 'sent', at: start + 4, detail: '', actor: 'operator:anna' },
    })
    const detail = 'its device could not take it'
    const failure = failed('unreachable', detail)
    t.match(
      face([
        ...presses,
        sent,
        { type: 'AttemptFailed', intent: two, attempt: 1, failure, retryAt: null },
        { type: 'IntentEnded', intent: two, outcome: 'sent', failure: null, by: null },
      ]),
      { pending: 0, last: { intent: two, outcome: 'failed', detail } },
    )
  },
)

void t.test('a refused press was never pending, and its control shows why', async (t) => {
  const late = failed('expired', 'late')
  t.match(face([{ type: 'IntentRefused', submission: submission(one, go), failure: late }]), {
    pending: 0,
    last: { intent: one, outcome: 'expired', detail: 'late' },
  })
})

void t.test('only hands on the grid are a control’s', async (t) => {
  t.equal(controlOf(submission(one, go)), '1/0/0')
  const others = [
    { actor: { ...anna, control: '/if/fire/desk/go' } },
    { actor: { type: 'api', id: 'ops' } as const },
    { actor: { type: 'macro', run: one as string as RunId } as const },
    { cause: { intent: two, step: 0 } },
  ]
  for (const other of others) t.equal(controlOf(submission(one, go, other)), null)
})
