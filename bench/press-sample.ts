import type { Measured } from './load.ts'
import { median } from './numbers.ts'

/** One measurement and what the process between cost meanwhile. */
export interface Sample extends Measured {
  readonly cpuUs: number
  /** Sent, but never seen by the process between: the kernel's buffer was full. */
  readonly overflowed: number
}

/** Presses a second; null: as many as it takes. */
export const rates = [200, 2000, 10_000, null] as const
export type Rate = (typeof rates)[number]

/** Medians over the rounds; what is compared is compared round by round, because a round's samples share their minute. */
export function overRounds<S extends Sample & { readonly [K in keyof S]: number }>(
  samples: (way: string, rate: Rate) => readonly S[],
  control: string,
) {
  return {
    of: (way: string, rate: Rate, what: keyof S) =>
      median(samples(way, rate).map((one): number => one[what])),
    lost: (way: string, rate: Rate) =>
      samples(way, rate).reduce((sum, one) => sum + one.lost + one.twice, 0),
    against(way: string, rate: Rate, what: keyof S, how: (a: number, b: number) => number) {
      const those = samples(control, rate)
      return median(
        samples(way, rate).map((one, i) => how(one[what], those[i]?.[what] ?? Number.NaN)),
      )
    },
  }
}
