import type { Beside, Sidecar, Stored } from '../log.ts'
import { faultOf, isRefusal } from './fault.ts'
import type { Link } from './link.ts'
import type { Asked } from './stream.ts'

/** How many are read at a time: what the server sends in about a millisecond. */
const pageTexts = 1000

/** The hash with what is kept beside a site's stream. The braces put it on the stream's node of a cluster. */
export function besideKeyOf(site: string): string {
  return `if:{${site}}:disclosures`
}

/**
 * Adds to the stream and to the hash, both or neither: KEYS are the stream and the hash; ARGV the tag, the bodies, then keys and
 * texts in turn.
 */
export const appendScript = `for i=3,#ARGV,2 do redis.call('HSET',KEYS[2],ARGV[i],ARGV[i+1]) end
return redis.call('XADD',KEYS[1],'*',ARGV[1],ARGV[2])`

/** All texts of a site. @throws ioredis' own errors */
export async function readTexts(connection: Asked, key: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  let cursor = '0'
  do {
    const reply = await connection.call('HSCAN', key, cursor, 'COUNT', pageTexts)
    const [next, items] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
    cursor = String(next)
    const flat = Array.isArray(items) ? (items as readonly unknown[]).map(String) : []
    for (let i = 0; i + 1 < flat.length; i += 2) texts.set(flat[i] ?? '', flat[i + 1] ?? '')
  } while (cursor !== '0')
  return texts
}

/** What the hubs of a site keep beside their stream; each has all of it at hand. */
export class RedisSidecar implements Sidecar {
  readonly key: string
  readonly #link: Link
  readonly #keysIn: (body: string) => readonly string[]
  #texts = new Map<string, string>()
  /** Redacted, and perhaps still on the server. */
  readonly #forgotten = new Set<string>()

  constructor(link: Link, site: string, keysIn: (body: string) => readonly string[]) {
    this.key = besideKeyOf(site)
    this.#link = link
    this.#keysIn = keysIn
  }

  get(key: string): string | undefined {
    return this.#texts.get(key)
  }

  size(): number {
    return this.#texts.size
  }

  forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.#texts.delete(key)
      this.#forgotten.add(key)
    }
  }

  async erase(keys: readonly string[]): Promise<number> {
    this.forget(keys)
    if (keys.length === 0) return 0
    return Number(await this.#link.source.connection.call('HDEL', this.key, ...keys))
  }

  /** Takes up all that the server has. A user without the right to has nothing, and is told when it is needed. */
  async load(): Promise<void> {
    try {
      const texts = await readTexts(this.#link.connection, this.key)
      for (const key of this.#forgotten) texts.delete(key)
      this.#texts = texts
    } catch (cause) {
      if (!isRefusal(cause)) throw cause
    }
  }

  /** What an append is about to keep: whoever sees its lines must find it. */
  add(beside: Beside): void {
    for (const [key, text] of beside) this.#texts.set(key, text)
  }

  /** That append was not stored. */
  drop(beside: Beside): void {
    for (const key of beside.keys()) this.#texts.delete(key)
  }

  /** What other hubs have kept with these lines. @throws LogError `io` where the server is away */
  async bring(lines: readonly Stored[]): Promise<void> {
    const unknown = lines
      .flatMap(({ body }) => this.#keysIn(body))
      .filter((key) => !this.#texts.has(key) && !this.#forgotten.has(key))
    if (unknown.length === 0) return
    let reply: unknown
    try {
      reply = await this.#link.connection.call('HMGET', this.key, ...unknown)
    } catch (cause) {
      if (isRefusal(cause)) return // as in `load`
      throw faultOf(cause, this.#link.address)
    }
    const found = Array.isArray(reply) ? (reply as readonly unknown[]) : []
    for (const [i, key] of unknown.entries()) {
      const text = found[i]
      if (Buffer.isBuffer(text)) this.#texts.set(key, text.toString())
    }
  }
}
