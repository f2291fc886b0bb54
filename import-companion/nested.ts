import { isObject, type Json, type JsonObject } from '../intents/json.ts'

// The steps of a macro with what lies inside them, in the forms that this folder writes.

/** The macros that steps run, at any depth, in their order. */
export function runsIn(steps: readonly JsonObject[]): readonly string[] {
  return steps.flatMap((step) => {
    const { run } = step
    return [...(typeof run === 'string' ? [run] : []), ...listsOf(step).flatMap(runsIn)]
  })
}

/** Without what runs those, at any depth, and without what has nothing in it then. */
export function withoutRuns(
  steps: readonly JsonObject[],
  isOut: (macro: string) => boolean,
): readonly JsonObject[] {
  const left = (list: Json | undefined) => withoutRuns(stepList(list), isOut)
  return steps.flatMap((step): readonly JsonObject[] => {
    const { run, if: test, then, together, steps: inner } = step
    if (typeof run === 'string') return isOut(run) ? [] : [step]
    if (together !== undefined) return togetherStep(branchesOf(together).map(left))
    if (then !== undefined) return ifStep(test as string, left(then), left(step['else'])) // made in this folder
    if (inner === undefined) return [step]
    const rest = left(inner)
    return rest.length === 0 ? [] : [{ ...step, steps: rest }]
  })
}

/** One of two lists, of which either may be empty. */
export function ifStep(
  test: string,
  then: readonly JsonObject[],
  otherwise: readonly JsonObject[],
): readonly JsonObject[] {
  if (then.length === 0 && otherwise.length === 0) return []
  if (then.length === 0) return [{ if: `!(${test})`, then: otherwise }]
  return [{ if: test, then, ...(otherwise.length === 0 ? {} : { else: otherwise }) }]
}

/** Lists side by side; of one the steps themselves. */
export function togetherStep(branches: readonly (readonly JsonObject[])[]): readonly JsonObject[] {
  const full = branches.filter((branch) => branch.length > 0)
  const [only = [], ...others] = full
  return others.length === 0 ? only : [{ together: full }]
}

function listsOf({ then, else: otherwise, steps, together }: JsonObject) {
  return [...[then, otherwise, steps].map(stepList), ...branchesOf(together).map(stepList)]
}

function branchesOf(together: Json | undefined): readonly Json[] {
  return Array.isArray(together) ? (together as readonly Json[]) : []
}

export function stepList(list: Json | undefined): readonly JsonObject[] {
  return branchesOf(list).filter((step) => isObject(step))
}
