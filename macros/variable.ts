import type { Json } from '../intents/json.ts'

/** What a declared value must be. */
export const valueTypes = ['string', 'number', 'boolean', 'any'] as const
export type ValueType = (typeof valueTypes)[number]

/** A variable of the site: it keeps its value over runs, restarts and hubs, and is set like a device's path. */
export interface Variable {
  readonly type: ValueType
  /** What it is until somebody sets it, and again where what was set is not of its type any more. */
  readonly default: Json
  /** For people; empty where the config has none. */
  readonly description: string
}

export function isOfType(type: ValueType, value: Json): boolean {
  return type === 'any' || typeof value === type
}

/** For people: `a number`. */
export function typeName(type: ValueType): string {
  return type === 'any' ? 'a value' : type === 'boolean' ? 'true or false' : `a ${type}`
}
