import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { ReadRevision } from '@eventstore/db-client'
import { LogError } from '../log.ts'
import type { Connection } from './client.ts'
import { type Line, lineFrom, type Sent } from './event.ts'
import { type Fault, faultOf, Unclear } from './fault.ts'

/** 256 lines: at some hundred bytes each a round trip carries about 100 kB, and at worst 256 MiB. */
export const pageLines = 256

/** 5 s: longer than any answer of a server that works, shorter than a person waits. */
const longestAnswerMs = 5000

const firstPauseMs = 20
const lastPauseMs = 1000

/** One stream of the server, line by line. Lines are numbered from 1. */
export interface Stream {
  readonly connection: Connection
  readonly name: string
  /** How long it is tried again where the server gives no clear answer. Milliseconds. */
  readonly patienceMs: number
}

/** The name of a site's stream: what stands before the first `-` is its category, so `$ce-ifJournal` is all sites. */
export function streamOf(site: string): string {
  return `ifJournal-${site}`
}

/** What became of one append. */
export type Sending = { readonly type: 'stored' } | Exclude<Fault, { type: 'missing' }>

/** Sends `events` to become the lines after `count`, all or none, once. */
export async function send(
  { connection, name, patienceMs }: Stream,
  count: number,
  events: readonly Sent[],
): Promise<Sending> {
  try {
    await connection.client.appendToStream(
      name,
      events.map(({ event }) => event),
      {
        expectedRevision: count === 0 ? 'no_stream' : BigInt(count - 1),
        requiresLeader: true,
        deadline: Math.min(longestAnswerMs, patienceMs),
      },
    )
    return { type: 'stored' }
  } catch (error) {
    const fault = faultOf(error, connection.server, name)
    return fault.type === 'missing' ? { type: 'conflict' } : fault
  }
}

/**
 * At most `count` lines from `from` on, in order, or backwards; of the leader, so nothing that was stored is missing.
 * Asked once. @throws LogError, {@link Unclear} where the server did not answer
 */
export function readOnce(
  { connection, name, patienceMs }: Stream,
  from: number | 'end',
  direction: 'forwards' | 'backwards',
  count: number,
): Promise<readonly Line[]> {
  const fromRevision: ReadRevision = from === 'end' ? from : BigInt(from - 1)
  return new Promise((resolve, reject) => {
    const lines: Line[] = []
    const reading = connection.client.readStream(name, {
      fromRevision,
      direction,
      maxCount: count,
      requiresLeader: true,
    })
    const end = (fault: Fault | null) => {
      clearTimeout(deadline)
      if (fault === null || fault.type === 'missing') resolve(lines)
      else if (fault.type === 'conflict') reject(new LogError('io', 'a read met a conflict'))
      else reject(fault.error)
      // also after a fault: a call that nobody reads must not stay open; the first outcome counts
      void reading.cancel().catch(() => undefined)
    }
    // the client gives reads no deadline of its own
    const deadline = setTimeout(
      () => end(faultOf(new Error('no answer in time'), connection.server, name)),
      Math.min(longestAnswerMs, patienceMs),
    )
    reading.on('data', (resolved) => {
      try {
        lines.push(lineFrom(resolved))
      } catch (error) {
        if (!(error instanceof LogError)) throw error
        end({ type: 'refused', error })
      }
    })
    reading.on('end', () => end(null))
    reading.on('error', (error) => end(faultOf(error, connection.server, name)))
  })
}

/** As {@link readOnce}, asked again for as long as the stream is patient. @throws LogError */
export async function read(
  stream: Stream,
  from: number | 'end',
  direction: 'forwards' | 'backwards',
  count: number,
): Promise<readonly Line[]> {
  const again = patience(stream.patienceMs)
  for (;;)
    try {
      return await readOnce(stream, from, direction, count)
    } catch (error) {
      if (!(error instanceof Unclear) || !(await again())) throw error
    }
}

/** The number of the newest line; 0 for a stream without any. @throws LogError */
export async function newest(stream: Stream): Promise<number> {
  const [last] = await read(stream, 'end', 'backwards', 1)
  return last?.line ?? 0
}

/** Pauses, longer from time to time, and says whether to try again: no more after `ms`. */
export function patience(ms: number): () => Promise<boolean> {
  const until = performance.now() + ms
  let pauseMs = firstPauseMs
  return async () => {
    if (performance.now() + pauseMs > until) return false
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 2, lastPauseMs)
    return true
  }
}
