import type { Recorded } from '../bus/entry.ts'
import type { Instant, IntentId } from '../intents/id.ts'
import { actorName } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import { outcomes, type Outcome } from '../intents/outcome.ts'
import { controlOf } from './panel.ts'
import type { Projection } from './projection.ts'

/** Who did what, in numbers, and the newest hands on each control. */
export interface Activity {
  accepted: number
  refused: number
  readonly ended: Record<Outcome, number>
  attempts: number
  /** Inputs that never became an intent, by surface. */
  readonly rejected: Map<string, number>
  accessRefused: number
  /** By `page/row/col`: the newest {@link keptHands}, newest last. */
  readonly hands: Map<string, readonly Hand[]>
}

export interface Hand {
  readonly intent: IntentId
  readonly actor: string
  readonly source: string
  readonly at: Instant
}

/** How many hands a control remembers; older ones are in the log. */
const keptHands = 20

export const activity: Projection<Activity> = {
  name: 'activity',
  version: 1,
  initial: () => ({
    accepted: 0,
    refused: 0,
    ended: Object.fromEntries(outcomes.map((o) => [o, 0])) as Record<Outcome, number>, // every outcome is listed
    attempts: 0,
    rejected: new Map(),
    accessRefused: 0,
    hands: new Map(),
  }),
  evolve,
  save: ({ rejected, hands, ended, ...counts }) =>
    [{ ...counts, ended: { ...ended } }, [...rejected], [...hands]] as unknown as readonly Json[], // nothing but JSON
  load: ([counts, rejected, hands]) => ({
    ...(counts as unknown as Omit<Activity, 'rejected' | 'hands'>), // as save wrote it
    rejected: new Map(rejected as unknown as [string, number][]),
    hands: new Map(hands as unknown as [string, readonly Hand[]][]),
  }),
}

function evolve(state: Activity, { at, event }: Recorded): void {
  switch (event.type) {
    case 'IntentAccepted':
    case 'IntentRefused': {
      const { submission } = event
      if (event.type === 'IntentAccepted') state.accepted++
      else state.refused++
      const control = controlOf(submission)
      if (control === null) break
      const hand = {
        intent: submission.id,
        actor: actorName(submission.actor),
        source: submission.source,
        at,
      }
      state.hands.set(control, [...(state.hands.get(control) ?? []).slice(1 - keptHands), hand])
      break
    }
    case 'AttemptStarted':
      state.attempts++
      break
    case 'InputRejected':
      state.rejected.set(event.surface, (state.rejected.get(event.surface) ?? 0) + event.count)
      break
    case 'AccessRefused':
      state.accessRefused += event.count
      break
    default:
  }
  const end = endOf(event)
  if (end !== null) state.ended[end.outcome]++
}
