import type { Recorded } from '../bus/entry.ts'
import type { Instant, IntentId } from '../intents/id.ts'
import { actorName, type Submission } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import type { Outcome } from '../intents/outcome.ts'
import type { Projection } from './projection.ts'

/** What became of a control's gestures: what its face is made of. */
export interface ControlFace {
  /** Intents of this control that have not ended. */
  readonly pending: number
  readonly last: {
    readonly intent: IntentId
    readonly outcome: Outcome
    readonly at: Instant
    readonly detail: string
    readonly actor: string
  } | null
}

export interface Panel {
  /** By `page/row/col`. */
  readonly controls: Map<string, ControlFace>
  readonly open: Map<IntentId, { readonly control: string; readonly actor: string }>
}

export const panel: Projection<Panel> = {
  name: 'panel',
  version: 1,
  initial: () => ({ controls: new Map(), open: new Map() }),
  evolve,
  save: ({ controls, open }) => [[...controls], [...open]] as unknown as readonly Json[], // nothing but JSON
  load: ([controls, open]) => ({
    controls: new Map(controls as unknown as [string, ControlFace][]),
    open: new Map(open as unknown as [IntentId, { control: string; actor: string }][]),
  }),
}

const nothing: ControlFace = { pending: 0, last: null }

/** The control of the grid that a submission came from, `page/row/col`; null for what came another way. */
export function controlOf({ actor, cause }: Submission): string | null {
  return cause === null && actor.type === 'operator' && place.test(actor.control)
    ? actor.control
    : null
}
const place = /^\d+\/\d+\/\d+$/

function evolve({ controls, open }: Panel, { at, event }: Recorded): void {
  if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
    const { submission } = event
    const control = controlOf(submission)
    if (control === null || open.has(submission.id)) return
    const face = controls.get(control) ?? nothing
    controls.set(control, { ...face, pending: face.pending + 1 })
    open.set(submission.id, { control, actor: actorName(submission.actor) })
  }
  const end = endOf(event)
  const from = end === null ? undefined : open.get(end.intent)
  if (end === null || from === undefined) return
  open.delete(end.intent)
  const face = controls.get(from.control) ?? nothing
  const detail = 'failure' in event && event.failure !== null ? event.failure.detail : ''
  const last = { intent: end.intent, outcome: end.outcome, at, detail, actor: from.actor }
  controls.set(from.control, { pending: face.pending - 1, last })
}
