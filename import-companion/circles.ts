import { isObject, type Json, type JsonObject } from '../intents/json.ts'

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
      const steps = stepsOf(macros.get(here.name))
      const step = steps[here.next]
      if (step === undefined) {
        done.add(here.name)
        open.delete(here.name)
        way.pop()
        continue
      }
      const runs = isObject(step) ? step['run'] : undefined
      if (typeof runs === 'string' && open.has(runs)) {
        const macro = here.name
        macros.set(macro, { ...macros.get(macro), steps: steps.toSpliced(here.next, 1) })
        cut.push({ macro, runs })
        continue
      }
      here.next++
      if (typeof runs !== 'string' || done.has(runs) || !macros.has(runs)) continue
      open.add(runs)
      way.push({ name: runs, next: 0 })
    }
  }
  return cut
}

function stepsOf(macro: JsonObject | undefined): readonly Json[] {
  const steps = macro?.['steps']
  return Array.isArray(steps) ? (steps as readonly Json[]) : []
}
