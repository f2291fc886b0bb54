import { LogError, type Cutting, type EventLog } from '../log.ts'
import { connect, type Connection } from './connection.ts'
import { faultOf, isRefusal } from './fault.ts'
import { addressOf, commandTimeoutMs, keyOf, type RedisLogOptions } from './options.ts'
import { readLines } from './read.ts'
import { besideKeyOf, readTexts } from './sidecar.ts'
import type { Asked } from './stream.ts'
import { readBase } from './trim.ts'

/** A view of a site's stream for those who only read it, beside its hubs or without any; nothing is ever written. */
export interface RedisView extends Pick<EventLog, 'read'>, Pick<Cutting, 'base'> {
  /** What is kept beside the stream; nothing for a user who may not read it. */
  texts(): Promise<ReadonlyMap<string, string>>
  /** Ends its connection, which one of the others makes again. */
  close(): Promise<void>
}

/** Opens nothing yet: one connection is made when something is asked, and kept for what is asked next. */
export function readRedisLog(options: RedisLogOptions): RedisView {
  const address = addressOf(options.servers)
  let kept: Promise<Connection> | null = null

  function connected(): Promise<Connection> {
    if (kept !== null) return kept
    const made = connect(options, options.commandTimeoutMs ?? commandTimeoutMs)
    kept = made
    const forget = () => {
      if (kept === made) kept = null
    }
    made.then(({ ended }) => ended.then(forget), forget)
    return made
  }

  const call: Asked['call'] = async (...command) => {
    const connection = await connected()
    try {
      return await connection.call(...command)
    } catch (cause) {
      throw faultOf(cause, address)
    }
  }

  /** What `read` gives; `nothing` for a user without the right to. */
  async function allowed<T>(read: Promise<T>, nothing: T): Promise<T> {
    try {
      return await read
    } catch (error) {
      if (error instanceof LogError && isRefusal(error.cause)) return nothing
      throw error
    }
  }

  const source = { key: keyOf(options.site), connection: { call } }
  return {
    texts: () => allowed(readTexts({ call }, besideKeyOf(options.site)), new Map()),
    base: () => allowed(readBase(source), null),
    read: (after, signal) => readLines(() => source, after, signal),
    async close() {
      const connection = await kept?.catch(() => null)
      connection?.drop()
    },
  }
}
