import type { Instant } from '../intents/id.ts'
import type { RunState } from '../intents/run-state.ts'
import { defaultLimits, type Macro } from './macro.ts'
import { stepAt } from './place.ts'

// What a run waits for, seen from the state that it is in.

/** When a run is to be looked at next; null: not by the clock. Steps that are ready are looked at at once. */
export function wakeOf(macro: Macro, state: RunState, startedAt: Instant): Instant | null {
  if (state.state !== 'running' || state.queued) return null
  const { withinMs } = macro.limits ?? defaultLimits
  const latest = startedAt + (state.aheadMs ?? 0) + withinMs * (state.ending === null ? 1 : 2)
  const wakes = state.frames.flatMap(({ wakeAt }) => wakeAt ?? [])
  return Math.min(latest, ...wakes) as Instant // one of them
}

/** Whether steps are ready, which only the next look begins. */
export function isReady({ frames, paused, ending }: RunState): boolean {
  return (!paused || ending !== null) && frames.some(({ phase }) => phase === 'ready')
}

/** Whether what this device says may end one of the steps that are under way. */
export function waitsFor(macro: Macro, { frames, done }: RunState, device: string): boolean {
  const ground = { steps: macro.steps, done }
  return frames.some(({ at, phase }) => {
    const step = phase === 'at' ? stepAt(ground, at) : undefined
    if (step === undefined || !('until' in step)) return false
    return 'expr' in step.until || step.until.device === device
  })
}
