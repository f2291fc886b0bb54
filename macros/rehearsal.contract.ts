import type { Instant, IntentId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Outcome } from '../intents/outcome.ts'
import type { RunEvent } from '../intents/run-event.ts'
import { foldAdvance, foldIntent, newRun, type RunState } from '../intents/run-state.ts'
import type { Submit, World } from './draft.ts'
import type { Macro } from './macro.ts'
import { questionsOf } from './question.ts'
import { decideRun } from './run.ts'
import type { RunCommand } from './run-command.ts'
import { isReady, wakeOf } from './wake.ts'

// A run without a hub: the pure decider, a log that is a list, and devices that answer as they are told. Time passes only when
// nothing else is left to do. Killing it after any entry loses all but that list.

const begun = 1_800_000_000_000 as Instant
const runId = '01890a5d-ac96-774b-bcce-b302099a8057' as RunId

type Entry =
  RunEvent | { readonly type: 'Accepted'; readonly ticket: string; readonly id: IntentId }

export interface Scenario {
  readonly macro: Macro
  readonly args?: Json
  /** How the intent of a step ends, by its ticket. */
  outcome(ticket: string): Outcome
  evaluate?: World['evaluate']
  holds?: World['holds']
  /** The answer to a question; null: nobody answers. */
  answer?(at: string): string | null
  /** What a person does when so many entries are recorded. */
  readonly at?: ReadonlyMap<number, RunCommand>
}

/** What was seen of a run from outside. */
export interface Rehearsed {
  readonly state: RunState['state']
  readonly detail: string
  /** What the devices were asked for, in order. */
  readonly did: readonly string[]
  readonly intents: readonly Intent[]
  readonly entries: readonly Entry[]
  /** How many entries there were after each commit. */
  readonly commits: readonly number[]
  /** Where it stood last before its end. */
  readonly tookMs: number
  readonly refused: readonly string[]
}

/** Above what any of the tests' macros take, and an end for what never comes. */
const mostTurns = 20_000

/** @param dieAfter kills it after so many entries, once; then another goes on. @throws Error where the run never ends */
export function rehearse(scenario: Scenario, dieAfter = Infinity): Rehearsed {
  const { macro, args = {}, evaluate = noExpressions, holds = () => false } = scenario
  const log: Entry[] = []
  let state = newRun
  let now = begun
  let ids = 0
  let mayDie = true
  const did: string[] = []
  const intents: Intent[] = []
  const refused: string[] = []
  const told = new Set<number>()
  const commits: number[] = []
  /** Accepted, in order, and how they end: this survives a crash, because devices do. */
  let open: { readonly id: IntentId; readonly ticket: string }[] = []

  const world = (): World => ({
    run: runId,
    now,
    wall: now,
    args,
    evaluate,
    holds,
    random: () => 0,
  })
  const over = () => state.state !== 'running'

  /** False where it died on the way. */
  function write(entry: Entry): boolean {
    log.push(entry)
    state =
      entry.type === 'Accepted'
        ? foldIntent(state, entry.ticket, entry.id)
        : foldAdvance(state, entry)
    return !(mayDie && log.length >= dieAfter)
  }

  function tell(command: RunCommand): boolean {
    const decision = decideRun(macro, state, command, world(), begun)
    if (decision.refused !== null) refused.push(decision.refused)
    for (const event of decision.events) if (!write(event)) return false
    commits.push(log.length)
    for (const submit of decision.submits) if (!accept(submit)) return false
    return true
  }

  function accept({ ticket, intent }: Submit): boolean {
    const id = `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}` as IntentId
    did.push(ticket)
    intents.push(intent)
    open.push({ id, ticket })
    const isAlive = write({ type: 'Accepted', ticket, id })
    commits.push(log.length)
    return isAlive
  }

  /** One more thing happens. False where it died. */
  function turn(): boolean {
    const wanted = scenario.at?.get(log.length)
    if (wanted !== undefined && !told.has(log.length)) {
      told.add(log.length)
      return tell(wanted)
    }
    if (isReady(state)) return tell({ type: 'look' })
    const [next, ...others] = open
    if (next !== undefined) {
      open = others
      const outcome = scenario.outcome(next.ticket)
      return tell({
        type: 'ended',
        intent: next.id,
        outcome,
        detail: '',
        may: outcome === 'unknown',
      })
    }
    for (const { at } of questionsOf(macro, state)) {
      const choice = scenario.answer?.(at) ?? null
      if (choice !== null) return tell({ type: 'answer', at, choice })
    }
    const wakeAt = wakeOf(macro, state, begun)
    if (wakeAt === null) throw new Error(`nothing ends it: ${JSON.stringify(state)}`)
    now = Math.max(now, wakeAt) as Instant // one of them
    return tell({ type: 'look' })
  }

  function restart(): void {
    mayDie = false
    state = log.reduce(
      (was, entry) =>
        entry.type === 'Accepted'
          ? foldIntent(was, entry.ticket, entry.id)
          : foldAdvance(was, entry),
      newRun,
    )
    if (log.length === 0) tell({ type: 'begin' })
    else tell({ type: 'crash', awayMs: 0 })
  }

  let isAlive = tell({ type: 'begin' })
  for (let turns = 0; turns < mostTurns; turns++) {
    if (!isAlive) {
      restart()
      isAlive = true
    }
    if (over()) break
    isAlive = turn()
  }
  if (!over()) throw new Error(`it never ends: ${JSON.stringify(state)}`)
  const last = log.findLast((entry): entry is RunEvent => entry.type === 'RunAdvanced')
  return {
    state: state.state,
    detail: last?.detail ?? '',
    did,
    intents,
    entries: log,
    commits,
    tookMs: now - begun,
    refused,
  }
}

function noExpressions(expression: string) {
  if (expression === 'true') return { ok: true, value: true } as const
  if (expression === 'false') return { ok: true, value: false } as const
  return { ok: false, detail: `no such name: ${expression}` } as const
}
