import type { Json, JsonObject } from '../intents/json.ts'
import type { Bench } from './bench.ts'
import { allOf } from './condition.ts'
import { text } from './field.ts'
import type { Spot } from './gap.ts'
import type { Action } from './model.ts'
import { ifStep, togetherStep } from './nested.ts'

/** A step of a macro, as our config writes it. */
export type StepForm = JsonObject

/** 168 h: our longest wait. */
const longestWaitMs = 7 * 24 * 3_600_000

/** What the actions become, in order. What has no counterpart is noted. */
export function stepsOf(bench: Bench, actions: readonly Action[], spot: Spot): readonly StepForm[] {
  return eachStepsOf(bench, actions, spot).flat()
}

/** What each of them becomes. */
function eachStepsOf(
  bench: Bench,
  actions: readonly Action[],
  spot: Spot,
): readonly (readonly StepForm[])[] {
  return actions.map((action, i) => {
    const called = action.name === '' ? 'without a name' : action.name
    const what = `${spot.what}, action ${i + 1} (${bench.labelOf(action.connection)}: ${called.slice(0, 64)})`
    const here = { place: spot.place, what }
    return action.connection === 'internal'
      ? internalSteps(bench, action, here)
      : connectionSteps(bench, action, here)
  })
}

function connectionSteps(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  const acted = bench.act(action)
  if (acted.ok)
    return acted.fires.map(({ device, action: called, args }) => ({
      fire: device,
      action: called,
      // a mapping or a list of plain values
      ...(Object.keys(args).length === 0 && !Array.isArray(args) ? {} : { args: args as Json }),
    }))
  bench.gap(spot, acted.why)
  return []
}

/** Of Companion's own actions, those that have a counterpart. */
function internalSteps(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  switch (action.name) {
    case 'wait': {
      const ms = waitMs(action)
      if (ms !== null) return ms === 0 ? [] : [{ wait: durationText(ms) }]
      bench.gap(spot, 'how long it waits is computed, or longer than 168 h')
      return []
    }
    case 'action_group':
      return grouped(bench, action, spot)
    case 'logic_if':
      return chosen(bench, action, spot)
    case 'logic_while':
      return repeated(bench, action, spot)
    case 'button_pressrelease':
    case 'button_press':
      return pressed(bench, action, spot)
    default:
      bench.gap(spot, bench.reasonOf(action.name))
      return []
  }
}

/** One after the other, or all at once: then a wait separates what is before it from what is after it, as there. */
function grouped(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  const inside = action.children.get('default') ?? []
  const each = eachStepsOf(bench, inside, spot)
  if (text(action.options, 'execution_mode') !== 'concurrent') return each.flat()
  const steps: StepForm[] = []
  let branches: (readonly StepForm[])[] = []
  const begin = () => {
    steps.push(...togetherStep(branches))
    branches = []
  }
  for (const [i, branch] of each.entries()) {
    const isWait = inside[i]?.connection === 'internal' && inside[i].name === 'wait'
    if (isWait) begin()
    if (isWait) steps.push(...branch)
    else branches.push(branch)
  }
  begin()
  return steps
}

/** One of two groups, by what holds when it is come to. */
function chosen(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  const test = allOf(bench, action.conditions)
  if (test === null) return unasked(bench, action, spot)
  const then = stepsOf(bench, action.children.get('actions') ?? [], within(spot, 'then'))
  const otherwise = stepsOf(bench, action.children.get('else_actions') ?? [], within(spot, 'else'))
  return ifStep(test, then, otherwise)
}

/** A group as long as something holds. There each round takes a millisecond at least, and nothing ends it. */
function repeated(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  const test = allOf(bench, action.conditions)
  if (test === null) return unasked(bench, action, spot)
  const steps = stepsOf(bench, action.children.get('actions') ?? [], within(spot, 'repeat'))
  if (steps.length === 0) return []
  bench.gap(spot, 'it may go on for ever there, and a run here ends as failed after 10,000 steps')
  return [{ while: test, steps }]
}

function unasked(bench: Bench, { children }: Action, spot: Spot): readonly StepForm[] {
  const inside = [...children.values()].reduce((sum, group) => sum + group.length, 0)
  bench.gap(
    spot,
    `it depends on conditions that no report of a device stands for: the ${inside} actions in it are left out`,
  )
  return []
}

function within({ place, what }: Spot, part: string): Spot {
  return { place, what: `${what}, ${part}` }
}

/** A press of another button: the macro of that one's press. */
function pressed(bench: Bench, action: Action, spot: Spot): readonly StepForm[] {
  const macro = bench.macroOf(placeOf(action))
  if (macro !== null) return [{ run: macro }]
  bench.gap(
    spot,
    'it presses a button that does nothing, or one that is computed or not in this export',
  )
  return []
}

/** `page/row/column`; null where it is computed. Up to version 10 the kind of place had an option of its own. */
export function placeOf(action: Action): string | null {
  const { options, expressions } = action
  if (expressions.includes('location') || text(options, 'location_target') === 'expression')
    return null
  const where = text(options, 'location') ?? text(options, 'location_text')
  const [, page, row, column] = /^\s*(\d{1,4})\/(\d{1,2})\/(\d{1,2})\s*$/.exec(where ?? '') ?? []
  if (page !== undefined) return `${Number(page)}/${Number(row)}/${Number(column)}`
  const button = Number(options['bank'])
  const old = Number(options['page'])
  if (!Number.isInteger(button) || button < 1 || button > 32 || !Number.isInteger(old) || old < 1)
    return null
  // up to version 3 by its number, eight in a row
  return `${old}/${Math.floor((button - 1) / 8)}/${(button - 1) % 8}`
}

function waitMs({ options, expressions }: Action): number | null {
  const ms = Math.round(Number(options['time']))
  if (expressions.includes('time') || !Number.isFinite(ms) || ms > longestWaitMs) return null
  return Math.max(0, ms)
}

/** As people write it: `500ms`, `5s`, `2m`. */
function durationText(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
