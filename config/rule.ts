import type { TSchema } from 'typebox'
import type { Json } from '../intents/json.ts'
import type { DurationRange } from './duration.ts'

/** What a string may name inside the file. */
export type NameKind = 'device' | 'macro' | 'intent' | 'variable'

/**
 * The keywords of JSON Schema that the config check reads, and ten of its own. Whatever else an adapter's schema
 * says is checked by typebox afterwards.
 */
export interface Rule {
  readonly type?: string
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly anyOf?: readonly Rule[]
  readonly properties?: Readonly<Record<string, Rule>>
  readonly patternProperties?: Readonly<Record<string, Rule>>
  readonly additionalProperties?: boolean | Rule
  readonly required?: readonly string[]
  readonly items?: Rule
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly default?: Json
  /** What is expected, in words for people. */
  readonly 'x-expected'?: string
  /** The same for a mapping's keys. */
  readonly 'x-keys'?: string
  /** A duration: the checked value is in milliseconds. */
  readonly 'x-duration'?: DurationRange
  /** The string names something of this file. */
  readonly 'x-ref'?: NameKind
  /** The string is a secret: where the device's keys leave the hub it must be a reference. */
  readonly 'x-secret'?: boolean
  /** The mapping's keys are the names of the device's pictures, which faces may show. */
  readonly 'x-pictures'?: boolean
  /** Of CEL: the string is one, or objects `{ expr: TEXT }` anywhere in the value are. */
  readonly 'x-expression'?: 'text' | 'inside'
  /** The string is the name of a time zone (IANA). */
  readonly 'x-zone'?: boolean
  /** Another rule, by its place in the file's schema: `#/$defs/NAME`. */
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Rule>>
  /** Another spelling of this key of the same mapping. */
  readonly 'x-alias'?: string
}

/** A typebox schema is JSON Schema; this is the one place where it is read as such. */
export function ruleOf(schema: TSchema): Rule {
  return schema
}

/** What a rule expects, in words: `an integer from 1 to 65535`. */
export function expectation(rule: Rule): string {
  if (rule['x-expected'] !== undefined) return rule['x-expected']
  if (rule.const !== undefined) return JSON.stringify(rule.const)
  if (rule.enum !== undefined) return either(rule.enum.map((value) => JSON.stringify(value)))
  if (rule.anyOf !== undefined) return either(rule.anyOf.map(expectation))
  switch (rule.type) {
    case 'integer':
      return `an integer${range(rule)}`
    case 'number':
      return `a number${range(rule)}`
    case 'string':
      return stringText(rule)
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return rule.minItems === undefined ? 'a list' : `a list of at least ${rule.minItems}`
    case 'object':
      return 'a mapping'
    case undefined:
    default:
      return 'a value'
  }
}

function either(parts: readonly string[]): string {
  const different = [...new Set(parts)]
  const last = different.pop() ?? 'a value'
  return different.length === 0 ? last : `${different.join(', ')} or ${last}`
}

function range(rule: Rule): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = rule
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  const limits = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`],
    maximum === undefined ? [] : [`at most ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`],
  ].flat()
  return limits.length === 0 ? '' : `, ${limits.join(', ')}`
}

function stringText(rule: Rule): string {
  if (rule.pattern !== undefined) return `a string that matches /${rule.pattern}/`
  const most = rule.maxLength === undefined ? '' : ` of at most ${rule.maxLength} characters`
  return rule.minLength === undefined || rule.minLength === 0
    ? `a string${most}`
    : `a string${most}, not empty`
}

/** Whether a number lies in the rule's range. */
export function inRange(rule: Rule, value: number): boolean {
  return (
    value >= (rule.minimum ?? -Infinity) &&
    value <= (rule.maximum ?? Infinity) &&
    (rule.exclusiveMinimum === undefined || value > rule.exclusiveMinimum) &&
    (rule.exclusiveMaximum === undefined || value < rule.exclusiveMaximum)
  )
}
