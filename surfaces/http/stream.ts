import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Entries } from './after.ts'
import { problemOf } from './problem-of.ts'

/** How soon a browser connects again, ms: a restarted hub is back within a second. */
const retryMs = 1000

/**
 * Writes entries as server-sent events (WHATWG HTML, section 9.2) until `signal` aborts. The next entry is asked for
 * only when the connection took the one before, so a slow reader costs one buffer and loses nothing. A comment each
 * `heartbeatMs` shows proxies and readers that the line is alive.
 */
export async function streamEntries(
  entries: Entries,
  to: ServerResponse,
  { signal, heartbeatMs }: { readonly signal: AbortSignal; readonly heartbeatMs: number },
): Promise<void> {
  to.write(`retry: ${retryMs}\n\n`)
  const heartbeat = setInterval(() => {
    if (!to.writableNeedDrain && !to.destroyed) to.write(': \n\n')
  }, heartbeatMs)
  try {
    let next = await entries.first
    while (next.done !== true && !signal.aborted && !to.destroyed) {
      const { value } = next
      if (!to.write(`id: ${value.position}\ndata: ${JSON.stringify(value)}\n\n`))
        await once(to, 'drain', { signal })
      next = await entries.next()
    }
  } catch (error) {
    // the status line is long gone: the stream itself says why it ends
    if (!signal.aborted) to.write(`event: problem\ndata: ${JSON.stringify(problemOf(error))}\n\n`)
  } finally {
    clearInterval(heartbeat)
    to.end()
  }
}
