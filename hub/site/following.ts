import { LogError, type EventLog, type Position } from '../../bus/log.ts'
import type { Recorder } from '../../bus/recorder.ts'

/** How a hub hears what stands in a shared log; a log of one hub needs none of it. */
export interface Following {
  /** From where is folded on; nothing where it has begun. */
  begin(): void
  /** Resolves when nothing more comes. */
  end(): Promise<void>
}

/**
 * @param position the newest entry that is folded
 * @param fatal where the log cannot be followed any more the hub ends: what it believes would be wrong from here on
 */
export function openFollowing(
  log: Pick<EventLog, 'shared'>,
  recorder: Pick<Recorder, 'follow'>,
  position: () => Position | null,
  fatal: (why: Error) => void,
): Following {
  let stop: AbortController | null = null
  let followed: Promise<void> = Promise.resolve()
  return {
    begin() {
      if (!log.shared || stop !== null) return
      const { signal } = (stop = new AbortController())
      followed = recorder.follow(position(), signal).catch((cause: unknown) => {
        if (!signal.aborted) fatal(unfollowed(cause))
      })
    },
    async end() {
      stop?.abort()
      stop = null
      await followed
    },
  }
}

function unfollowed(cause: unknown): Error {
  const detail = cause instanceof Error ? cause.message : String(cause)
  const hint =
    cause instanceof LogError && cause.code === 'position'
      ? ': the log is another one than this hub knew; start it again, and it reads the log as it is now'
      : ': start it again once the log is good'
  return new Error(`the log cannot be followed any more: ${detail}${hint}`, { cause })
}
