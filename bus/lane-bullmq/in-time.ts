/** 3 s: far above what closing a connection takes, and what a stop of a hub may wait for one that hangs. */
const closeMs = 3000

/**
 * Waits for BullMQ to close, and not for ever: where its connection broke and is just being made again, its own close may
 * never end. Then `force` cuts it.
 */
export async function closeInTime(closing: Promise<unknown>, force: () => void): Promise<void> {
  let late = setTimeout(() => {}, 0)
  await Promise.race([
    closing,
    new Promise<void>((resolve) => {
      late = setTimeout(() => {
        force()
        resolve()
      }, closeMs)
    }),
  ])
  clearTimeout(late)
}
