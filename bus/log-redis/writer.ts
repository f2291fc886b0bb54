import { randomBytes } from 'node:crypto'
import { LogError, type Beside, type Position } from '../log.ts'
import { tagOf } from './entry.ts'
import { faultOf, isMoved, isRefusal } from './fault.ts'
import type { Link } from './link.ts'
import { mostCharacters, packed } from './pack.ts'
import { type EntryId, entryIdOf, positionOf } from './position.ts'
import { appendScript, type RedisSidecar } from './sidecar.ts'

/** One call of `append` that waits for its end. */
interface Call {
  readonly bodies: readonly string[]
  readonly beside: Beside | undefined
  readonly resolve: (positions: readonly Position[]) => void
  readonly reject: (error: LogError) => void
}

/** How long `close` waits for a server that is away to tell whether the last commit was stored. Milliseconds. */
const closeWithinMs = 3000

/**
 * The one writer: group commit. One commit is under way at a time, because where one of two fails the other must, too,
 * and a server that says no to the first may say yes to the second.
 */
export class Writer {
  readonly #link: Link
  readonly #sidecar: RedisSidecar
  /** Of this process alone, so that its commits are told from all others. */
  readonly #name = randomBytes(8).toString('hex')
  readonly #off: () => void
  #queue: Call[] = []
  #commits = 0
  #busy = false
  #scheduled = false
  #closing = false
  #idlers: (() => void)[] = []

  constructor(link: Link, sidecar: RedisSidecar) {
    this.#link = link
    this.#sidecar = sidecar
    this.#off = link.onAway((away) => {
      if (away !== null) this.#rejectQueue(away)
    })
  }

  append(bodies: readonly string[], beside?: Beside): Promise<readonly Position[]> {
    if (this.#closing) return Promise.reject(closed())
    if (this.#link.away !== null) return Promise.reject(this.#link.away)
    return new Promise((resolve, reject) => {
      this.#queue.push({ bodies, beside, resolve, reject })
      this.#schedule()
    })
  }

  /** Waits for what is under way; for a server that is away only {@link closeWithinMs}. */
  async close(): Promise<void> {
    this.#closing = true
    const timer = setTimeout(() => this.#link.abandon(), closeWithinMs)
    while (this.#busy || this.#queue.length > 0)
      await new Promise<void>((resolve) => this.#idlers.push(resolve))
    clearTimeout(timer)
    this.#off()
  }

  /** After the promises of this turn, so that callers who were just answered and call again are one commit. */
  #schedule(): void {
    if (this.#scheduled || this.#busy) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      void this.#turn()
    })
  }

  async #turn(): Promise<void> {
    while (!this.#busy && this.#queue.length > 0) {
      this.#busy = true
      await this.#commit(this.#take())
      this.#busy = false
    }
    for (const wake of this.#idlers.splice(0)) wake()
  }

  #take(): readonly Call[] {
    let characters = 0
    let count = 0
    for (const { bodies } of this.#queue) {
      for (const body of bodies) characters += body.length
      if (count > 0 && characters > mostCharacters) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    const bodies = calls.flatMap((call) => call.bodies)
    if (bodies.length === 0) {
      for (const call of calls) call.resolve([])
      return
    }
    const tag = tagOf(this.#name, ++this.#commits)
    const value = packed(bodies)
    const beside = besideOf(calls)
    this.#sidecar.add(beside)
    this.#link.own.add(tag, value, bodies)
    try {
      const id = await this.#add(tag, value, bodies.length, beside)
      resolveAll(calls, id)
    } catch (cause) {
      this.#sidecar.drop(beside)
      const error = faultOf(cause, this.#link.address)
      for (const call of calls) call.reject(error)
      this.#rejectQueue(error)
    }
  }

  async #add(tag: string, value: Buffer, count: number, beside: Beside): Promise<EntryId> {
    const link = this.#link
    const { connection } = link
    const after = link.seen.newest?.id ?? null
    try {
      const id = idOf(
        beside.size === 0
          ? await connection.call('XADD', link.key, '*', tag, value)
          : await connection.call(
              'EVAL',
              appendScript,
              2,
              link.key,
              this.#sidecar.key,
              tag,
              value,
              ...[...beside].flat(),
            ),
      )
      link.seen.add({ id, tag, count })
      return id
    } catch (cause) {
      if (isRefusal(cause)) {
        if (isMoved(cause)) link.drop(faultOf(cause, link.address))
        throw cause
      }
      const { server } = connection
      const stored = await link.settle({ tag, value, after, server }, cause)
      if (stored !== null) return stored.id
      throw new LogError(
        'io',
        `the connection to the log's server ${link.address} was lost before this was stored; it is not in the log and may be tried again`,
        { cause },
      )
    }
  }

  #rejectQueue(error: LogError): void {
    for (const call of this.#queue.splice(0)) call.reject(error)
  }
}

function besideOf(calls: readonly Call[]): Beside {
  return new Map(calls.flatMap(({ beside }) => (beside === undefined ? [] : [...beside])))
}

function resolveAll(calls: readonly Call[], id: EntryId): void {
  let index = 0
  for (const { bodies, resolve } of calls) {
    const first = index
    resolve(bodies.map((_, i) => positionOf(id, first + i)))
    index += bodies.length
  }
}

function idOf(reply: unknown): EntryId {
  const id = Buffer.isBuffer(reply) ? entryIdOf(reply.toString('latin1')) : null
  if (id === null) throw new Error('the server answered XADD with something that is no id')
  return id
}

/** What every method of a closed log answers. */
export function closed(): LogError {
  return new LogError('closed', 'this log is closed; open it again')
}
