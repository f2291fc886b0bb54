import type { BusEvent } from '../../intents/event.ts'
import type { IntentId, RunId } from '../../intents/id.ts'
import type { Intent, Submission } from '../../intents/intent.ts'
import { foldAdvance, foldIntent, newRun, type RunState } from '../../intents/run-state.ts'
import type { Decision } from '../../macros/draft.ts'
import type { Macro } from '../../macros/macro.ts'
import { decideRun } from '../../macros/run.ts'
import type { RunCommand } from '../../macros/run-command.ts'
import { isUnbegun, stateOfRun, type Run } from '../../projections/runs.ts'
import { failed } from '../../intents/failure.ts'
import { withDefaults } from './run-args.ts'
import { endOfRun, intentOf, rescueOf } from './run-end.ts'
import { digestOf, openRunMacros } from './run-macros.ts'
import type { RunParts } from './run-parts.ts'
import { worldOf } from './run-world.ts'

/** Carries what is decided about runs to the log, and then what it leads to. */
export interface RunCarrier {
  /** The one that it follows. */
  macroOf(run: Run): Macro | undefined
  /** Where it stands, what is on its way to the log included. */
  stateOf(run: Run): RunState
  isOver(run: Run): boolean
  /** Whether some of it is on its way to the log. */
  isAhead(run: RunId): boolean
  /** Something has happened to a run. */
  tell(run: Run, command: RunCommand): void
  /** An intent that is about a run: it is obeyed, or refused with a reason, and has ended then. */
  obey(run: Run, command: RunCommand, by: IntentId): void
  /** `lead`: what is recorded in the same commit, before it. */
  submitStep(
    run: Run,
    intent: Intent,
    step: number,
    ticket: string,
    lead?: readonly BusEvent[],
  ): void
  /** The intent of a step is recorded. */
  bind(submission: Submission): void
  /** One of a run's entries is recorded. */
  settle(id: RunId): void
}

/** A run whose entries are on their way to the log. */
interface Ahead {
  readonly state: RunState
  readonly unrecorded: number
  /** What is done when they are recorded. */
  readonly then: readonly (() => void)[]
}

/**
 * @param over a run is at its end, on the way to the log
 * @param catchUp called before something is decided: the clock may have been set, and runs are told that first
 */
export function openRunCarrier(
  parts: RunParts,
  over: (run: RunId) => void,
  catchUp: () => void,
): RunCarrier {
  const { clock } = parts
  const ahead = new Map<RunId, Ahead>()

  const macros = openRunMacros(() => parts.config().macros)
  const stateOf = (run: Run): RunState =>
    ahead.get(run.run)?.state ?? (isUnbegun(run) ? newRun : stateOfRun(run))
  const isOver = (run: Run) => stateOf(run).state !== 'running'

  function decide(run: Run, command: RunCommand): Decision {
    const was = stateOf(run)
    if (command.type === 'begin') macros.begin(run)
    const macro = macros.of(run)
    const args = withDefaults(macro, run.args)
    const world = worldOf({ ...run, args }, parts.devices(), clock, parts.random ?? (() => 0))
    const drop = (detail: string): RunCommand => ({ type: 'drop', detail })
    if (macro === undefined) {
      const gone = drop(`the macro ${run.macro} is no longer in the config`)
      return decideRun({ ...noMacro, id: run.macro }, was, gone, world, run.startedAt)
    }
    if (was.state === 'running' && !was.queued && macros.isOther(run))
      return decideRun(macro, was, drop(changedText(run)), world, run.startedAt)
    if (command.type === 'crash') macros.begin(run)
    const decision = decideRun(macro, was, command, world, run.startedAt)
    if (command.type !== 'begin') return decision
    const of = digestOf(macro)
    return {
      ...decision,
      events: decision.events.map((one, i) => (i === 0 ? { ...one, of } : one)),
    }
  }

  function tell(run: Run, command: RunCommand): void {
    catchUp()
    const was = stateOf(run)
    const decision = decide(run, command)
    const isFailure = command.type !== 'drop' && command.type !== 'crash'
    carry(run, decision, was, isFailure ? rescueOf(macros.of(run), decision.events.at(-1)) : null)
  }

  function obey(run: Run, command: RunCommand, by: IntentId): void {
    catchUp()
    const was = stateOf(run)
    const decision = decide(run, command)
    const isLate = command.type === 'cancel' && was.state !== 'running'
    const failure = decision.refused === null || isLate ? null : failed('refused', decision.refused)
    const outcome = failure === null ? 'confirmed' : 'refused'
    const end: BusEvent = { type: 'IntentEnded', intent: by, outcome, failure, by: null }
    if (decision.events.length === 0) parts.record([end])
    const rescue =
      command.type === 'cancel' ? null : rescueOf(macros.of(run), decision.events.at(-1))
    if (rescue !== null && decision.events.length > 0) parts.record([end])
    carry(run, decision, was, rescue, rescue === null && decision.events.length > 0 ? [end] : [])
  }

  /** Records what was decided; what it leads to is done once it is recorded, or in the same commit where that is one thing. */
  function carry(
    run: Run,
    { events, submits, dropped }: Decision,
    was: RunState,
    rescue: Intent | null,
    more: readonly BusEvent[] = [],
  ): void {
    const then = dropped.map((intent) => () => cancelChild(run, intent))
    const [only, ...others] = submits
    if (events.length === 0) {
      for (const { ticket, step, intent } of submits) submitStep(run, intent, step, ticket)
      for (const one of then) one()
      return
    }
    const state = events.reduce(foldAdvance, was)
    const last = events.at(-1)
    const end =
      last === undefined
        ? null
        : endOfRun(run, last, events.slice(0, -1).reduce(foldAdvance, was), parts.deliveries())
    const lead = only !== undefined && others.length === 0 && more.length === 0
    if (!lead)
      for (const { ticket, step, intent } of submits)
        then.push(() => submitStep(run, intent, step, ticket))
    const unrecorded = (ahead.get(run.run)?.unrecorded ?? 0) + events.length
    ahead.set(run.run, {
      state,
      unrecorded,
      then: [...(ahead.get(run.run)?.then ?? []), ...then],
    })
    if (end !== null) {
      macros.end(run.run)
      over(run.run)
    }
    if (rescue !== null) {
      // with the stop in one commit, and before the run's own end: a crash between them loses no rescue
      submitStep(run, rescue, state.step, 'rescue', events)
      if (end !== null) parts.record([end])
    } else if (lead) submitStep(run, only.intent, only.step, only.ticket, events)
    else parts.record([...events, ...(end === null ? [] : [end]), ...more])
  }

  function submitStep(
    run: Run,
    intent: Intent,
    step: number,
    ticket: string,
    lead: readonly BusEvent[] = [],
  ): void {
    const at = ticket === String(step) ? {} : { at: ticket }
    parts.submit({
      intent,
      actor: { type: 'macro', run: run.run },
      source: `macro:${run.macro}`,
      trace: run.trace,
      cause: { intent: intentOf(run), step, ...at },
      ...(lead.length === 0 ? {} : { lead }),
    })
  }

  /** A run that a step has started, and that the step does not wait for any more. */
  function cancelChild(run: Run, intent: IntentId): void {
    const child = parts.runs().runs.get(intent as string as RunId) // a run is named by its intent
    if (child === undefined || isOver(child)) return
    submitStep(run, { verb: 'cancel', run: child.run }, run.step, 'cancel')
  }

  return {
    macroOf: macros.of,
    stateOf,
    isOver,
    isAhead: (run) => ahead.has(run),
    tell,
    obey,
    submitStep,
    bind({ id, actor, cause }) {
      if (cause === null || actor.type !== 'macro') return
      const mine = ahead.get(actor.run)
      if (mine === undefined) return
      const state = foldIntent(mine.state, cause.at ?? String(cause.step), id)
      ahead.set(actor.run, { ...mine, state })
    },
    settle(id) {
      const mine = ahead.get(id)
      if (mine === undefined) return
      if (mine.unrecorded > 1) {
        ahead.set(id, { ...mine, unrecorded: mine.unrecorded - 1 })
        return
      }
      ahead.delete(id)
      for (const one of mine.then) one()
    },
  }
}

/** It stops, and undoes nothing: the places in its record are of other steps. */
function changedText({ macro }: Run): string {
  return `the steps of ${macro} were changed while it ran, and the hub that had begun it is gone: look how far it got`
}

const noMacro = { steps: [], onFailure: 'stop', onCrash: 'abandon', resumeWithinMs: 0 } as const
