import type { Failure } from './failure.ts'

/** How an intent ended. Every accepted intent ends as exactly one of these. */
export type Outcome =
  'confirmed' | 'sent' | 'refused' | 'expired' | 'failed' | 'cancelled' | 'unknown'

/** Every outcome, best first: a `do` and a macro end as the worst of their parts. */
export const outcomes: readonly Outcome[] = [
  'confirmed',
  'sent',
  'cancelled',
  'expired',
  'refused',
  'failed',
  'unknown',
]

/** Whether the intent did what it was for. */
export function succeeded(outcome: Outcome): boolean {
  return outcome === 'confirmed' || outcome === 'sent'
}

/** The worse of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return outcomes.indexOf(a) > outcomes.indexOf(b) ? a : b
}

/** The outcome of a failure that will not be tried again. */
export function outcomeOfFailure({ code, reached }: Pick<Failure, 'code' | 'reached'>): Outcome {
  switch (code) {
    case 'refused':
    case 'held':
    case 'not-found':
      return 'refused'
    case 'malformed':
      // not understood here: refused; an answer that makes no sense: nobody said no
      return reached === 'maybe' ? 'failed' : 'refused'
    case 'expired':
      return 'expired'
    case 'unknown-outcome':
      return 'unknown'
    case 'unreachable':
    case 'timeout':
      return 'failed'
    default:
      return code satisfies never
  }
}
