import { unwatchFile, watchFile, type Stats } from 'node:fs'
import type { Heard, Listener } from './listener.ts'

/** How often a file is looked at: it works on network shares, where nobody is told. Milliseconds. */
const lookMs = 500

/** Tells when a file is there, is gone, or has changed. What is there at the start is no news. */
export function listenToFile(path: string, heard: Heard): Listener {
  const changed = (now: Stats, before: Stats) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size) return
    const isThere = now.mtimeMs > 0
    heard(
      path,
      { exists: isThere, size: now.size, changedAt: Math.round(now.mtimeMs) },
      `file:${path}`,
    )
  }
  watchFile(path, { interval: lookMs, persistent: false }, changed)
  return () => {
    unwatchFile(path, changed)
    return Promise.resolve()
  }
}
