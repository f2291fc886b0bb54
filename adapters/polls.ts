import { pause } from './pause.ts'

/** Asks a device again and again while it is there. */
export interface Polls {
  /** It is there: asks at once, and then as often as the config says. Idempotent. */
  start(): void
  /** It is away, or the link is closed. Idempotent. */
  stop(): void
}

/**
 * Each poll has its own pace, and none is asked twice at a time: where an answer takes longer, the next question
 * waits.
 * @param ask MUST settle by itself; a failure is its own business
 */
export function openPolls<P extends { readonly everyMs: number }>(
  polls: readonly P[],
  ask: (poll: P) => Promise<void>,
): Polls {
  let stopping: AbortController | null = null

  async function run(poll: P, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now()
      await ask(poll)
      await pause(Math.max(poll.everyMs / 10, began + poll.everyMs - performance.now()), signal)
    }
  }

  return {
    start() {
      if (stopping !== null) return
      stopping = new AbortController()
      for (const poll of polls) void run(poll, stopping.signal)
    },
    stop() {
      stopping?.abort()
      stopping = null
    },
  }
}
