import type { Json } from '../../intents/json.ts'
import type { InputName } from './input-names.ts'

/** What the link knows of vMix. */
export interface Known {
  readonly values: ReadonlyMap<string, Json>
  readonly inputs: readonly InputName[]
}

/** What shows that a function was carried out. */
export interface Expectation {
  readonly path: string
  readonly value: Json
  /** How far a number may be off. */
  readonly tolerance: number
}

export type Expected =
  | {
      readonly ok: true
      readonly expectations: readonly Expectation[]
      /** How long the function takes by itself, in ms: a fade is not over when it is accepted. */
      readonly takesMs: number
      /** What is known only from the state, and must be so when it is sent: of a toggle what it turns over. */
      readonly reads: readonly string[]
      /** What it changes, beside what is expected: a cut moves preview too, but where to is a setting. */
      readonly moves: readonly string[]
    }
  | { readonly ok: false; readonly missingInput: string }

export type Due = Extract<Expected, { ok: true }>

/** Its `FUNCTION OK` is all there is. */
export const nothing: Due = { ok: true, expectations: [], takesMs: 0, reads: [], moves: [] }

/** Whether what is reported is what was expected. */
export function meets({ value, tolerance }: Expectation, reported: Json | undefined): boolean {
  if (typeof value === 'number' && typeof reported === 'number')
    return Math.abs(value - reported) <= tolerance
  return value === (reported ?? null)
}
