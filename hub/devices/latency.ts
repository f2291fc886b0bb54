import { endOf } from '../../intents/end.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Instant } from '../../intents/id.ts'

/** How long an intent took, from its acceptance on. Milliseconds; null: it never came to that. */
export interface Latency {
  /** To its first attempt. */
  readonly startedMs: number | null
  /** To its arrival, as far as the protocol can know. */
  readonly deliveredMs: number | null
  /** To its end, whatever it was. */
  readonly endedMs: number | null
  /**
   * `monotonic`: one start of one hub wrote all of it, whose clock never goes back (a step forward would still count in).
   * `wall`: several hubs did, or one that was restarted meanwhile, and their clocks may differ.
   */
  readonly clock: 'monotonic' | 'wall'
  readonly hubs: readonly string[]
}

interface Stamped {
  readonly at: Instant
  readonly hub: string
  /** How often its hub had started before. */
  readonly start: number
  readonly event: BusEvent
}

/** Pure. @param accepted when it was, by the clock of the hub that accepted it */
export function latencyOf(accepted: Instant, entries: readonly Stamped[]): Latency {
  const since = (is: (event: BusEvent) => boolean) => {
    const at = entries.find(({ event }) => is(event))?.at
    return at === undefined ? null : at - accepted
  }
  const clocks = new Set(entries.map(({ hub, start }) => `${hub} ${start}`))
  return {
    startedMs: since(({ type }) => type === 'AttemptStarted'),
    deliveredMs: since(({ type }) => type === 'Delivered'),
    endedMs: since((event) => endOf(event) !== null),
    clock: clocks.size === 1 ? 'monotonic' : 'wall',
    hubs: [...new Set(entries.map(({ hub }) => hub))],
  }
}
