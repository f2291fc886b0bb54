import { uptime } from 'node:os'
import type { Clock } from '../../bus/clock.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { SealReport } from './seal-task.ts'

export interface HeartbeatParts {
  readonly clock: Clock
  readonly everyMs: number
  /** Whether this hub signs for its site: one of them is enough. */
  signs(): boolean
  /** The newest head with as many cosignatures as are asked for; null before the first. */
  head(): SealReport['beat']
  record(event: BusEvent): Promise<unknown>
  /** A clock that nobody sets, milliseconds; the system's time since it was started, for who gives none. */
  readonly upMs?: () => number
}

/**
 * Records the newest cosigned head again and again, also when nothing else happens: who finds a longer silence knows that
 * something was kept from the record, and what stands behind such an entry is later than its cosignatures.
 */
export function openHeartbeat({
  clock,
  everyMs,
  signs,
  head,
  record,
  upMs = () => Math.round(uptime() * 1000),
}: HeartbeatParts): { close(): Promise<void> } {
  let cancel = clock.after(everyMs, beat)
  let isCounted = false

  function beat(): void {
    cancel = clock.after(everyMs, beat)
    void give()
  }

  async function give(): Promise<void> {
    if (!signs()) return
    isCounted = true
    const { size, root, witnesses } = head() ?? { size: 0, root: '', witnesses: [] }
    try {
      await record({ type: 'HeadSealed', size, root, witnesses, everyMs, upMs: upMs() })
    } catch {
      // the log cannot be written: it is silent, and that is what an auditor is to see
    }
  }

  return {
    /** The last one comes with the stop, so that nothing between the two is left open. */
    async close() {
      cancel()
      if (isCounted) await give()
    },
  }
}
