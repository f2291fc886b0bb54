import { setMaxListeners } from 'node:events'

/** One signal of several. `done` MUST be called when nothing hangs on it any more. */
export interface Either {
  readonly signal: AbortSignal
  done(): void
}

/**
 * Aborts with the first of `signals`, or after `withinMs`. AbortSignal.any would leave a trace of each use on the signal of a
 * link, which lives for months; and of AbortSignal.timeout it lets go, so that with Node 20 it never aborts where memory
 * is collected before the time has passed.
 */
export function either(signals: readonly AbortSignal[], withinMs: number | null = null): Either {
  const controller = new AbortController()
  setMaxListeners(0, ...signals) // as many as wait for one link
  const abort = () => controller.abort()
  const timer = withinMs === null ? null : setTimeout(abort, withinMs)
  for (const each of signals) {
    if (each.aborted) abort()
    each.addEventListener('abort', abort)
  }
  return {
    signal: controller.signal,
    done() {
      if (timer !== null) clearTimeout(timer)
      for (const each of signals) each.removeEventListener('abort', abort)
    },
  }
}
