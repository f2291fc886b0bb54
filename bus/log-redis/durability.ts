import { connect, infoOf } from './connection.ts'
import { addressOf, commandTimeoutMs, type RedisLogOptions } from './options.ts'

/** What the server's settings can lose of the log. */
export interface ServerDurability {
  /** `bad`: an ordinary restart or crash of the server loses entries. */
  readonly state: 'good' | 'bad'
  readonly detail: string
  /** What to set; null where nothing need be. */
  readonly fix: string | null
}

/** What a server tells of how it keeps data; null: it does not say (no right to CONFIG GET). */
interface Settings {
  readonly appendonly: boolean
  readonly appendfsync: string | null
  readonly save: string | null
  readonly policy: string | null
  readonly aofStatus: string
}

const fix =
  'on the server: CONFIG SET appendonly yes, CONFIG SET appendfsync everysec (or always), CONFIG REWRITE'

/**
 * Asks the server what it can lose. @throws LogError where it cannot be reached
 */
export async function serverDurability(options: RedisLogOptions): Promise<ServerDurability> {
  const connection = await connect(options, options.commandTimeoutMs ?? commandTimeoutMs)
  try {
    const info = infoOf(await connection.call('INFO'))
    const setting = async (name: string) => {
      const reply = await connection.call('CONFIG', 'GET', name).catch(() => null) // not allowed: INFO must do
      return Array.isArray(reply) && reply[1] !== undefined ? String(reply[1]) : null
    }
    return lossOf(addressOf(options.servers), {
      appendonly: info.get('aof_enabled') === '1',
      aofStatus: info.get('aof_last_write_status') ?? 'ok',
      appendfsync: await setting('appendfsync'),
      save: await setting('save'),
      policy: info.get('maxmemory_policy') ?? null,
    })
  } finally {
    connection.drop()
  }
}

/** In words with numbers: what the death of the server's process and of its power lose. */
function lossOf(address: string, settings: Settings): ServerDurability {
  const { appendonly, appendfsync, save, policy, aofStatus } = settings
  if (policy !== null && policy !== 'noeviction' && policy !== '')
    return {
      state: 'bad',
      detail: `${address} may throw the whole log away when its memory is full (maxmemory-policy ${policy})`,
      fix: 'on the server: CONFIG SET maxmemory-policy noeviction, CONFIG REWRITE',
    }
  if (!appendonly) {
    const since =
      save === null
        ? 'everything since its newest snapshot'
        : save === ''
          ? 'everything'
          : `everything since its newest snapshot (save ${save})`
    return {
      state: 'bad',
      detail: `${address} writes no append-only file: when its process ends unexpectedly, ${since} is lost`,
      fix,
    }
  }
  if (aofStatus !== 'ok')
    return {
      state: 'bad',
      detail: `${address} could not write its append-only file the last time it tried`,
      fix: 'free space on the server’s disk, and look at its log',
    }
  switch (appendfsync) {
    case 'always':
      return {
        state: 'good',
        detail: `${address} loses nothing acknowledged (appendfsync always)`,
        fix: null,
      }
    case 'no':
      return {
        state: 'bad',
        detail: `${address} leaves writing to its system (appendfsync no): a power loss takes about the newest 30 s, the death of its process nothing`,
        fix,
      }
    case 'everysec':
      return {
        state: 'good',
        detail: `${address} loses up to about 2 s with its power, and nothing with its process (appendfsync everysec)`,
        fix: null,
      }
    default:
      return {
        state: 'good',
        detail: `${address} writes an append-only file; how often it is synced it does not tell this user: with everysec a power loss takes up to about 2 s`,
        fix: null,
      }
  }
}
