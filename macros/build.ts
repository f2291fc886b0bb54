import type { DeviceId, MacroId } from '../intents/id.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import { defaultResumeWithinMs, type Condition, type Macro } from './macro.ts'
import type { RepeatStep, Step, StepRules, Steps } from './macro.ts'

// Macros written in TypeScript: the same data as the config's steps give, checked by the compiler. Durations in ms.

type More = Omit<StepRules, 'withinMs'> & { readonly withinMs?: number }

export function fire(device: string, action: string, args: Json = [], more: More = {}): Step {
  return { do: { verb: 'fire', device: device as DeviceId, action, args }, ...more }
}

export function set(device: string, path: string, value: Json, more: More = {}): Step {
  return { do: { verb: 'set', device: device as DeviceId, path, value }, ...more }
}

/** A named intent or a standard action. */
export function named(name: string, args: Json = {}, more: More = {}): Step {
  return { do: { verb: 'do', name, args }, ...more }
}

/** Another macro, until it is through. */
export function run(macro: string, args: Json = {}, more: More = {}): Step {
  return { do: { verb: 'run', macro: macro as MacroId, args }, ...more }
}

export function wait(waitMs: number, jitterMs = 0): Step {
  return jitterMs === 0 ? { waitMs } : { waitMs, jitterMs }
}

/** Until that time of day comes next, `18:30`, in an IANA zone. */
export function time(at: string, zone = 'UTC'): Step {
  return { time: at, zone }
}

export function reports(device: string, path: string, equals: Json): Condition {
  return { device: device as DeviceId, path, equals }
}

export function link(device: string, up: boolean): Condition {
  return { device: device as DeviceId, up }
}

export function expr(text: string): { readonly expr: string } {
  return { expr: text }
}

export function until(condition: Condition, withinMs: number, more: Omit<More, 'withinMs'> = {}) {
  return { until: condition, withinMs, ...more } satisfies Step
}

export function when(condition: Condition, then: Steps, otherwise: Steps = [], more: More = {}) {
  return { if: condition, then, else: otherwise, ...more } satisfies Step
}

export function repeat(how: RepeatStep['repeat'], steps: Steps, more: More = {}) {
  return { repeat: how, steps, ...more } satisfies Step
}

export function together(
  branches: readonly Steps[],
  finish: 'all' | 'any' | 'first' = 'all',
  more: More & { readonly limit?: number } = {},
) {
  return { together: branches, finish, ...more } satisfies Step
}

export function attempt(
  steps: Steps,
  { recover = [], always = [] }: { readonly recover?: Steps; readonly always?: Steps },
  more: More = {},
): Step {
  return { try: steps, recover, always, ...more }
}

export function ask(text: string, withinMs: number, choices: readonly string[] = ['yes', 'no']) {
  return { ask: text, choices, withinMs } satisfies Step
}

export function checkpoint(name: string): Step {
  return { checkpoint: name }
}

export function note(text: string): Step {
  return { note: text }
}

export function abort(reason: string): Step {
  return { abort: reason }
}

export function assign(vars: JsonObject): Step {
  return { let: vars }
}

/** A macro with the config's defaults. */
export function macro(
  id: string,
  steps: Steps,
  more: Partial<Omit<Macro, 'id' | 'steps'>> & Pick<Macro, 'onFailure'>,
): Macro {
  return {
    id: id as MacroId,
    steps,
    onCrash: 'resume',
    resumeWithinMs: defaultResumeWithinMs,
    ...more,
  }
}
