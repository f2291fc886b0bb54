import type { JsonObject } from '../intents/json.ts'
import { runsIn, stepList, withoutRuns } from './nested.ts'

/** A `run` that leads back to its own macro, which our config refuses. */
export interface Circle {
  readonly macro: string
  readonly runs: string
}

/** Takes out of the macros each `run` that closes a circle. */
export function cutCircles(macros: Map<string, JsonObject>): readonly Circle[] {
  const cut: Circle[] = []
  const done = new Set<string>()
  for (const start of [...macros.keys()]) {
    // with a way of our own: a chain of buttons may be longer than the machine's stack
    const way: { readonly name: string; next: number }[] = done.has(start)
      ? []
      : [{ name: start, next: 0 }]
    const open = new Set([start])
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const steps = stepList(macros.get(here.name)?.['steps'])
      const runs = runsIn(steps)[here.next]
      if (runs === undefined) {
        done.add(here.name)
        open.delete(here.name)
        way.pop()
        continue
      }
      if (open.has(runs)) {
        const macro = here.name
        const left = withoutRuns(steps, (name) => name === runs)
        macros.set(macro, { ...macros.get(macro), steps: left })
        cut.push({ macro, runs })
        continue
      }
      here.next++
      if (done.has(runs) || !macros.has(runs)) continue
      open.add(runs)
      way.push({ name: runs, next: 0 })
    }
  }
  return cut
}
