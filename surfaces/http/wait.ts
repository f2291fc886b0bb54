import type { Writable } from 'node:stream'
import type { IntentId } from '../../intents/id.ts'
import type { Console } from './console.ts'
import { lifetime } from './lifetime.ts'

/**
 * Waits until every intent has ended, but not longer than `timeoutMs`, nor for a peer that has gone, nor for a
 * server that closes. The caller looks at what became of them.
 */
export async function waitForEnds(
  hub: Console,
  ids: readonly IntentId[],
  limits: { readonly timeoutMs: number; readonly peer: Writable; readonly closing: AbortSignal },
): Promise<void> {
  const { signal, end } = lifetime(limits.peer, limits.closing)
  const timer = setTimeout(end, limits.timeoutMs)
  try {
    await Promise.all(ids.map((id) => hub.ended(id, signal)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    end()
  }
}
