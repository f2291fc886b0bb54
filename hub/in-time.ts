import type { Clock } from '../bus/clock.ts'

/** A hub that stops waits so long for each part of it, and systemd longer than for all. Milliseconds. */
const mostMs = 2000

/** Until `ended`, or until it took too long: what is in doubt on a server that is away stays so until that is back. */
export async function inTime(clock: Clock, ended: Promise<unknown>): Promise<void> {
  let cancel = () => {}
  const late = new Promise<void>((resolve) => (cancel = clock.after(mostMs, resolve)))
  try {
    await Promise.race([ended, late])
  } finally {
    cancel()
  }
}
