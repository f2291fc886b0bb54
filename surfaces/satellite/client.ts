import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { either } from '../../wire/either.ts'

/** The other end of a connection, whichever way it came. */
export interface Client {
  /** `satellite:127.0.0.1:4711`: what is recorded with each intent. */
  readonly source: string
  /** Aborts when the connection is closed. */
  readonly gone: AbortSignal
  /** Dropped where the connection is gone already. */
  write(line: string): void
  /**
   * Resolves when the connection takes more. One that takes nothing for half a minute is closed.
   * Rejects when the connection is gone.
   */
  ready(): Promise<void>
  /** One after the other, each when the connection takes more: so one bitmap waits there, and no more. */
  inTurn(draw: () => Promise<void>): Promise<void>
  hangUp(): void
}

/** 30 s: a reader that takes nothing for so long is stuck, and its memory is given back. */
const stuckMs = 30_000

export function clientOf(
  stream: Duplex,
  source: string,
  gone: AbortSignal,
  stuckAfterMs = stuckMs,
): Client {
  let turn = Promise.resolve()
  let waiting: Promise<void> | null = null

  async function drained(): Promise<void> {
    const { signal, done } = either([gone], stuckAfterMs)
    try {
      await once(stream, 'drain', { signal })
    } catch (cause) {
      stream.destroy()
      throw cause
    } finally {
      done()
      waiting = null
    }
  }

  const ready = () => {
    if (gone.aborted) return Promise.reject(gone.reason as Error)
    return stream.writableNeedDrain ? (waiting ??= drained()) : Promise.resolve()
  }
  return {
    source,
    gone,
    write(line) {
      if (!stream.destroyed && stream.writable) stream.write(line)
    },
    ready,
    inTurn(draw) {
      const mine = turn.then(ready).then(draw)
      // whoever asked is told; the next one's turn comes all the same
      turn = mine.catch(() => {})
      return mine
    },
    hangUp: () => void stream.end(),
  }
}
