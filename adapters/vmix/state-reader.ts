import type { Agent } from 'node:http'
import type { Connection } from './connection.ts'
import { readHttpState } from './http-state.ts'
import type { Picture } from './picture.ts'
import { shown } from './protocol.ts'
import { parseState } from './state.ts'

/** Reads vMix's whole state into the picture, for the life of one connection. */
export interface StateReader {
  readonly by: 'HTTP' | 'TCP'
  /** The read under way, or a new one. @throws Error the state cannot be read */
  read(): Promise<void>
  /** A read that begins after this call. @throws Error the state cannot be read */
  fresh(): Promise<void>
}

export interface StateReaderOptions {
  readonly connection: Connection
  readonly host: string
  readonly httpPort: number
  readonly replyMs: number
  readonly agent: Agent
  readonly picture: Picture
  /** Called after each read. */
  readonly done: () => void
}

/**
 * By HTTP, which leaves the TCP connection to the functions; once that fails, by the `XML` command for the rest of
 * the connection's life, because many studios keep the web controller off or behind a password.
 */
export function createStateReader(options: StateReaderOptions): StateReader {
  const { connection, picture } = options
  let by: 'HTTP' | 'TCP' = 'HTTP'
  let under: Promise<void> | null = null

  const take = (xml: string, began: number) => {
    const parsed = parseState(xml)
    if (!parsed.ok) throw new Error(`vMix's state cannot be read: ${parsed.detail}`)
    if (connection.over === null) picture.read(parsed.snapshot, began)
    options.done()
  }
  const once = async () => {
    if (by === 'HTTP') {
      try {
        const began = picture.moment()
        const { host, httpPort, agent, replyMs } = options
        const deadlineMs = Math.min(replyMs, maxHttpMs)
        return take(await readHttpState({ host, httpPort, agent, deadlineMs }), began)
      } catch {
        // nothing is lost: the same state is asked for over TCP, and `test` says which way it comes
        by = 'TCP'
      }
    }
    const began = picture.moment()
    const reply = await connection.request('XML', 'XML')
    if (reply.status !== 'data')
      throw new Error(`vMix refused XML: ${shown(reply.text) || 'no reason given'}`)
    take(reply.data, began)
  }
  const read = () => (under ??= once().finally(() => (under = null)))

  return {
    get by() {
      return by
    },
    read,
    fresh: async () => {
      // its failure is told to whoever began it
      if (under !== null) await under.catch(() => undefined)
      await read()
    },
  }
}

/** One second: a web controller that needs longer on a local network holds up more than it helps. */
const maxHttpMs = 1000
