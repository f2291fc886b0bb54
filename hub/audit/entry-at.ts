import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import { LogError, type EventLog, type Position } from '../../bus/log.ts'

/** How far the clocks of a log's server and of its hubs may differ. Milliseconds. */
const skewMs = 120_000

/** The entry at a position; null where the log has none there (any more). @throws LogError where the log cannot be read */
export async function entryAt(
  log: Pick<EventLog, 'read' | 'before' | 'compare'>,
  text: string,
): Promise<Recorded | null> {
  const position = text as Position // the log says whether it is one
  try {
    for await (const stored of log.read(
      await placeBefore(log, text),
      new AbortController().signal,
    )) {
      if (stored.position === position) return decodeEntry(stored)
      if (log.compare(stored.position, position) > 0) return null
    }
    return null
  } catch (error) {
    if (error instanceof LogError && error.code === 'position') return null
    throw error
  }
}

/** Some position not long before it: the line before, or where a server's own clock says. */
async function placeBefore(log: Pick<EventLog, 'before'>, text: string): Promise<Position | null> {
  const ms = /^(\d{1,15})-\d{1,15}\.\d{1,15}$/.exec(text)?.[1]
  if (ms !== undefined) return log.before(Number(ms) - skewMs)
  return (
    text === '1' ? null : /^\d{1,15}$/.test(text) ? String(Number(text) - 1) : text
  ) as Position
}
