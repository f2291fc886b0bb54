/** How people write a duration: a number with its unit, without a space. */
export const durationForm = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h)$/

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Seven days: timers beyond 2^31 ms (24.8 days) fire at once, and no wait in a studio is this long. Milliseconds. */
export const longestMs = 7 * 24 * 3_600_000

/** Milliseconds of `500ms`, `5s`, `1.5m`, `1h`, or of a whole number of milliseconds; null for anything else. */
export function durationMs(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  if (typeof value !== 'string') return null
  const match = durationForm.exec(value)
  const unit = unitMs[match?.[2] ?? '']
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit)
}
