import { openComeback } from './comeback.ts'

/** Knows whether a device is there that says nothing by itself, and looks for it while it is away. */
export interface Lookout {
  readonly up: boolean
  /** It answered. */
  found(): void
  /** It did not. */
  lost(why: string): void
  close(): void
}

/**
 * Looks at once, and after that only while it is away.
 * @param look null where it is there, else why not; it MUST settle soon after its signal aborts, and never reject
 * @param changed is told at every look that failed, and once when it is there
 */
export function openLookout(
  look: (signal: AbortSignal) => Promise<string | null>,
  changed: (up: boolean, why: string) => void,
): Lookout {
  const closing = new AbortController()
  let up = false
  let waiting: NodeJS.Timeout | null = null
  const comeback = openComeback()

  function found(): void {
    if (closing.signal.aborted || up) return
    up = true
    comeback.served()
    if (waiting !== null) clearTimeout(waiting)
    waiting = null
    changed(true, '')
  }

  function lost(why: string): void {
    if (closing.signal.aborted) return
    up = false
    changed(false, why)
    if (waiting !== null) return
    waiting = setTimeout(again, comeback.waitMs())
  }

  function again(): void {
    waiting = null
    void look(closing.signal).then((why) => {
      if (why === null) found()
      else if (!up) lost(why)
    })
  }

  again()
  return {
    get up() {
      return up
    },
    found,
    lost,
    close() {
      closing.abort()
      if (waiting !== null) clearTimeout(waiting)
      waiting = null
    },
  }
}
