import type { Instant } from '../intents/id.ts'
import type { Frame } from '../intents/run-event.ts'
import type { RunCommand } from './run-command.ts'
import type { Walk } from './walk.ts'

/**
 * The wall clock was set while a run is under way. Waits and deadlines go by the time that has passed, so where the hub's clock
 * followed they are put off as far; a time of day comes when clocks show it, so it moves where the two do not go together.
 */
export function clockSet(
  walk: Walk,
  { setMs, followedMs }: Extract<RunCommand, { readonly type: 'clock' }>,
): void {
  const { draft } = walk
  const { frames, aheadMs = 0 } = draft.state()
  const moved = frames.flatMap((frame) => {
    const { wakeAt } = frame
    const byMs = isOfDay(walk, frame) ? followedMs - setMs : followedMs
    return wakeAt === undefined || byMs === 0
      ? []
      : [{ ...frame, wakeAt: (wakeAt + byMs) as Instant }] // ms since the epoch
  })
  if (moved.length === 0 && followedMs === 0) return
  for (const frame of moved) draft.put(frame)
  draft.set({ aheadMs: aheadMs + followedMs })
  draft.emit('the clock was set: waits and deadlines go by the time that has passed')
}

/** Whether it waits for a time of day. */
function isOfDay(walk: Walk, { at, phase }: Frame): boolean {
  const step = phase === 'at' ? walk.stepOf(at) : undefined
  return step !== undefined && 'time' in step
}
