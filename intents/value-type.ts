import type { Json } from './json.ts'

/** What a declared value must be. */
export const valueTypes = ['string', 'number', 'boolean', 'any'] as const
export type ValueType = (typeof valueTypes)[number]

export function isOfType(type: ValueType, value: Json): boolean {
  return type === 'any' || typeof value === type
}

/** For people: `a number`. */
export function typeName(type: ValueType): string {
  return type === 'any' ? 'a value' : type === 'boolean' ? 'true or false' : `a ${type}`
}
