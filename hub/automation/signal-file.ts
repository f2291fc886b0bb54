import { accessSync, constants, statSync, unwatchFile, watchFile, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../bus/clock.ts'
import type { Heard, Listener, Reachable } from './listener.ts'

/** How often a file is looked at: it works on network shares, where nobody is told. Milliseconds. */
const lookMs = 500

/** How often is looked whether it could be seen at all. Milliseconds. */
const reachMs = 5000

/** Tells when a file is there, is gone, or has changed. What is there at the start is no news; one that is not there is no fault. */
export function listenToFile(
  path: string,
  heard: Heard,
  reachable: Reachable,
  clock: Clock,
): Listener {
  let cancel = () => {}
  const reach = () => {
    reachable(faultOf(path))
    cancel = clock.after(reachMs, reach)
  }
  reach()
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
    cancel()
    unwatchFile(path, changed)
    return Promise.resolve()
  }
}

/** Why nobody could tell whether it is there, or read it; null where somebody can. */
function faultOf(path: string): string | null {
  try {
    const folder = dirname(path)
    accessSync(folder, constants.R_OK | constants.X_OK)
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) accessSync(path, constants.R_OK)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
