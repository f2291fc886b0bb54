import type { DeviceId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import { durationMs, longestMs } from './duration.ts'
import {
  defaultLimits,
  defaultResumeWithinMs,
  type AskStep,
  type Condition,
  type Expression,
  type Limits,
  type Macro,
  type Step,
  type StepBody,
  type StepRules,
  type Steps,
  type TogetherStep,
} from './macro.ts'

// Macros written in TypeScript: each function gives the same data as the config's step of that name (docs/macros.md has both), and
// the compiler checks it. Whether devices, macros and paths exist only a hub knows: it refuses a step that names none.

/** As in the config: `500ms`, `5s`, `1.5m`, `1h`, or milliseconds; at most 168h. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/** What may stand beside a step. */
export interface Rules {
  readonly name?: string
  /** How long one try may take; then it has failed. */
  readonly within?: Duration
  readonly retry?: { readonly times: number; readonly every: Duration }
  readonly onFailure?: Instead
  readonly waitFor?: 'sent' | 'confirmed'
  readonly undo?: Steps
}

/** What a failure leads to; `run`: another macro, by name. */
type Instead = 'stop' | 'continue' | 'compensate' | { readonly run: string }

/** What is tested: a condition, or the text of an expression. */
export type Test = Condition | string

/** @throws RangeError where it is none */
function ms(duration: Duration): number {
  const found = durationMs(duration)
  if (found !== null && found <= longestMs) return found
  throw new RangeError(`${duration} is no duration such as 500ms, 5s, 2m or 1h, at most 168h`)
}

function insteadOf(instead: Instead): Macro['onFailure'] {
  return typeof instead === 'string' ? instead : { run: instead.run as MacroId } // a hub refuses one that it has not
}

function withRules(
  body: StepBody,
  { name, within, retry, onFailure, waitFor, undo }: Rules,
): StepBody & StepRules {
  return {
    ...body,
    ...(name === undefined ? {} : { name }),
    ...(retry === undefined ? {} : { retry: { times: retry.times, everyMs: ms(retry.every) } }),
    ...(onFailure === undefined ? {} : { onFailure: insteadOf(onFailure) }),
    ...(undo === undefined ? {} : { undo }),
    ...(within === undefined ? {} : { withinMs: ms(within) }),
    ...(waitFor === undefined ? {} : { waitFor }),
  }
}

function conditionOf(test: Test): Condition {
  return typeof test === 'string' ? { expr: test } : test
}

function intent(wanted: Intent, rules: Rules): Step {
  return withRules({ do: wanted }, rules)
}

/** Momentary: do this once. */
export function fire(device: string, action: string, args: Json = {}, rules: Rules = {}): Step {
  return intent({ verb: 'fire', device: device as DeviceId, action, args }, rules)
}

/** Lasting: the last value wins. */
export function set(device: string, path: string, value: Json, rules: Rules = {}): Step {
  return intent({ verb: 'set', device: device as DeviceId, path, value }, rules)
}

/** A named intent or a standard action: the config's `do`. */
export function named(name: string, args: Json = {}, rules: Rules = {}): Step {
  return intent({ verb: 'do', name, args }, rules)
}

/** Another macro, until it is through. */
export function run(macro: string, args: Json = {}, rules: Rules = {}): Step {
  return intent({ verb: 'run', macro: macro as MacroId, args }, rules)
}

/** Stops a run, by its id. */
export function cancel(run: string, rules: Rules = {}): Step {
  return intent({ verb: 'cancel', run: run as RunId }, rules)
}

/** The panic stop: true stops every device, false lets them go on. */
export function hold(on: boolean, rules: Rules = {}): Step {
  return intent({ verb: 'hold', on }, rules)
}

/** @param jitter up to so much longer, by chance */
export function wait(duration: Duration, jitter?: Duration, rules: Rules = {}): Step {
  const waitMs = ms(duration)
  return withRules(jitter === undefined ? { waitMs } : { waitMs, jitterMs: ms(jitter) }, rules)
}

/** Until that time of day comes next: `18:30` or `18:30:15`, in an IANA zone; without one, UTC. */
export function waitUntil(time: string, zone?: string, rules: Rules = {}): Step {
  return withRules(zone === undefined ? { time } : { time, zone }, rules)
}

/** A device reports this. */
export function reports(device: string, path: string, equals: Json): Condition {
  return { device: device as DeviceId, path, equals }
}

/** A device is there, or gone. */
export function link(device: string, is: 'up' | 'down'): Condition {
  return { device: device as DeviceId, up: is === 'up' }
}

/** What is computed when the step is come to: in the place of any value of arguments. */
export function expr(text: string): { readonly expr: string } {
  return { expr: text }
}

/** The config's `until`, `link` and `untilTrue`. */
export function until(test: Test, within: Duration, rules: Omit<Rules, 'within'> = {}): Step {
  return withRules({ until: conditionOf(test), withinMs: ms(within) }, rules)
}

/** The config's `if`. */
export function when(test: Test, then: Steps, otherwise?: Steps, rules: Rules = {}): Step {
  const body = { if: conditionOf(test), then }
  return withRules(otherwise === undefined ? body : { ...body, else: otherwise }, rules)
}

/** The first whose test holds. */
export function choose(
  choices: readonly (readonly [when: Test, steps: Steps])[],
  otherwise?: Steps,
  rules: Rules = {},
): Step {
  const body = { choose: choices.map(([test, steps]) => ({ when: conditionOf(test), steps })) }
  return withRules(otherwise === undefined ? body : { ...body, otherwise }, rules)
}

/** @param times a number, or the text of an expression */
export function repeat(times: number | string, steps: Steps, rules: Rules = {}): Step {
  return withRules({ repeat: { times: computed(times) }, steps }, rules)
}

/** The config's `while`. */
export function repeatWhile(test: Test, steps: Steps, rules: Rules = {}): Step {
  return withRules({ repeat: { while: conditionOf(test) }, steps }, rules)
}

/** @param items a list, or the text of an expression. @param as the variable that holds the item */
export function forEach(
  items: readonly Json[] | string,
  as: string,
  steps: Steps,
  rules: Rules = {},
): Step {
  return withRules({ repeat: { each: computed(items), as }, steps }, rules)
}

function computed<T>(value: T | string): T | Expression {
  return typeof value === 'string' ? { expr: value } : value
}

/** Branches side by side; `limit`: so many at once. */
export function together(
  branches: readonly Steps[],
  { finish = 'all', limit, ...rules }: Rules & Partial<Omit<TogetherStep, 'together'>> = {},
): Step {
  const body = { together: branches, finish }
  return withRules(limit === undefined ? body : { ...body, limit }, rules)
}

/** The config's `try`. */
export function attempt(
  steps: Steps,
  after: { readonly recover?: Steps; readonly always?: Steps },
  rules: Rules = {},
): Step {
  return withRules({ try: steps, ...after }, rules)
}

/** A person answers. */
export function ask(
  text: string,
  within: Duration,
  {
    choices = ['yes', 'no'],
    otherwise,
    as,
    ...rules
  }: Omit<Rules, 'within'> & Partial<Pick<AskStep, 'choices' | 'otherwise' | 'as'>> = {},
): Step {
  const body: AskStep = {
    ask: text,
    choices,
    withinMs: ms(within),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(as === undefined ? {} : { as }),
  }
  return withRules(body, rules)
}

/** From here on nothing before it is undone. */
export function checkpoint(name: string, rules: Rules = {}): Step {
  return withRules({ checkpoint: name }, rules)
}

/** Recorded, and nothing else. */
export function note(text: string, rules: Rules = {}): Step {
  return withRules({ note: text }, rules)
}

/** The run has failed. */
export function abort(reason: string, rules: Rules = {}): Step {
  return withRules({ abort: reason }, rules)
}

/** Variables of the run: the config's `let`. */
export function assign(vars: JsonObject, rules: Rules = {}): Step {
  return withRules({ let: vars }, rules)
}

/** A macro, with the config's defaults for what is left out. */
export function macro(
  id: string,
  steps: Steps,
  {
    onFailure,
    resumeWithin = defaultResumeWithinMs,
    limits,
    ...more
  }: {
    readonly onFailure: Instead
    readonly resumeWithin?: Duration
    readonly limits?: { readonly steps?: number; readonly within?: Duration }
  } & Partial<Pick<Macro, 'onCrash' | 'onCancel' | 'args' | 'concurrency'>>,
): Macro {
  return {
    onCrash: 'resume',
    ...more,
    id: id as MacroId, // whatever is written: config and builder name macros alike
    steps,
    onFailure: insteadOf(onFailure),
    resumeWithinMs: ms(resumeWithin),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
  }
}

function limitsOf({ steps, within }: { steps?: number; within?: Duration }): Limits {
  return {
    steps: steps ?? defaultLimits.steps,
    withinMs: within === undefined ? defaultLimits.withinMs : ms(within),
  }
}
