import type { EventLog } from '../log.ts'
import { connect } from './connection.ts'
import { faultOf, isRefusal } from './fault.ts'
import { addressOf, commandTimeoutMs, keyOf, type RedisLogOptions } from './options.ts'
import { readLines } from './read.ts'
import { besideKeyOf, readTexts } from './sidecar.ts'
import type { Asked } from './stream.ts'

/**
 * A view of a site's stream for those who only read it, beside its hubs or without any: each read has a connection of its own,
 * which ends with it, and nothing is ever written. Nothing to close.
 */
export function readRedisLog(
  options: RedisLogOptions,
): Pick<EventLog, 'read'> & { texts(): Promise<ReadonlyMap<string, string>> } {
  const address = addressOf(options.servers)
  return {
    /** What is kept beside the stream; nothing for a user who may not read it. */
    async texts() {
      const connection = await connect(options, options.commandTimeoutMs ?? commandTimeoutMs)
      try {
        return await readTexts(connection, besideKeyOf(options.site))
      } catch (cause) {
        if (isRefusal(cause)) return new Map()
        throw faultOf(cause, address)
      } finally {
        connection.drop()
      }
    },
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
