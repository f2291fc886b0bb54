import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import type { Json, JsonObject } from '../../intents/json.ts'
import { childrenOf, deviceFunctions, inSite, language, mark, meter, usedUp } from './language.ts'
import type { Site } from './language.ts'
import { toCel, toJson } from './values.ts'

/** A checked expression. */
export interface Compiled {
  readonly text: string
  /** What it gives: `bool`, `int`, `double`, `string`, `list`, `map`; `dyn`: only its evaluation can tell. */
  readonly type: string
  /** Devices that it names, and where in the text. */
  readonly devices: readonly Named[]
  /** Variables of the site that it names, as `site.NAME`. */
  readonly variables: readonly Named[]
}

/** What an expression names, and where in the text. */
export interface Named {
  readonly name: string
  /** Characters from the start of the text. */
  readonly at: number
}

/** `at`: where in the text, in characters from its start. */
export type CompileResult =
  | { readonly ok: true; readonly expression: Compiled }
  | { readonly ok: false; readonly at: number; readonly detail: string }

/** What an expression is over: the site, and what belongs to the run or the trigger. */
export interface World extends Site {
  readonly args: Json
  readonly vars: JsonObject
  /** What started it; null: nothing that can tell. */
  readonly trigger: Json
  /** Milliseconds since the epoch. */
  readonly now: number
}

export type EvaluateResult =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly detail: string }

/** A text longer than this is a program. Characters. */
const maxExpressionChars = 4000

/** Parsed once: an expression is evaluated again and again. A config has far fewer. */
const parsed = new Map<string, { readonly run: ParseResult; readonly result: CompileResult }>()
const keptExpressions = 2000

/** Checks an expression without evaluating it. Never throws, whatever the text. */
export function compile(text: string): CompileResult {
  return parse(text).result
}

function parse(text: string) {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const fresh = parseAnew(text)
  if (parsed.size >= keptExpressions) parsed.clear()
  parsed.set(text, fresh)
  return fresh
}

/** What is kept of a text that is no expression. */
const never: ParseResult = Object.assign(() => null, {
  ast: language.parse('null').ast,
  check: () => ({ valid: false }),
})

function parseAnew(text: string) {
  const wrong = (at: number, detail: string) => ({
    run: never,
    result: { ok: false, at, detail } as const,
  })
  if (text.length > maxExpressionChars)
    return wrong(maxExpressionChars, `longer than ${maxExpressionChars} characters`)
  try {
    const run = language.parse(text)
    const { valid, type = 'dyn', error } = run.check()
    if (!valid) return wrong(error?.range?.start ?? 0, error?.summary ?? 'it is no expression')
    const devices = [...devicesIn(run.ast)]
    const variables = [...variablesIn(run.ast)]
    const inner = language.parse(nested(text))
    inner.check()
    mark(inner.ast)
    return {
      run: inner,
      result: { ok: true, expression: { text, type, devices, variables } } as const,
    }
  } catch (error) {
    return wrong(startOf(error), summaryOf(error))
  }
}

/**
 * The library evaluates the outermost node by itself, past the meter: so there is one around what was typed. It stands on a
 * line of its own, because that may end in a comment.
 */
function nested(text: string): string {
  return `[${text}\n][0]`
}

function* devicesIn(node: ASTNode): Iterable<Named> {
  if (node.op === 'call' && deviceFunctions.has(node.args[0])) {
    const [first] = node.args[1]
    if (first?.op === 'value' && typeof first.args === 'string')
      yield { name: first.args, at: first.start }
  }
  for (const child of childrenOf(node)) yield* devicesIn(child)
}

function* variablesIn(node: ASTNode): Iterable<Named> {
  if (node.op === '.' || node.op === '.?') {
    const [of, name] = node.args
    if (of.op === 'id' && of.args === 'site') yield { name, at: node.start }
  }
  for (const child of childrenOf(node)) yield* variablesIn(child)
}

/** Evaluates. Never throws, and ends within `maxSteps` whatever the text and the world: see meter.ts. */
export function evaluate(text: string, world: World): EvaluateResult {
  const { run, result } = parse(text)
  if (!result.ok) return { ok: false, detail: result.detail }
  try {
    const value = inSite(world, (): Json => {
      const found: unknown = run({
        args: toCel(world.args),
        vars: toCel(world.vars),
        trigger: toCel(world.trigger),
        site: toCel(world.variables()),
        now: new Date(world.now),
      })
      meter.weigh(found)
      return toJson(found)
    })
    // `a || b` goes on with b where a has failed: not where the steps were what failed
    return meter.isSpent() ? { ok: false, detail: usedUp } : { ok: true, value }
  } catch (error) {
    return { ok: false, detail: meter.isSpent() ? usedUp : summaryOf(error) }
  }
}

/** Whether a condition holds. What gives no truth value is a fault, and not false. */
export function holds(
  text: string,
  world: World,
):
  { readonly ok: true; readonly holds: boolean } | { readonly ok: false; readonly detail: string } {
  const result = evaluate(text, world)
  if (!result.ok) return result
  if (typeof result.value === 'boolean') return { ok: true, holds: result.value }
  return { ok: false, detail: 'it gives neither true nor false: compare it with something' }
}

function startOf(error: unknown): number {
  const range: unknown = error instanceof Error && 'range' in error ? error.range : null
  return typeof range === 'object' && range !== null && 'start' in range ? Number(range.start) : 0
}

/** What is wrong in one line; the library's own text draws the place with several. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  const text = 'summary' in error && typeof error.summary === 'string' ? error.summary : message
  return text.slice(0, 300)
}
