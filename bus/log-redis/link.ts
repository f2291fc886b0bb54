import { LogError } from '../log.ts'
import { connect, type Connection, type Server } from './connection.ts'
import type { Entry } from './entry.ts'
import { faultOf, isLasting, isMoved, isRefusal } from './fault.ts'
import { repair } from './gap.ts'
import {
  addressOf,
  commandTimeoutMs,
  keyOf,
  openWithinMs,
  type RedisLogOptions,
} from './options.ts'
import { OwnCommits } from './own.ts'
import { type EntryId, textOf } from './position.ts'
import { markOf, type Mark, type Seen, seenEntries } from './seen.ts'
import { range, type Source } from './stream.ts'
import { wait } from './wait.ts'

/** The first wait before a new connection, and the longest; it doubles between. Milliseconds. */
const backoffMs = { first: 20, most: 1000 }

/** A commit whose answer never came. */
export interface Doubt {
  readonly tag: string
  readonly value: Buffer
  /** The newest entry known when it was sent: where it was stored, it is after this. */
  readonly after: EntryId | null
  /** Where it was sent. */
  readonly server: Server
}

interface OpenDoubt extends Doubt {
  readonly settle: (stored: Mark | null) => void
  readonly giveUp: (error: LogError) => void
}

/** The id of a connection that no server ever had. */
const nobody = Number.MAX_SAFE_INTEGER

/** How many entries are read at a time when a commit is looked for. */
const searchEntries = 100

/**
 * Keeps one connection for appending and for history, and makes another when it ends. Before a new one may be used,
 * what was in doubt on the old one is settled, and the server compared with what this process has seen.
 */
export class Link {
  readonly key: string
  readonly address: string
  readonly seen: Seen = seenEntries()
  readonly own = new OwnCommits()
  readonly #options: RedisLogOptions
  readonly #timeoutMs: number
  readonly #stop = new AbortController()
  readonly #listeners = new Set<(away: LogError | null) => void>()
  #connection: Connection | null = null
  /** The newest one, used or not yet. */
  #newest: Connection | null = null
  #away: LogError | null
  /** Of the newest connection that was used. */
  #last: Server | null = null
  #doubt: OpenDoubt | null = null
  #running: Promise<void> | null = null

  constructor(options: RedisLogOptions) {
    this.#options = options
    this.#timeoutMs = options.commandTimeoutMs ?? commandTimeoutMs
    this.key = keyOf(options.site)
    this.address = addressOf(options.servers)
    this.#away = new LogError('io', `the log's server ${this.address} is not connected yet`)
  }

  /** Why the server cannot be used at this moment; null while it can. */
  get away(): LogError | null {
    return this.#away
  }

  /** The connection. @throws LogError `io` while there is none */
  get connection(): Connection {
    if (this.#connection === null || this.#away !== null) throw this.#away ?? this.#lost()
    return this.#connection
  }

  /** For reading: errors are the port's, and a server that does not answer is given up. */
  get source(): Source {
    const call = async (...[command, ...args]: Parameters<Connection['call']>) => {
      const { connection } = this
      try {
        return await connection.call(command, ...args)
      } catch (cause) {
        const error = faultOf(cause, this.address)
        const isUseless = !isRefusal(cause) || isMoved(cause)
        if (isUseless && this.#connection === connection) this.drop(error)
        throw error
      }
    }
    return { key: this.key, connection: { call } }
  }

  /** Told when the server goes away, and (null) when it can be used again. Returns its own removal. */
  onAway(listener: (away: LogError | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Connects for the first time. @throws LogError at once for a wrong setting, else after `openWithinMs` */
  async open(): Promise<void> {
    const withinMs = this.#options.openWithinMs ?? openWithinMs
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#away ?? this.#lost()), withinMs)
      this.onAway((away) => {
        if (away !== null && !isLasting(away) && away.code === 'io') return
        clearTimeout(timer)
        if (away === null) resolve()
        else reject(away)
      })
    })
    this.start()
    try {
      await ready
    } catch (error) {
      await this.close()
      throw error
    } finally {
      this.#listeners.clear()
    }
  }

  /** Begins to connect, and goes on until it is closed. */
  start(): void {
    this.#running = this.#run()
  }

  /** Ends the connection, so that a new one is made and all is compared again. */
  drop(error: LogError): void {
    this.#down(error)
    this.#connection?.drop()
  }

  /** Whether the commit was stored (null: not, and it never will be): known once there is a connection again. */
  settle(doubt: Doubt, cause: unknown): Promise<Mark | null> {
    return new Promise((settle, giveUp) => {
      this.#doubt = { ...doubt, settle, giveUp }
      this.drop(faultOf(cause, this.address))
    })
  }

  /** Nobody will wait for the truth of what is in doubt any longer. */
  abandon(): void {
    this.#doubt?.giveUp(
      new LogError(
        'closed',
        'this log was closed while its server was away: whether the last append was stored is seen when it is opened again',
      ),
    )
    this.#doubt = null
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#newest?.drop()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const connection = await connect(this.#options, this.#timeoutMs)
        this.#newest = connection
        try {
          await this.#admit(connection)
        } catch (error) {
          connection.drop()
          throw error
        }
        if (signal.aborted) connection.drop()
        else this.#up(connection)
        failures = 0
        await connection.ended
        this.#down(this.#lost())
      } catch (error) {
        this.#down(faultOf(error, this.address))
      }
      this.#connection = null
      await wait(Math.min(backoffMs.first * 2 ** Math.min(failures, 10), backoffMs.most), signal)
    }
  }

  /** What must be true before the first append on a new connection. */
  async #admit(connection: Connection): Promise<void> {
    const old = this.#doubt?.server ?? this.#last
    // a frozen server that wakes up must not find our old commands in its buffers after we have looked
    const isSame = old !== null && old.runId === connection.server.runId
    // also where there is nothing to kill: a missing right is told when the log is opened, not when it is needed
    await connection.call('CLIENT', 'KILL', 'ID', isSame ? old.clientId : nobody)
    const doubt = this.#doubt
    if (doubt !== null) {
      const stored = await this.#search(connection, doubt)
      if (stored !== null) this.seen.add(stored)
      this.#doubt = null
      doubt.settle(stored)
    }
    const gap = await repair(connection, this.key, this.seen)
    if (gap !== null) this.#options.onGap?.(gap)
  }

  async #search(connection: Connection, { tag, value, after }: Doubt): Promise<Mark | null> {
    let from = after === null ? '-' : `(${textOf(after)}`
    for (;;) {
      const entries: readonly Entry[] = await range(connection, this.key, from, '+', searchEntries)
      const found = entries.find((entry) => entry.tag === tag && entry.value.equals(value))
      if (found !== undefined) return markOf(found)
      const last = entries.at(-1)
      if (last === undefined || entries.length < searchEntries) return null
      from = `(${textOf(last.id)}`
    }
  }

  #up(connection: Connection): void {
    this.#connection = connection
    this.#last = connection.server
    this.#away = null
    for (const listener of [...this.#listeners]) listener(null)
  }

  #down(error: LogError): void {
    // the first reason says more than that the connection has ended
    const known = this.#connection !== null && this.#away !== null
    if (!known) this.#away = error
    for (const listener of [...this.#listeners]) listener(this.#away)
  }

  #lost(): LogError {
    return new LogError(
      'io',
      `the connection to the log's server ${this.address} was lost; nothing more is accepted until it is back: check the server and the network`,
    )
  }
}
