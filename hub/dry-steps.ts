import type { Recorded } from '../bus/entry.ts'
import type { Config } from '../config/config.ts'
import type { Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Outcome } from '../intents/outcome.ts'
import type { Step } from '../macros/macro.ts'
import type { IntentRecord } from '../projections/deliveries.ts'
import type { DryRoom } from './dry-room.ts'

/** One step as it would have been carried out. */
export interface DryStep {
  readonly run: RunId
  readonly macro: MacroId
  /** How deep in macros that run macros, from 0. */
  readonly depth: number
  /** From 0. */
  readonly step: number
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

  return entries.flatMap((entry, i): readonly DryStep[] => {
    const { event, at } = entry
    if (event.type !== 'RunAdvanced' || event.state !== 'running') return []
    const { run, macro, step } = event
    const what = config.macros.get(macro)?.steps[step]
    if (what === undefined) return []
    const next = entries.slice(i + 1).find((later) => isNext(later, run))
    const failed = next?.event.type === 'RunAdvanced' ? next.event.detail : ''
    const own = 'do' in what ? ownIntent(intents, run, step) : undefined
    return [
      {
        run,
        macro,
        depth: depthOf(intents, run),
        step,
        what,
        atMs: at - begin,
        tookMs: (next?.at ?? at) - at,
        outcome: own?.outcome?.type ?? null,
        detail: failed.replace(/^step \d+: /, ''),
        sent: own === undefined ? [] : sentUnder(own),
      },
    ]
  })
}

function isNext({ event }: Recorded, run: RunId): boolean {
  return event.type === 'RunAdvanced' && event.run === run
}

/** The intent of a step: the first that names it, because what comes to the rescue names it, too. */
function ownIntent(
  intents: ReadonlyMap<IntentId, IntentRecord>,
  run: RunId,
  step: number,
): IntentRecord | undefined {
  return [...intents.values()].find(
    ({ submission: { cause } }) =>
      cause?.intent === (run as string as IntentId) && cause.step === step, // a run is named by its intent
  )
}

function depthOf(intents: ReadonlyMap<IntentId, IntentRecord>, run: RunId): number {
  const cause = intents.get(run as string as IntentId)?.submission.cause ?? null // as above
  return cause === null ? 0 : 1 + depthOf(intents, cause.intent as string as RunId)
}
