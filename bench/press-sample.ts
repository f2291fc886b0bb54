import type { Measured } from './load.ts'

/** One measurement and what the process between cost meanwhile. */
export interface Sample extends Measured {
  readonly cpuUs: number
  /** Sent, but never seen by the process between: the kernel's buffer was full. */
  readonly overflowed: number
}

/** Presses a second; null: as many as it takes. */
export const rates = [200, 2000, 10_000, null] as const
export type Rate = (typeof rates)[number]
