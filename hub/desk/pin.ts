import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../bus/clock.ts'

/** How often somebody may be wrong before they have to wait. */
export interface Patience {
  readonly wrong: number
  /** Milliseconds. */
  readonly waitMs: number
}

/** Five at one panel, then a minute: a hand that slips is not shut out, and 10,000 PINs take a day and a half. */
export const panelPatience: Patience = { wrong: 5, waitMs: 60_000 }
/** Fifty at all panels of a surface, then ten minutes: an identity is easily made up. */
export const surfacePatience: Patience = { wrong: 50, waitMs: 600_000 }

/** Counts wrong PINs. */
export interface Tries {
  /** Nobody is listened to at this moment. */
  mustWait(): boolean
  wrong(): void
  right(): void
}

export function openTries(clock: Clock, { wrong: most, waitMs }: Patience): Tries {
  let wrong = 0
  let until = 0
  return {
    mustWait: () => clock.now() < until,
    wrong() {
      if (++wrong < most) return
      wrong = 0
      until = clock.now() + waitMs
    },
    right: () => void (wrong = 0),
  }
}

/** The same digits; takes as long for any of that length. */
export function isPin(typed: string, pin: string): boolean {
  const [a, b] = [Buffer.from(typed), Buffer.from(pin)]
  return a.length === b.length && timingSafeEqual(a, b)
}
