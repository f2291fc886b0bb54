import { entriesOf } from './values.ts'

/**
 * Counts what an evaluation costs, in steps: one for each node of the expression that is come to, and more for what is large.
 * A count and not a time, so that what is refused on one machine is refused on all.
 */
export interface Meter {
  reset(): void
  /** @throws TooMuch when the steps are used up, and from then on always */
  spend(steps: number): void
  /** What a value costs that is handed on: its own size only. */
  pass(value: unknown): void
  /** What a value costs that is compared, searched or copied: all that is in it, as often as it is in it. */
  weigh(value: unknown): void
  isSpent(): boolean
}

/** About 20 ms of a slow machine at the most; a condition of a studio takes below 100. */
export const maxSteps = 100_000

/** So many characters or items are looked at in about the time of one step. */
const charsPerStep = 64
const itemsPerStep = 16

class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/** One for all: it may be thrown a hundred thousand times by what goes on after the first. */
const tooMuch = new TooMuch(
  `it takes more than ${maxSteps} steps: loop over less, or build shorter texts and lists`,
)

export function openMeter(): Meter {
  let spent = 0

  function spend(steps: number): void {
    spent += steps
    if (spent > maxSteps) throw tooMuch
  }

  function weigh(value: unknown): void {
    spend(1 + ownSize(value))
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value) || value instanceof Set) {
      for (const item of value as Iterable<unknown>) weigh(item) // of the language's own values
      return
    }
    for (const [key, inner] of entriesOf(value) ?? []) {
      weigh(key)
      weigh(inner)
    }
  }

  return {
    reset: () => void (spent = 0),
    spend,
    pass: (value) => spend(ownSize(value)),
    weigh,
    isSpent: () => spent > maxSteps,
  }
}

function ownSize(value: unknown): number {
  if (typeof value === 'string') return value.length / charsPerStep
  if (Array.isArray(value)) return value.length / itemsPerStep
  if (value instanceof Map || value instanceof Set) return value.size / itemsPerStep
  return value instanceof Uint8Array ? value.length / charsPerStep : 0
}
