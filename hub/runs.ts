import type { Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import type { IntentId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { endOf } from '../intents/end.ts'
import type { RunEvent } from '../intents/run-event.ts'
import { foldAdvance, foldIntent, newRun, type RunState } from '../intents/run-state.ts'
import { succeeded, worse, type Outcome } from '../intents/outcome.ts'
import type { Decision } from '../macros/draft.ts'
import type { Macro } from '../macros/macro.ts'
import { decideRun } from '../macros/run.ts'
import type { RunCommand } from '../macros/run-command.ts'
import { isReady, waitsFor, wakeOf } from '../macros/wake.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import type { Devices } from '../projections/devices.ts'
import { isUnbegun, stateOfRun, type Run, type Runs } from '../projections/runs.ts'
import type { InnerWish } from './intake.ts'
import { withDefaults } from './run-args.ts'
import { turnOf } from './run-turns.ts'
import { worldOf } from './run-world.ts'
import { steeringOf } from './steering.ts'

/** What carries macros out: it turns what is recorded into the next step. The rules are in macros/run.ts. */
export interface RunKeeper {
  /** The next entries, after the projections have folded them. */
  apply(batch: readonly Recorded[]): void
  /** Start-up: what was under way is resumed or abandoned, by each macro's own policy. */
  recover(awayMs: number): void
  close(): void
}

export interface RunKeeperParts {
  readonly clock: Clock
  config(): Config
  readonly runs: () => Runs
  readonly deliveries: () => Deliveries
  readonly devices: () => Devices
  /** From 0 up to 1; absent: waits have no jitter. */
  random?(): number
  /** Records, again and again until it is recorded. */
  record(events: readonly BusEvent[]): void
  /** Submits, again and again until it is recorded. */
  submit(wish: InnerWish): void
}

/** A macro may run others so deep: a macro that runs itself ends here. */
const maxDepth = 16

/** A run whose entries are on their way to the log. */
interface Ahead {
  readonly state: RunState
  readonly unrecorded: number
  /** What is done when they are recorded. */
  readonly then: readonly (() => void)[]
}

export function openRunKeeper(parts: RunKeeperParts): RunKeeper {
  const { clock } = parts
  const wakes = new Map<RunId, () => void>()
  const ahead = new Map<RunId, Ahead>()
  /** Until `recover` has looked at what is folded, what start-up itself records is not acted on twice. */
  let recovered = false

  const macroOf = (run: Run): Macro | undefined => parts.config().macros.get(run.macro)
  const stateOf = (run: Run): RunState =>
    ahead.get(run.run)?.state ?? (isUnbegun(run) ? newRun : stateOfRun(run))
  const isOver = (run: Run) => stateOf(run).state !== 'running'
  const intentOf = (run: Run) => run.run as string as IntentId // a run is named by its intent

  function decide(run: Run, command: RunCommand): Decision {
    const macro = macroOf(run)
    const args = withDefaults(macro, run.args)
    const world = worldOf({ ...run, args }, parts.devices(), clock.now(), parts.random ?? (() => 0))
    if (macro !== undefined) return decideRun(macro, stateOf(run), command, world, run.startedAt)
    const detail = `the macro ${run.macro} is no longer in the config`
    const nothing = { ...noMacro, id: run.macro }
    return decideRun(nothing, stateOf(run), { type: 'drop', detail }, world, run.startedAt)
  }

  function tell(run: Run, command: RunCommand): void {
    const was = stateOf(run)
    const decision = decide(run, command)
    const isFailure = command.type !== 'drop' && command.type !== 'crash'
    carry(run, decision, was, isFailure ? rescueOf(macroOf(run), decision.events.at(-1)) : null)
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
    const end = last === undefined ? null : endOfRun(run, last, state, was)
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
    if (end !== null) unwake(run.run)
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

  /** The end of the run's own intent: as its worst step where it is done. */
  function endOfRun(run: Run, last: RunEvent, state: RunState, was: RunState): BusEvent | null {
    if (state.state === 'running') return null
    const refused =
      was.taken === 0 && was.frames.length === 0 && last.detail.startsWith('not begun')
    const failure: Failure | null =
      last.state === 'stopped'
        ? { code: 'refused', reached: refused ? 'no' : 'maybe', detail: last.detail.slice(0, 500) }
        : null
    const outcome = refused ? 'refused' : outcomeOf(run, last, was.flawed)
    return { type: 'IntentEnded', intent: intentOf(run), outcome, failure, by: null }
  }

  function outcomeOf(run: Run, { state }: RunEvent, isFlawed: boolean): Outcome {
    if (state === 'cancelled') return 'cancelled'
    if (state === 'stopped') return 'failed'
    const { intents } = parts.deliveries()
    const ends = (intents.get(intentOf(run))?.children ?? []).map(
      (child): Outcome => intents.get(child)?.outcome?.type ?? 'confirmed',
    )
    // a failure that was kept by a retry or a recovery is none of the run's
    const counting = isFlawed ? ends : ends.filter(succeeded)
    return counting.reduce(worse, 'confirmed')
  }

  function unwake(run: RunId): void {
    wakes.get(run)?.()
    wakes.delete(run)
  }

  /** What a run that has come to other steps waits for. */
  function arrive(run: Run): void {
    const state = stateOf(run)
    const macro = macroOf(run)
    unwake(run.run)
    if (macro === undefined || state.state !== 'running') return
    if (isReady(state)) return tell(run, { type: 'look' })
    const wakeAt = wakeOf(macro, state, run.startedAt)
    if (wakeAt === null) return
    wakes.set(
      run.run,
      clock.after(wakeAt - clock.now(), () => woken(run.run)),
    )
  }

  function woken(id: RunId): void {
    wakes.delete(id)
    const run = parts.runs().runs.get(id)
    if (run === undefined || isOver(run)) return
    tell(run, { type: 'look' })
    // a timer may come a moment early
    if (!wakes.has(id) && !ahead.has(id)) arrive(run)
  }

  function stepEnded(id: IntentId): void {
    const record = parts.deliveries().intents.get(id)
    const { submission, outcome } = record ?? {}
    if (submission?.cause == null || submission.actor.type !== 'macro' || outcome == null) return
    const run = parts.runs().runs.get(submission.actor.run)
    if (run === undefined || isOver(run)) return
    const { type, failure } = outcome
    const may = type === 'unknown' || (failure !== null && failure.reached !== 'no')
    tell(run, { type: 'ended', intent: id, outcome: type, detail: failure?.detail ?? '', may })
  }

  function begin(run: Run): void {
    if (depthOf(run) > maxDepth)
      return tell(run, { type: 'drop', detail: `macros run each other deeper than ${maxDepth}` })
    const macro = macroOf(run)
    const turn =
      macro === undefined
        ? ({ type: 'begin' } as const)
        : turnOf(run, macro, parts.runs().runs.values(), isOver)
    if (turn.type === 'restart')
      for (const other of turn.cancel)
        submitStep(run, { verb: 'cancel', run: other.run }, 0, 'cancel')
    if (turn.type === 'drop' || turn.type === 'begin') return tell(run, turn)
    if (!stateOf(run).queued) tell(run, { type: 'queue' })
  }

  /** Those whose turn has come, now that one of their macro is over. */
  function beginNext({ macro }: Run): void {
    for (const run of parts.runs().runs.values()) {
      if (run.macro !== macro || isOver(run) || !stateOf(run).queued) continue
      const known = macroOf(run)
      if (known === undefined) tell(run, { type: 'look' })
      else if (turnOf(run, known, parts.runs().runs.values(), isOver).type === 'begin')
        tell(run, { type: 'begin' })
    }
  }

  function depthOf(run: Run): number {
    let depth = 0
    for (
      let at: Run | undefined = run;
      at?.startedBy.type === 'macro' && depth <= maxDepth;
      depth++
    )
      at = parts.runs().runs.get(at.startedBy.run)
    return depth
  }

  /** An intent that is about a run: it is obeyed, or refused with a reason, and has ended then. */
  function obey(run: Run, command: RunCommand, by: IntentId): void {
    const was = stateOf(run)
    const decision = decide(run, command)
    const isLate = command.type === 'cancel' && was.state !== 'running'
    const failure = decision.refused === null || isLate ? null : failed('refused', decision.refused)
    const outcome = failure === null ? 'confirmed' : 'refused'
    const end: BusEvent = { type: 'IntentEnded', intent: by, outcome, failure, by: null }
    if (decision.events.length === 0) parts.record([end])
    const rescue = command.type === 'cancel' ? null : rescueOf(macroOf(run), decision.events.at(-1))
    if (rescue !== null && decision.events.length > 0) parts.record([end])
    carry(run, decision, was, rescue, rescue === null && decision.events.length > 0 ? [end] : [])
  }

  function react({ event }: Recorded): void {
    const { runs } = parts.runs()
    switch (event.type) {
      case 'IntentAccepted': {
        const { id, intent } = event.submission
        bind(event.submission)
        if (intent.verb === 'run') {
          const run = runs.get(id as string as RunId) // a run is named by its intent
          if (run !== undefined) begin(run)
        } else if (intent.verb === 'cancel') {
          const run = runs.get(intent.run)
          if (run !== undefined) obey(run, { type: 'cancel' }, id)
        } else {
          const steering = steeringOf(intent)
          const run = steering?.ok === true ? runs.get(steering.run as RunId) : undefined // looked up, whatever it is
          if (run !== undefined && steering?.ok === true) obey(run, steering.command, id)
        }
        break
      }
      case 'RunAdvanced': {
        const run = runs.get(event.run)
        settle(event.run)
        if (run === undefined) break
        if (event.state !== 'running') beginNext(run)
        else if (!isOver(run)) arrive(run)
        break
      }
      case 'DeviceReported':
      case 'LinkChanged':
        for (const run of runs.values())
          if (run.state === 'running' && isWatching(run, event.device)) tell(run, { type: 'look' })
        break
      default: {
        if (event.type === 'IntentRefused') bind(event.submission)
        const end = endOf(event)
        if (end !== null) stepEnded(end.intent)
      }
    }
  }

  function bind({ id, actor, cause }: Extract<BusEvent, { type: 'IntentAccepted' }>['submission']) {
    if (cause === null || actor.type !== 'macro') return
    const mine = ahead.get(actor.run)
    if (mine === undefined) return
    const state = foldIntent(mine.state, cause.at ?? String(cause.step), id)
    ahead.set(actor.run, { ...mine, state })
  }

  /** One of a run's entries is recorded. */
  function settle(id: RunId): void {
    const mine = ahead.get(id)
    if (mine === undefined) return
    if (mine.unrecorded > 1) return void ahead.set(id, { ...mine, unrecorded: mine.unrecorded - 1 })
    ahead.delete(id)
    for (const one of mine.then) one()
  }

  /** Whether what a device says may end one of its steps. */
  function isWatching(run: Run, device: string): boolean {
    const macro = macroOf(run)
    return macro !== undefined && waitsFor(macro, stateOf(run), device)
  }

  return {
    apply(batch) {
      if (!recovered) return
      for (const recorded of batch) react(recorded)
    },
    recover(awayMs) {
      recovered = true
      const cancelled = recoverCancels()
      for (const run of [...parts.runs().runs.values()]) {
        if (cancelled.has(run.run)) continue
        if (run.state === 'running') recoverRun(run, awayMs)
        else recoverEnd(run)
      }
    },
    close() {
      for (const cancelWake of wakes.values()) cancelWake()
      wakes.clear()
    },
  }

  function recoverRun(run: Run, awayMs: number): void {
    if (isLeft(run)) return submitStep(run, { verb: 'cancel', run: run.run }, run.step, 'cancel')
    const isNew = isUnbegun(run)
    tell(run, { type: 'crash', awayMs })
    if (isOver(run)) return
    if (isNew || stateOf(run).queued) return begin(run)
    for (const { intent } of stateOf(run).frames)
      if (intent !== undefined && parts.deliveries().intents.get(intent)?.outcome != null)
        stepEnded(intent)
    if (!isOver(run)) tell(run, { type: 'look' })
    if (!ahead.has(run.run)) arrive(run)
  }

  /** A run that a step of another has started, which is over or does not wait for it any more. */
  function isLeft(run: Run): boolean {
    if (run.startedBy.type !== 'macro') return false
    const parent = parts.runs().runs.get(run.startedBy.run)
    const { cause } = parts.deliveries().intents.get(intentOf(run))?.submission ?? {}
    if (parent === undefined || cause?.at === 'rescue' || parent.stepIntent === intentOf(run))
      return false
    return !stateOf(parent).frames.some(({ intent }) => intent === intentOf(run))
  }

  /** A `cancel` that was accepted, and the hub died before it was carried out. Gives the runs that it ends now. */
  function recoverCancels(): ReadonlySet<RunId> {
    const ends = new Set<RunId>()
    for (const { submission, outcome } of parts.deliveries().intents.values()) {
      const { id, intent } = submission
      if (outcome !== null || intent.verb !== 'cancel') continue
      const run = parts.runs().runs.get(intent.run)
      if (run === undefined) {
        const failure = failed('not-found', `the run ${intent.run} is no longer known`)
        parts.record([{ type: 'IntentEnded', intent: id, outcome: 'refused', failure, by: null }])
        continue
      }
      if (run.state === 'running') ends.add(run.run)
      obey(run, { type: 'cancel' }, id)
    }
    return ends
  }

  /** A run that is over, and the hub died before its intent's end was kept. */
  function recoverEnd(run: Run): void {
    const { run: id, macro, step, state, wakeAt, detail } = run
    if (parts.deliveries().intents.get(intentOf(run))?.outcome !== null) return
    const last: RunEvent = { type: 'RunAdvanced', run: id, macro, step, state, wakeAt, detail }
    const rescue = rescueOf(macroOf(run), last)
    if (rescue !== null && run.stepIntent === null) submitStep(run, rescue, step, 'rescue')
    const end = endOfRun(run, last, stateOf(run), { ...newRun, taken: 1, flawed: true })
    if (end !== null) parts.record([end])
  }
}

/** What a run that was stopped by a failed step leads to; null for nothing. */
function rescueOf(macro: Macro | undefined, last: RunEvent | undefined): Intent | null {
  const onFailure = macro?.onFailure
  return last?.state === 'stopped' &&
    last.detail.startsWith('step ') &&
    typeof onFailure === 'object'
    ? { verb: 'run', macro: onFailure.run, args: {} }
    : null
}

const noMacro = { steps: [], onFailure: 'stop', onCrash: 'abandon', resumeWithinMs: 0 } as const
