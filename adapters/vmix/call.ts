import type { Json } from '../../intents/json.ts'

/** One call of a vMix function: what this adapter sends. */
export interface Call {
  /** As vMix spells it. */
  readonly name: string
  /** Parameters in the order they are sent, values not yet encoded. */
  readonly params: Readonly<Record<string, string>>
  /**
   * For a function that only toggles: not sent when a fresh look shows this already. Null: always sent.
   */
  readonly unless: { readonly path: string; readonly value: Json } | null
}

/**
 * The line of a call, without its end: `FUNCTION SetText Input=3&Value=Hello%20world` (vMix help, "TCP API", FUNCTION).
 * Every value is percent-encoded, so no value can add a parameter, a space or a line.
 */
export function lineOf(call: Call): string {
  const query = Object.entries(call.params)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&')
  return query === '' ? `FUNCTION ${call.name}` : `FUNCTION ${call.name} ${query}`
}
