/** As `lines`, and over at once when `signal` aborts, although a server that stands still keeps them waiting. */
export async function* untilAborted<T>(
  lines: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = lines[Symbol.asyncIterator]()
  let wake = () => {}
  const abort = () => wake()
  signal.addEventListener('abort', abort, { once: true })
  try {
    for (;;) {
      const next = iterator.next()
      // one of its own each time: a promise that lives as long as the reader would keep all that was ever raced against it
      const result = await new Promise<IteratorResult<T> | null>((resolve, reject) => {
        next.then(resolve, reject)
        // what has come already is still given
        wake = () => queueMicrotask(() => resolve(null))
        if (signal.aborted) wake()
      })
      if (result === null || result.done) return
      yield result.value
    }
  } finally {
    signal.removeEventListener('abort', abort)
    void iterator.return?.(undefined)?.catch(() => {}) // it ends by the signal
  }
}
