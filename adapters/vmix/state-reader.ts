import type { Agent } from 'node:http'
import { beside } from '../../wire/beside.ts'
import { failed } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
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
  /** The same in the background; a state that cannot be read ends the connection. */
  soon(): void
  /** The same for many who wait at once: one read is for all of them. */
  often(): void
  /** The same for one that is to be sent after it. @throws DeliveryError nothing was sent */
  look(signal: AbortSignal): Promise<void>
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
  let readAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | null = null
  void connection.ended().then(() => clearTimeout(timer ?? undefined))

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
  const orOver = beside(connection.ended().then(over))
  const read = () => {
    if (under === null) readAt = performance.now()
    return (under ??= once().finally(() => (under = null)))
  }
  const fresh = async () => {
    // its failure is told to whoever began it
    if (under !== null) await under.catch(() => undefined)
    await read()
  }
  const soon = () => void fresh().catch((cause: unknown) => connection.close(reasonOf(cause)))

  return {
    get by() {
      return by
    },
    read,
    fresh,
    soon,
    often() {
      const waitMs = Math.max(0, betweenReadsMs - (performance.now() - readAt))
      timer ??= setTimeout(() => {
        timer = null
        if (connection.over === null) soon()
      }, waitMs)
    },
    async look(signal) {
      try {
        await orOver(Promise.race([fresh(), aborted(signal)]))
      } catch (cause) {
        const detail = `nothing was sent, because vMix's state could not be read: ${reasonOf(cause)}`
        throw new DeliveryError(failed('timeout', detail), { cause })
      }
    },
  }
}

/** 25 ms: many who wait at once read the state at most this often in all. */
const betweenReadsMs = 25

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new Error('not in time'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

function over(detail: string): never {
  throw new Error(detail)
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** One second: a web controller that needs longer on a local network holds up more than it helps. */
const maxHttpMs = 1000
