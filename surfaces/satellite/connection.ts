import type { Duplex } from 'node:stream'
import { failed } from '../../intents/failure.ts'
import { beside } from '../../wire/beside.ts'
import { lineDeframer } from '../../wire/lines.ts'
import { maxUnanswered } from '../streams.ts'
import type { SurfaceHost } from '../surface.ts'
import { clientOf } from './client.ts'
import { lineOf } from './line.ts'
import { greeting, openSession, type SessionOptions } from './session.ts'

/** 2 MiB: the protocol's limit. */
const maxLineBytes = 2 * 1024 * 1024
/** A client that pings does so every few seconds; silent for so long, its cable is out. Milliseconds. */
const silentMs = 15_000

/** What stands behind the words of a request of a browser. It is no client, whatever its body says. */
const request = / HTTP\/\d\.\d\s*$/

/** Serves one client until its connection ends. `from`: `127.0.0.1:53211`. */
export async function serve(
  host: SurfaceHost,
  stream: Duplex,
  chunks: AsyncIterable<Buffer>,
  {
    from,
    gone,
    ...options
  }: SessionOptions & { readonly from: string; readonly gone: AbortSignal },
): Promise<void> {
  const source = `satellite:${from}`
  const client = clientOf(stream, source, gone)
  const session = openSession(host, client, options)
  const deframer = lineDeframer(maxLineBytes)
  let heardAt = performance.now()
  let pings = false
  // a timer of its own: a cable that was pulled says nothing, and what was held there must be let go
  const watch = setInterval(() => {
    if (pings && performance.now() - heardAt > silentMs) stream.destroy()
  }, silentMs / 3)
  const off = new Promise<never>((_, reject) => {
    if (gone.aborted) reject(new Error('gone'))
    else gone.addEventListener('abort', () => reject(new Error('gone')), { once: true })
  })
  const unlessGone = beside(off)
  /** The answers that are not written yet, oldest first. */
  const unanswered: Promise<void>[] = []
  let last = Promise.resolve()
  const reply = async (before: Promise<void>, answer: Promise<string | null>) => {
    const line = await answer
    await before
    if (line !== null) client.write(line)
  }
  try {
    client.write(greeting('InfraFabric', options))
    for await (const chunk of chunks) {
      heardAt = performance.now()
      for (const line of deframer.push(chunk)) {
        if (!line.ok || request.test(line.text)) {
          const why = line.ok ? 'this is no web server' : line.detail
          host.rejected(source, failed('malformed', why))
          client.write(lineOf('ERROR', { MESSAGE: why }))
          return
        }
        pings ||= /^PING\b/i.test(line.text)
        const answer = session.take(line.text)
        if (answer === null) continue
        last = reply(last, Promise.resolve(answer))
        last.catch(() => {}) // seen by the wait below
        unanswered.push(last)
        // not reading on is what slows down a sender, and one who does not read the answers
        if (unanswered.length >= maxUnanswered) await unlessGone(unanswered.shift() ?? last)
        if (stream.writableNeedDrain) await client.ready()
      }
    }
    await unlessGone(last)
  } finally {
    clearInterval(watch)
    session.close()
  }
}
