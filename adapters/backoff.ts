/** How long to wait between tries. Milliseconds. */
export interface Backoff {
  /** Before the second try; doubles with each further one. */
  readonly backoffMs: number
  readonly backoffCapMs: number
}

/** Jitter of a fifth either way: enough that devices lost together do not come back together. */
const jitterShare = 0.2

/**
 * The wait after try number `tried` (from 1), in ms: doubling, capped, with jitter. `random` is in [0, 1).
 */
export function backoffAfter(
  tried: number,
  { backoffMs, backoffCapMs }: Backoff,
  random: number,
): number {
  const plain = Math.min(backoffCapMs, backoffMs * 2 ** (tried - 1))
  return Math.round(plain * (1 + jitterShare * (2 * random - 1)))
}
