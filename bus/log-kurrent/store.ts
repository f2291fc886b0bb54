import { LogError } from '../log.ts'
import type { Line, Sent } from './event.ts'
import { Unclear } from './fault.ts'
import { patience, readOnce, send, type Stream } from './stream.ts'

/** What became of lines that were to be stored after a given one. `stored`: how many of them are, from the first on. */
export type Storing =
  | { readonly type: 'stored' }
  /** Where ours belong stands somebody else's line `by`. */
  | { readonly type: 'taken'; readonly stored: number; readonly by: Line }
  /** The stream ends before `count`: the server has lost lines that were there. */
  | { readonly type: 'lost'; readonly stored: number }
  /** `unclear`: they may still be stored, though in no other place than this one. */
  | {
      readonly type: 'failed'
      readonly stored: number
      readonly unclear: boolean
      readonly error: LogError
    }

/**
 * Stores `events` as the lines after `count`, each once, whatever happens in between: the expected revision lets them be
 * stored in no other place, and after a failure what stands in that place tells by its ids whether it is ours.
 */
export async function storeAfter(
  stream: Stream,
  count: number,
  events: readonly Sent[],
): Promise<Storing> {
  const again = patience(stream.patienceMs)
  let stored = 0
  let unclear = false
  for (;;) {
    const rest = events.slice(stored)
    const sending = await send(stream, count + stored, rest)
    if (sending.type === 'stored') return sending
    if (sending.type === 'refused') return { type: 'failed', stored, unclear, error: sending.error }
    if (sending.type === 'unclear') unclear = true
    const found = await look(stream, count + stored + 1, rest.length)
    if (!(found instanceof LogError)) {
      const ours = found.findIndex(({ id }, i) => id !== rest[i]?.event.id)
      stored += ours === -1 ? found.length : ours
      if (stored === events.length) return { type: 'stored' }
      const by = ours === -1 ? undefined : found[ours]
      if (by !== undefined) return { type: 'taken', stored, by }
      if (sending.type === 'conflict' && found.length === 0) return { type: 'lost', stored }
    } else if (!(found instanceof Unclear)) return { type: 'failed', stored, unclear, error: found }
    const error =
      sending.type === 'unclear'
        ? sending.error
        : new LogError('io', `${stream.connection.server}: the server contradicts itself`)
    if (!(await again())) return { type: 'failed', stored, unclear, error }
  }
}

async function look(
  stream: Stream,
  from: number,
  count: number,
): Promise<readonly Line[] | LogError> {
  try {
    return await readOnce(stream, from, 'forwards', count)
  } catch (error) {
    if (error instanceof LogError) return error
    throw error
  }
}
