import type { Cutting, EventLog } from '../log.ts'
import { connect } from './connection.ts'
import { faultOf, isRefusal } from './fault.ts'
import { addressOf, commandTimeoutMs, keyOf, type RedisLogOptions } from './options.ts'
import { readLines } from './read.ts'
import { besideKeyOf, readTexts } from './sidecar.ts'
import type { Asked } from './stream.ts'
import { readBase } from './trim.ts'

/**
 * A view of a site's stream for those who only read it, beside its hubs or without any: each read has a connection of its own,
 * which ends with it, and nothing is ever written. Nothing to close.
 */
export function readRedisLog(options: RedisLogOptions): Pick<EventLog, 'read'> &
  Pick<Cutting, 'base'> & {
    texts(): Promise<ReadonlyMap<string, string>>
  } {
  const address = addressOf(options.servers)

  /** On a connection of its own; `nothing` for a user without the right to. */
  async function ask<T>(what: (call: Asked['call']) => Promise<T>, nothing: T): Promise<T> {
    const connection = await connect(options, options.commandTimeoutMs ?? commandTimeoutMs)
    try {
      return await what((...command) => connection.call(...command))
    } catch (cause) {
      if (isRefusal(cause)) return nothing
      throw faultOf(cause, address)
    } finally {
      connection.drop()
    }
  }

  return {
    /** What is kept beside the stream; nothing for a user who may not read it. */
    texts: () => ask((call) => readTexts({ call }, besideKeyOf(options.site)), new Map()),
    base: () => ask((call) => readBase({ key: keyOf(options.site), connection: { call } }), null),
    async *read(after, signal) {
      const connection = await connect(options, options.commandTimeoutMs ?? commandTimeoutMs)
      const call: Asked['call'] = async (...command) => {
        try {
          return await connection.call(...command)
        } catch (cause) {
          throw faultOf(cause, address)
        }
      }
      try {
        const source = { key: keyOf(options.site), connection: { call } }
        yield* readLines(() => source, after, signal)
      } finally {
        connection.drop()
      }
    },
  }
}
