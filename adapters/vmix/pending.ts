import { failed } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import type { Bell } from '../bell.ts'
import type { Call } from './call.ts'
import { expected } from './confirm.ts'
import type { Due } from './expectation.ts'
import type { Line } from './line.ts'
import type { Picture } from './picture.ts'
import { shown } from './protocol.ts'

/** What was sent and is not seen to be done, and what may be sent beside it. */
export interface Pending {
  /**
   * What a function is to lead to, once all that it depends on is known; null where it is so already. @throws DeliveryError
   * `reached: 'no'`
   */
  due(line: Line, call: Call, signal: AbortSignal): Promise<Due | null>
  /** vMix said OK to a function that was sent at this moment of the picture; what comes back is called when it is over. */
  sent(due: Due, moment: number): () => void
}

export function createPending(picture: Picture, bell: Bell): Pending {
  /** The paths of each function whose effect is not seen yet. */
  const unseen = new Set<ReadonlySet<string>>()
  /** When a function was sent that moved a path to where nobody knows. */
  const moved = new Map<string, number>()
  const isUnseen = (path: string) => [...unseen].some((paths) => paths.has(path))
  const isStale = (path: string) => (moved.get(path) ?? 0) > picture.seenAt(path)

  return {
    async due(line, call, signal) {
      const { unless } = call
      for (let looked = false; ;) {
        const due = expected(call, picture)
        const reads = unless !== null ? [unless.path] : due.ok ? due.reads : []
        if (reads.some(isUnseen)) {
          // a toggle, or a cut of what is on preview: what was sent before it must have happened
          await bell.wait(null, signal)
          if (line.over !== null) throw new DeliveryError(failed('unreachable', line.over))
          if (signal.aborted)
            throw new DeliveryError(failed('timeout', 'what was sent before it took too long'))
          continue
        }
        // it may have been added, moved or turned over since the last look
        if (!looked && (unless !== null || !due.ok || reads.some(isStale))) {
          await line.reader.look(signal)
          looked = true
          continue
        }
        if (!due.ok) {
          const detail = `vMix has no input ${shown(due.missingInput)}`
          throw new DeliveryError(failed('not-found', detail))
        }
        return unless !== null && picture.values.get(unless.path) === unless.value ? null : due
      }
    },
    sent(due, moment) {
      for (const path of due.moves) moved.set(path, moment)
      const paths = new Set([...due.moves, ...due.expectations.map(({ path }) => path)])
      unseen.add(paths)
      return () => {
        unseen.delete(paths)
        bell.ring()
      }
    },
  }
}
