import type { Clock } from './clock.ts'

/** Waits until `ended`, or so many milliseconds; resolves to whether it ended. */
export async function inTime(
  clock: Pick<Clock, 'after'>,
  ended: Promise<unknown>,
  withinMs: number,
): Promise<boolean> {
  let cancel = () => {}
  const late = new Promise<false>((resolve) => {
    cancel = clock.after(withinMs, () => resolve(false))
  })
  try {
    return await Promise.race([ended.then(() => true), late])
  } finally {
    cancel()
  }
}
