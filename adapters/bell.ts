/** Wakes all who wait for something to change. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, after `ms` (null: never by time), or when `signal` aborts; never rejects. */
  wait(ms: number | null, signal?: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  const waiting = new Set<() => void>()
  return {
    ring: () => {
      for (const wake of [...waiting]) wake()
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const wake = () => {
          waiting.delete(wake)
          clearTimeout(timer)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = ms === null ? undefined : setTimeout(wake, ms)
        waiting.add(wake)
        signal?.addEventListener('abort', wake, { once: true })
      }),
  }
}
