import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../bus/clock.ts'

/** How often a running hub leaves a sign of life. Milliseconds. */
const signMs = 2000

/**
 * A sign of life beside the journal: after a crash it tells how long the hub was away, which decides whether a macro's
 * run is still worth resuming. Not part of the record: without it the hub counts as away for ever.
 */
export function openAlive(data: string, clock: Clock): { readonly awayMs: number; close(): void } {
  const path = join(data, 'alive')
  const awayMs = clock.now() - lastSign(path)
  let cancel = () => {}
  const sign = () => {
    try {
      writeFileSync(path, String(clock.now()))
    } catch {
      // the disk may be full: the next sign comes in two seconds, and a run is abandoned rather than resumed late
    }
    cancel = clock.after(signMs, sign)
  }
  sign()
  return { awayMs: Math.max(0, awayMs), close: () => cancel() }
}

function lastSign(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0
  } catch {
    return 0 // the first start
  }
}
