import { Type } from 'typebox'

/** How people write a duration: a number with its unit, without a space. */
const written = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h)$/

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Seven days: timers beyond 2^31 ms (24.8 days) fire at once, and no wait in a studio is this long. */
const longestMs = 7 * 24 * 3_600_000

/** Milliseconds of `500ms`, `5s`, `1.5m`, `1h`, or of a whole number of milliseconds; null for anything else. */
export function durationMs(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  if (typeof value !== 'string') return null
  const match = written.exec(value)
  const unit = unitMs[match?.[2] ?? '']
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit)
}

/** The range a duration must lie in, milliseconds, both ends included. */
export interface DurationRange {
  readonly minMs: number
  readonly maxMs: number
}

/** A schema for a duration; the checked config has it in milliseconds. `standard` is the default. */
export function duration(description: string, standard?: string, minMs = 0, maxMs = longestMs) {
  const least = minMs > 0 ? `, at least ${minMs}ms` : ''
  const most = maxMs < longestMs ? `, at most ${maxMs / 1000}s` : ', at most 168h'
  return Type.Unsafe<number>({
    description: `${description} Written as 500ms, 5s, 2m or 1h, or as a number of milliseconds.`,
    anyOf: [
      { type: 'integer', minimum: minMs, maximum: maxMs },
      { type: 'string', pattern: written.source },
    ],
    'x-duration': { minMs, maxMs } satisfies DurationRange,
    'x-expected': `a duration such as 500ms, 5s, 2m or 1h${least}${most}`,
    ...(standard === undefined ? {} : { default: standard }),
  })
}
