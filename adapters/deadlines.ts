import { setMaxListeners } from 'node:events'
import type { Clock } from '../bus/clock.ts'

/**
 * Deadlines of sends, many at the price of one: all sends of a short window share one timer and one signal, because a
 * timer and an AbortController of its own would cost a send over UDP more than the send.
 */
export interface Deadlines<T> {
  /** `item` starts now: the signal that aborts at its deadline, at most a twentieth of it late. */
  start(item: T): AbortSignal
  /** `item` is through. */
  done(item: T): void
  /** How many are under way. */
  size(): number
  /** Aborts everything under way and stops the timers. */
  close(): void
}

interface Window<T> {
  readonly opened: number
  readonly items: Set<T>
  readonly controller: AbortController
  readonly cancel: () => void
}

/** After a deadline, how long a link may take to settle by itself before its answer no longer counts. */
const graceMs = 250

/** `overdue` is told of each item that its link did not settle even after its signal aborted. */
export function openDeadlines<T>(
  clock: Clock,
  timeoutMs: number,
  overdue: (item: T) => void,
): Deadlines<T> {
  const widthMs = timeoutMs / 20
  const windows = new Set<Window<T>>()
  const windowOf = new Map<T, Window<T>>()
  let newest: Window<T> | null = null

  function open(now: number): Window<T> {
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    let cancelGrace = () => {}
    const cancelDeadline = clock.after(timeoutMs + widthMs, () => {
      controller.abort(new Error(`no answer within ${timeoutMs} ms`))
      cancelGrace = clock.after(graceMs, () => {
        for (const item of window.items) {
          done(item)
          overdue(item)
        }
      })
    })
    const cancel = () => {
      cancelDeadline()
      cancelGrace()
    }
    const window: Window<T> = { opened: now, items: new Set(), controller, cancel }
    windows.add(window)
    return window
  }

  function done(item: T): void {
    const window = windowOf.get(item)
    if (window === undefined) return
    windowOf.delete(item)
    window.items.delete(item)
    if (window.items.size > 0 || window === newest) return
    window.cancel()
    windows.delete(window)
  }

  return {
    start(item) {
      const now = clock.now()
      if (newest === null || now - newest.opened >= widthMs || newest.controller.signal.aborted) {
        const last = newest
        newest = open(now)
        if (last !== null && last.items.size === 0) {
          last.cancel()
          windows.delete(last)
        }
      }
      newest.items.add(item)
      windowOf.set(item, newest)
      return newest.controller.signal
    },
    done,
    size: () => windowOf.size,
    close() {
      for (const window of windows) {
        window.cancel()
        window.controller.abort(new Error('the hub is stopping'))
      }
      windows.clear()
    },
  }
}
