import { randomUUID } from 'node:crypto'
import type { HubSign, Presence } from '../lease/presence.ts'
import { LogError } from '../log.ts'
import { connect, type Connection } from './connection.ts'
import { faultOf } from './fault.ts'
import { addressOf, commandTimeoutMs, type RedisLogOptions } from './options.ts'

/**
 * Signs of life as keys that the server forgets by itself: `if:{<site>}:hub:<name>`, and their names in the set
 * `if:{<site>}:hubs`. On a connection of its own, made again when it breaks.
 */
export function openRedisPresence(options: RedisLogOptions, ttlMs: number): Presence {
  const instance = randomUUID()
  const prefix = `if:{${options.site}}:hub`
  const keyOf = (hub: string) => `${prefix}:${hub}`
  const address = addressOf(options.servers)
  // longer than the rest of a sign's life is of no use
  const timeoutMs = Math.min(options.commandTimeoutMs ?? commandTimeoutMs, ttlMs / 2)
  let connection: Connection | null = null
  let mine: string | null = null

  async function call(...command: Parameters<Connection['call']>): Promise<unknown> {
    connection ??= await connect(options, timeoutMs)
    return connection.call(...command)
  }

  /** Puts `text` in this hub's place. @throws LogError `locked` where another process has it */
  async function put(hub: string, text: string): Promise<void> {
    const life = ['PX', ttlMs] as const
    const known = signOf(await call('GET', keyOf(hub)))
    const isMine = known?.instance === instance
    if (known !== null && !isMine)
      throw new LogError(
        'locked',
        `another process is the hub ${hub} of this site, at ${known.sign.url || 'an unknown address'}: give one of the two another name (the config's 'hub')`,
      )
    if ((await call('SET', keyOf(hub), text, isMine ? 'XX' : 'NX', ...life)) === null)
      return put(hub, text) // it changed between the two: it expired, or somebody else was faster
  }

  async function all(): Promise<readonly HubSign[]> {
    const names = texts(await call('SMEMBERS', `${prefix}s`))
    const values = await call('MGET', ...(names.map(keyOf) as [string, ...string[]]))
    const signs = Array.isArray(values) ? (values as readonly unknown[]).map(signOf) : []
    const gone = names.filter((_, i) => signs[i] === null)
    if (gone.length > 0) await call('SREM', `${prefix}s`, ...gone)
    return signs.flatMap((known) => known?.sign ?? [])
  }

  return {
    ttlMs,
    async beat(sign) {
      try {
        await put(sign.hub, JSON.stringify({ instance, sign }))
        await call('SADD', `${prefix}s`, sign.hub)
        mine = sign.hub
        return await all()
      } catch (cause) {
        if (cause instanceof LogError && cause.code === 'locked') throw cause
        connection?.drop()
        connection = null
        throw faultOf(cause, address)
      }
    },
    async leave() {
      try {
        if (mine !== null) await call('DEL', keyOf(mine))
      } catch {
        // it expires by itself
      }
    },
    close() {
      connection?.drop()
      connection = null
      return Promise.resolve()
    },
  }
}

interface Known {
  readonly instance: string
  readonly sign: HubSign
}

/** What stands at a hub's key; null for nothing, and for what no hub wrote. */
function signOf(reply: unknown): Known | null {
  if (!Buffer.isBuffer(reply)) return null
  try {
    const { instance, sign } = JSON.parse(reply.toString()) as Partial<Known> // looked at in the next line
    return typeof instance === 'string' && typeof sign?.hub === 'string' ? { instance, sign } : null
  } catch {
    return null
  }
}

function texts(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? (reply as readonly unknown[]).map(String) : []
}
