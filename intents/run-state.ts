import type { IntentId } from './id.ts'
import type { JsonObject } from './json.ts'
import type { Done, Ending, Frame, RunEvent } from './run-event.ts'

/** Where a run stands: the fold of its `RunAdvanced` and of the intents of its steps. Needs no config. */
export interface RunState {
  readonly state: RunEvent['state']
  readonly step: number
  readonly frames: readonly Frame[]
  /** Oldest first. */
  readonly done: readonly Done[]
  readonly vars: JsonObject
  readonly paused: boolean
  /** It waits for its turn. */
  readonly queued: boolean
  /** It is being undone, and ends so. */
  readonly ending: Ending | null
  /** A step has failed, and it went on as it was told: it ends as its worst step. */
  readonly flawed: boolean
  /** The first step that did, and why; absent: none did. */
  readonly flaw?: string
  /** How far the hub's clock was set forward since it began: its limit goes by the time that has passed. Absent: 0. Milliseconds. */
  readonly aheadMs?: number
  readonly taken: number
}

export const newRun: RunState = {
  state: 'running',
  step: 0,
  frames: [],
  done: [],
  vars: {},
  paused: false,
  queued: false,
  ending: null,
  flawed: false,
  taken: 0,
}

/** Where an entry leaves its run. A run that is over stays as it is. */
export function foldAdvance(was: RunState, event: RunEvent): RunState {
  if (was.state !== 'running') return was
  const { state, step, wakeAt, change } = event
  if (state !== 'running') return { ...newRun, state, step }
  if (change === undefined) {
    const frame: Frame = { at: String(step), phase: 'at', ...(wakeAt === null ? {} : { wakeAt }) }
    return { ...newRun, step, frames: [frame], taken: step + 1 }
  }
  const {
    put = [],
    left = [],
    did = [],
    undone = 0,
    vars,
    paused,
    queued,
    ending,
    flawed,
    flaw = was.flaw,
    aheadMs = was.aheadMs,
    taken,
  } = change
  const kept = was.frames.filter(
    ({ at }) => !left.some((place) => isWithin(at, place)) && !put.some((frame) => frame.at === at),
  )
  const done = undone === 'all' ? [] : was.done.slice(0, was.done.length - undone)
  return {
    state,
    step,
    frames: [...kept, ...put],
    done: [...done, ...did],
    vars: vars ?? was.vars,
    paused: paused ?? was.paused,
    queued: queued ?? was.queued,
    ending: ending ?? was.ending,
    flawed: flawed ?? was.flawed,
    ...(flaw === undefined ? {} : { flaw }),
    ...(aheadMs === undefined ? {} : { aheadMs }),
    taken,
  }
}

/** The intent of a step was recorded: `ticket` is what its cause says, see {@link ticketOf}. */
export function foldIntent(was: RunState, ticket: string, intent: IntentId): RunState {
  const found = was.frames.find((frame) => frame.intent === undefined && ticketOf(frame) === ticket)
  return found === undefined
    ? was
    : {
        ...was,
        frames: was.frames.map((frame) => (frame === found ? { ...frame, intent } : frame)),
      }
}

/** What tells one try of one step from every other of its run. */
export function ticketOf({ at, phase, tries = 0 }: Frame): string {
  return `${at}${tries === 0 ? '' : `#${tries}`}${phase === 'instead' ? '!' : ''}`
}

/** Whether a place is another one, or lies inside it. */
export function isWithin(at: string, place: string): boolean {
  return at === place || at.startsWith(`${place}/`)
}
