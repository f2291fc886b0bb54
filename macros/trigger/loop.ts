import type { Instant } from '../../intents/id.ts'

// What starts what starts it again ends here. By its correlation id where it has one: a run, its steps and what they
// trigger share it. A device's report has none, so a trigger that fires ever again is stopped for a while, too.

/** One thing may lead to so many firings, one after the other. */
export const mostInTrace = 16
/** A trigger may fire so often in {@link windowMs}: a person at a button does not. */
export const mostInWindow = 60
export const windowMs = 10_000

/** How many correlation ids are remembered: those of the last seconds, at any rate that a studio has. */
const keptTraces = 1000

export interface LoopGuard {
  /** Why this firing is one too many; null: it is not. It is counted. */
  judge(trigger: string, trace: string | null, at: Instant): string | null
}

export function openLoopGuard(): LoopGuard {
  const traces = new Map<string, number>()
  const recent = new Map<string, number[]>()
  return {
    judge(trigger, trace, at) {
      if (trace !== null) {
        const count = (traces.get(trace) ?? 0) + 1
        traces.delete(trace) // the newest last
        traces.set(trace, count)
        const [oldest] = traces.keys()
        if (traces.size > keptTraces && oldest !== undefined) traces.delete(oldest)
        if (count > mostInTrace)
          return `triggers have led to each other ${mostInTrace} times since ${trace}: this one ends it; look for the circle`
      }
      const inWindow = (recent.get(trigger) ?? []).filter((one) => one > at - windowMs)
      const isFull = inWindow.length >= mostInWindow
      recent.set(trigger, isFull ? inWindow : [...inWindow, at])
      return isFull
        ? `it has fired ${mostInWindow} times in ${windowMs / 1000} s: what it starts seems to start it again; give it a coolDown if it does not`
        : null
    },
  }
}
