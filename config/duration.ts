import { Type } from 'typebox'
import { durationForm, longestMs } from '../macros/duration.ts'

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
      { type: 'string', pattern: durationForm.source },
    ],
    'x-duration': { minMs, maxMs } satisfies DurationRange,
    'x-expected': `a duration such as 500ms, 5s, 2m or 1h${least}${most}`,
    ...(standard === undefined ? {} : { default: standard }),
  })
}
