import type { Recorded } from '../../bus/entry.ts'
import type { IntentId, RunId } from '../../intents/id.ts'
import { endOf } from '../../intents/end.ts'
import type { Macro } from '../../macros/macro.ts'
import { isReady, waitsFor, wakeOf } from '../../macros/wake.ts'
import { isUnbegun, type Run } from '../../projections/runs.ts'
import { mayHaveArrived } from '../site/left-open.ts'
import { toldBy } from './run-end.ts'
import { openRunCarrier } from './run-carrier.ts'
import { openRunClock } from './run-clock.ts'
import type { RunParts } from './run-parts.ts'
import { recoverRuns } from './run-recovery.ts'
import { turnOf } from './run-turns.ts'
import { steeringOf } from './steering.ts'

/** What carries macros out: it turns what is recorded into the next step. The rules are in macros/run.ts. */
export interface RunKeeper {
  /** The next entries, after the projections have folded them. */
  apply(batch: readonly Recorded[]): void
  /** Start-up: what was under way is resumed or abandoned, by each macro's own policy. */
  recover(awayMs: number): void
  /** The macro that a run follows, which may be older than the config's; undefined: there is none. */
  macroOf(run: Run): Macro | undefined
  close(): void
}

/** A macro may run others so deep: a macro that runs itself ends here. */
const maxDepth = 16

export function openRunKeeper(parts: RunParts): RunKeeper {
  const { clock } = parts
  const wakes = new Map<RunId, () => void>()
  const runClock = openRunClock(clock, ({ setMs, followedMs }) => {
    if (!recovered) return
    for (const run of parts.runs().runs.values())
      if (!isOver(run) && !isUnbegun(run)) tell(run, { type: 'clock', setMs, followedMs })
  })
  const carrier = openRunCarrier(parts, unwake, () => runClock.catchUp())
  const { macroOf, stateOf, isOver, tell, submitStep } = carrier
  /** Until `recover` has looked at what is folded, what start-up itself records is not acted on twice. */
  let recovered = false

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
      clock.at(wakeAt, () => woken(run.run)),
    )
  }

  function woken(id: RunId): void {
    wakes.delete(id)
    const run = parts.runs().runs.get(id)
    if (run === undefined || isOver(run)) return
    tell(run, { type: 'look' })
    // the time was that of a step of a paused run, or of one that is left by now
    if (!wakes.has(id) && !carrier.isAhead(id)) arrive(run)
  }

  function stepEnded(id: IntentId): void {
    const record = parts.deliveries().intents.get(id)
    const { submission, outcome } = record ?? {}
    if (submission?.cause == null || submission.actor.type !== 'macro' || outcome == null) return
    const run = parts.runs().runs.get(submission.actor.run)
    if (run === undefined || isOver(run)) return
    const { type, failure } = outcome
    const detail = failure === null ? '' : toldBy(submission.intent, failure)
    const may = type === 'unknown' || (failure !== null && failure.reached !== 'no') || isSent(id)
    tell(run, { type: 'ended', intent: id, outcome: type, detail, may })
  }

  /** Whether a device may have got it, or a part of it, whatever became of the last attempt. */
  function isSent(id: IntentId): boolean {
    const { attempts = [], children = [] } = parts.deliveries().intents.get(id) ?? {}
    return attempts.some(mayHaveArrived) || children.some(isSent)
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

  function react({ event }: Recorded): void {
    const { runs } = parts.runs()
    switch (event.type) {
      case 'IntentAccepted': {
        const { id, intent } = event.submission
        carrier.bind(event.submission)
        if (intent.verb === 'run') {
          const run = runs.get(id as string as RunId) // a run is named by its intent
          if (run !== undefined) begin(run)
        } else if (intent.verb === 'cancel') {
          const run = runs.get(intent.run)
          if (run !== undefined) carrier.obey(run, { type: 'cancel' }, id)
        } else {
          const steering = steeringOf(intent)
          const run = steering?.ok === true ? runs.get(steering.run as RunId) : undefined // looked up, whatever it is
          if (run !== undefined && steering?.ok === true) carrier.obey(run, steering.command, id)
        }
        break
      }
      case 'RunAdvanced': {
        const run = runs.get(event.run)
        carrier.settle(event.run)
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
        if (event.type === 'IntentRefused') carrier.bind(event.submission)
        const end = endOf(event)
        if (end !== null) stepEnded(end.intent)
      }
    }
  }

  /** Whether what a device says may end one of its steps. */
  function isWatching(run: Run, device: string): boolean {
    const macro = macroOf(run)
    return macro !== undefined && waitsFor(macro, stateOf(run), device)
  }

  return {
    macroOf,
    apply(batch) {
      if (!recovered) return
      for (const recorded of batch) react(recorded)
    },
    recover(awayMs) {
      recovered = true
      recoverRuns(parts, carrier, { begin, arrive, stepEnded }, awayMs)
    },
    close() {
      runClock.close()
      for (const cancelWake of wakes.values()) cancelWake()
      wakes.clear()
    },
  }
}
