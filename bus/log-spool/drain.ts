import { ownNumber } from '../entry.ts'
import { LogError, type EventLog, type Position, type Stored } from '../log.ts'
import { bodyHash } from '../recorder.ts'
import type { Spool } from './spool.ts'

/** 64 Ki characters: some 200 entries an append, so that others' presses stand between them. */
const mostCharacters = 64 * 1024

const never = new AbortController().signal

/** The end of this hub's chain in the shared log. */
interface End {
  readonly hseq: number
  readonly hash: string
  readonly position: Position | null
}

/**
 * Brings a spool's lines to the shared log, in order and each once. How far it came is in the shared log itself: the
 * number of this hub's newest entry there, so neither a crash nor an answer that was lost makes one twice.
 */
export class Drain {
  readonly #shared: EventLog
  readonly #spool: Spool
  readonly #hub: string
  /** null: not known, or not any more. */
  #end: End | null = null
  /** The newest line of the spool that is known to be there. */
  #through: Position | null = null

  constructor(shared: EventLog, spool: Spool, hub: string) {
    this.#shared = shared
    this.#spool = spool
    this.#hub = hub
  }

  /**
   * Until everything that is in the spool when it ends is there; resolves to where the newest line stands.
   * @throws LogError `io` where the server went away: may be called again; `corrupt` where the shared log has other
   * entries of this hub than the spool
   */
  async run(): Promise<Position | null> {
    try {
      this.#end ??= await this.#find()
      let batch: string[] = []
      let characters = 0
      let last = this.#through
      for await (const { position, body } of this.#spool.log.read(this.#through, never)) {
        last = position
        if (!this.#isNew(body, this.#end)) continue
        batch.push(body)
        characters += body.length
        if (characters < mostCharacters) continue
        await this.#append(batch, position)
        batch = []
        characters = 0
      }
      if (batch.length > 0) await this.#append(batch, last)
      this.#through = last
      return this.#end.position
    } catch (error) {
      // what was stored is looked for again
      this.#end = null
      this.#through = null
      throw error
    }
  }

  async #append(bodies: readonly string[], through: Position | null): Promise<void> {
    const positions = await this.#shared.append(bodies, 'durable')
    const body = bodies.at(-1) ?? ''
    this.#end = {
      hseq: ownNumber(this.#hub, body) ?? 0,
      hash: bodyHash(body),
      position: positions.at(-1) ?? null,
    }
    this.#through = through
  }

  /** Whether the shared log does not have it yet. @throws LogError `corrupt` */
  #isNew(body: string, end: End): boolean {
    const hseq = ownNumber(this.#hub, body) ?? 0
    if (hseq > end.hseq) return true
    if (hseq === end.hseq && bodyHash(body) !== end.hash) throw this.#forked(hseq)
    return false
  }

  /** This hub's newest entry in the shared log after the base. */
  async #find(): Promise<End> {
    const { base } = this.#spool
    let end: End
    try {
      end = await this.#newest(base)
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'position') throw error
      end = await this.#newest(null) // the base is trimmed or lost
    }
    const [newest] = await this.#spool.log.tail(1)
    const spooled = newest === undefined ? 0 : (ownNumber(this.#hub, newest.body) ?? 0)
    if (end.hseq > spooled) throw this.#forked(end.hseq)
    return end
  }

  async #newest(after: Position | null): Promise<End> {
    let newest: Stored | null = null
    for await (const stored of this.#shared.read(after, never))
      if (ownNumber(this.#hub, stored.body) !== null) newest = stored
    if (newest === null) return { hseq: 0, hash: '', position: after }
    const { position, body } = newest
    return { hseq: ownNumber(this.#hub, body) ?? 0, hash: bodyHash(body), position }
  }

  #forked(hseq: number): LogError {
    return new LogError(
      'corrupt',
      `the log has another entry ${hseq} of the hub ${this.#hub} than its spool: another process went on under its name; keep a copy of the spool, and start the hub without it`,
    )
  }
}
