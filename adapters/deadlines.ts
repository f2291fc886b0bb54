import { setMaxListeners } from 'node:events'
import type { Clock } from '../bus/clock.ts'

/**
 * Deadlines of sends, many at the price of one: all sends of a short window, to whatever device, share one timer and
 * one signal, because a timer and an AbortController of its own would cost a send over UDP more than the send.
 */
export interface Deadlines {
  /**
   * `item` starts now: the signal that aborts at its deadline, at most a twentieth of it late. `overdue` is called
   * where its link does not settle it even then.
   */
  start<T extends object>(item: T, overdue: (item: T) => void): AbortSignal
  /** `item` is through, or nobody waits for it any more. */
  done(item: object): void
  /** Aborts everything under way and stops the timers. */
  close(): void
}

interface Window {
  readonly opened: number
  readonly items: Map<object, () => void>
  readonly controller: AbortController
  readonly cancel: () => void
}

/** After a deadline, how long a link may take to settle by itself before its answer no longer counts. */
const graceMs = 250

export function openDeadlines(clock: Clock, timeoutMs: number): Deadlines {
  const widthMs = timeoutMs / 20
  const windows = new Set<Window>()
  const windowOf = new Map<object, Window>()
  let newest: Window | null = null

  function open(now: number): Window {
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    let cancelGrace = () => {}
    const cancelDeadline = clock.after(timeoutMs + widthMs, () => {
      controller.abort(new Error(`no answer within ${timeoutMs} ms`))
      cancelGrace = clock.after(graceMs, () => {
        for (const [item, overdue] of window.items) {
          done(item)
          overdue()
        }
        windows.delete(window)
      })
    })
    const cancel = () => {
      cancelDeadline()
      cancelGrace()
    }
    const window: Window = { opened: now, items: new Map(), controller, cancel }
    windows.add(window)
    return window
  }

  function done(item: object): void {
    const window = windowOf.get(item)
    if (window === undefined) return
    windowOf.delete(item)
    window.items.delete(item)
    if (window !== newest) drop(window)
  }

  /** A window that nothing hangs on needs no timer. */
  function drop(window: Window): void {
    if (window.items.size > 0) return
    window.cancel()
    windows.delete(window)
  }

  return {
    start(item, overdue) {
      const now = clock.now()
      if (newest === null || now - newest.opened >= widthMs || newest.controller.signal.aborted) {
        const last = newest
        newest = open(now)
        if (last !== null) drop(last)
      }
      newest.items.set(item, () => overdue(item))
      windowOf.set(item, newest)
      return newest.controller.signal
    },
    done,
    close() {
      for (const window of windows) {
        window.cancel()
        window.controller.abort(new Error('the hub is stopping'))
      }
      windows.clear()
    },
  }
}
