import type { Config } from '../../config/config.ts'
import type { Instant, IntentId, MacroId, RunId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import { succeeded, type Outcome } from '../../intents/outcome.ts'
import { foldAdvance, newRun, ticketOf, type RunState } from '../../intents/run-state.ts'
import type { Step } from '../../macros/macro.ts'
import { outermost, placeName, stepAt } from '../../macros/place.ts'
import type { IntentRecord } from '../../projections/deliveries.ts'
import type { DryRoom } from './dry-room.ts'

/** One step as it would have been carried out. */
export interface DryStep {
  readonly run: RunId
  readonly macro: MacroId
  /** How deep in macros that run macros, from 0. */
  readonly depth: number
  /** The outermost step, from 0. */
  readonly step: number
  /** The place of it, for people: `step 3.2` is the second inside the third. */
  readonly place: string
  readonly what: Step
  /** After the run began, in ms. */
  readonly atMs: number
  readonly tookMs: number
  /** Of an intent; null for a wait, and for an `until`. */
  readonly outcome: Outcome | null
  /** Why it failed; empty where it did not. */
  readonly detail: string
  readonly sent: readonly DrySent[]
}

/** What would have left. */
export interface DrySent {
  readonly intent: Intent
  /** After the run began, in ms. */
  readonly atMs: number
  readonly protocol: string
  readonly to: string
  readonly text: string
  /** Hex; null where the text is not all of it. */
  readonly bytes: string | null
}

/** The steps of all runs, in the order in which they began. Pure. */
export function stepsOf(
  { entries, sends, room }: Pick<DryRoom, 'entries' | 'sends' | 'room'>,
  config: Config,
  begin: Instant,
): readonly DryStep[] {
  const { intents } = room.deliveries.state
  const left = [...sends]
  const sentBy = new Map<IntentId, DrySent[]>()
  for (const { submission } of intents.values()) {
    const i = left.findIndex(({ intent }) => intent === submission.intent)
    const [send] = i === -1 ? [] : left.splice(i, 1)
    if (send === undefined) continue
    const { intent, at, protocol, preview } = send
    const { to, text, bytes } = preview
    const hex = bytes === null ? null : Buffer.from(bytes).toString('hex')
    sentBy.set(submission.id, [{ intent, atMs: at - begin, protocol, to, text, bytes: hex }])
  }

  /** What an intent and its parts sent; what a macro that it runs sends belongs to that one's own steps. */
  const sentUnder = ({ submission, children }: IntentRecord): readonly DrySent[] =>
    submission.intent.verb === 'run'
      ? []
      : [
          ...(sentBy.get(submission.id) ?? []),
          ...children.flatMap((id) => {
            const child = intents.get(id)
            return child === undefined ? [] : sentUnder(child)
          }),
        ]

  const steps: Under[] = []
  const states = new Map<RunId, RunState>()
  for (const { event, at } of entries) {
    if (event.type !== 'RunAdvanced') continue
    const { run, macro } = event
    const was = states.get(run) ?? newRun
    const state = foldAdvance(was, event)
    states.set(run, state)
    for (const one of steps)
      if (one.run === run && one.until === null && !isUnder(state, one)) {
        one.until = at
        one.detail = event.detail
      }
    const { steps: all = [] } = config.macros.get(macro) ?? {}
    for (const frame of state.frames) {
      const what = stepAt({ steps: all, done: state.done }, frame.at)
      const ticket = ticketOf(frame)
      if (what === undefined || (frame.phase !== 'at' && frame.phase !== 'inside')) continue
      if (steps.some((one) => one.run === run && one.ticket === ticket && one.until === null))
        continue
      const place = placeName(state, frame.at)
      const step = outermost(frame.at) ?? state.step
      steps.push({ run, macro, step, place, ticket, what, at, until: null, detail: '' })
    }
  }
  return steps.map(({ run, macro, step, place, ticket, what, at, until, detail }): DryStep => {
    const own = 'do' in what ? ownIntent(intents, run, step, ticket) : undefined
    const isFailed = own?.outcome != null && !succeeded(own.outcome.type)
    const isNever = 'until' in what && / did not /.test(detail)
    return {
      run,
      macro,
      depth: depthOf(intents, run),
      step,
      place,
      what,
      atMs: at - begin,
      tookMs: (until ?? at) - at,
      outcome: own?.outcome?.type ?? null,
      detail: isFailed || isNever ? detail.replace(/^step [\d.]+: /, '') : '',
      sent: own === undefined ? [] : sentUnder(own),
    }
  })
}

/** A step that has begun. */
interface Under extends Pick<DryStep, 'run' | 'macro' | 'step' | 'place' | 'what'> {
  readonly ticket: string
  readonly at: Instant
  until: Instant | null
  detail: string
}

function isUnder({ frames }: RunState, { ticket }: Under): boolean {
  return frames.some((frame) => ticketOf(frame) === ticket && frame.phase !== 'ready')
}

/** The intent of a step; not what comes to the rescue, which names it, too. */
function ownIntent(
  intents: ReadonlyMap<IntentId, IntentRecord>,
  run: RunId,
  step: number,
  ticket: string,
): IntentRecord | undefined {
  return [...intents.values()].find(
    ({ submission: { cause } }) =>
      cause?.intent === (run as string as IntentId) && // a run is named by its intent
      cause.step === step &&
      (cause.at ?? String(step)) === ticket,
  )
}

function depthOf(intents: ReadonlyMap<IntentId, IntentRecord>, run: RunId): number {
  const cause = intents.get(run as string as IntentId)?.submission.cause ?? null // as above
  return cause === null ? 0 : 1 + depthOf(intents, cause.intent as string as RunId)
}
