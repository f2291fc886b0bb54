import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { appendAll, emptyFrontier, rootOf, type Frontier } from '../merkle/frontier.ts'
import { leafHash } from '../merkle/hash.ts'
import type { Range } from '../merkle/proof.ts'
import { syncFolder, writeDurably } from '../durable.ts'
import { noPrevious } from './line.ts'
import { readLines, Segments } from './segments.ts'
import { Tiles } from './tiles.ts'

/** How many lines are hashed at once where the tree is made anew. */
const batchLines = 4096

/** A head that was, or may have been, signed. */
export interface SignState {
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** What is sealed cannot be gone on with: it is not what was signed. `message` says what to do. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

/**
 * Everything sealed, in the folder `witness` of a data folder: lines, tiles and checkpoints. What is beyond the newest
 * head that may have been signed is cut when it opens, because sealing the journal again makes it anew.
 */
export class SealStore {
  readonly #folder: string
  readonly #segments: Segments
  readonly #tiles: Tiles
  #frontier: Frontier
  #prev: Buffer
  #state: SignState | null
  /** The newest line when it was opened, as it stands, and the one before it; null where there is none. */
  readonly newest: Buffer | null
  readonly before: Buffer | null

  /** @throws SealError where the lines or tiles are not what was signed */
  constructor(folder: string) {
    this.#folder = folder
    if (mkdirSync(join(folder, 'checkpoints'), { recursive: true }) !== undefined)
      for (const parent of [folder, dirname(folder)]) syncFolder(parent)
    this.#state = readState(folder)
    const size = this.#state?.size ?? 0
    try {
      this.#segments = new Segments(join(folder, 'segments'), size)
    } catch (cause) {
      throw new SealError(
        `${cause instanceof Error ? cause.message : String(cause)}. Restore ${folder} from a copy, or keep it as evidence and start with an empty one`,
        { cause },
      )
    }
    this.#tiles = new Tiles(join(folder, 'tile'))
    this.#tiles.cut(size)
    this.#frontier = this.#knownFrontier(size)
    const last = [...readLines(join(folder, 'segments'), Math.max(0, size - 2), size)]
    this.newest = last.at(-1) ?? null
    this.before = last.at(-2) ?? null
    this.#prev = this.newest === null ? noPrevious : leafHash(this.newest)
  }

  /** How many lines are sealed. */
  get size(): number {
    return this.#frontier.size
  }

  /** The leaf hash of the newest line. */
  get prev(): Buffer {
    return this.#prev
  }

  get root(): Buffer {
    return rootOf(this.#frontier)
  }

  /** Appends lines that follow the newest, durably; the tree grows by what was read again. */
  append(lines: readonly string[]): void {
    for (let from = 0; from < lines.length;) {
      const part = lines.slice(from, from + this.#segments.room(lines.length - from))
      this.#grow(this.#segments.append(part))
      from += part.length
    }
  }

  /**
   * Must be called before a signature over the head is made: remembers it durably. @throws SealError where another root
   * was remembered for this size, or a larger tree: of two such heads one is a lie
   */
  remember(): SignState {
    const state = { size: this.size, root: this.root.toString('base64') }
    const known = this.#state
    if (
      known !== null &&
      (known.size > state.size || (known.size === state.size && known.root !== state.root))
    )
      throw new SealError(`a head of ${known.size} lines was signed already, and it is another`)
    if (known?.size === state.size) return state
    this.#tiles.sync()
    writeDurably(join(this.#folder, 'sign-state'), `${JSON.stringify(state)}\n`)
    this.#state = state
    return state
  }

  /** Puts a signed checkpoint where others read it. */
  publish(size: number, note: string): void {
    writeDurably(join(this.#folder, 'checkpoints', String(size)), note)
    writeDurably(join(this.#folder, 'checkpoint'), note)
  }

  /** The root of the tree as it was of the first `size` lines, at most as many as there are. */
  rootAt(size: number): Buffer {
    return size === this.size ? this.root : rootOf(this.#tiles.frontier(size))
  }

  /** For proofs: the hash over a range of leaves. */
  hashOf(range: Range): Buffer {
    return this.#tiles.hashOf(range)
  }

  close(): void {
    this.#segments.close()
  }

  #grow(lines: readonly Buffer[]): void {
    const leaves = lines.map(leafHash)
    const { frontier, nodes } = appendAll(this.#frontier, leaves)
    this.#frontier = frontier
    this.#prev = leaves.at(-1) ?? this.#prev
    this.#tiles.add(nodes)
  }

  /** From the tiles; where a crash tore these, from the lines. */
  #knownFrontier(size: number): Frontier {
    const root = this.#state?.root
    try {
      const frontier = this.#tiles.frontier(size)
      if (root === undefined || rootOf(frontier).toString('base64') === root) return frontier
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    rmSync(join(this.#folder, 'tile'), { recursive: true, force: true })
    syncFolder(this.#folder)
    this.#frontier = emptyFrontier
    let batch: Buffer[] = []
    for (const line of readLines(join(this.#folder, 'segments'), 0, size)) {
      batch.push(line)
      if (batch.length === batchLines) this.#grow(batch)
      if (batch.length === batchLines) batch = []
    }
    this.#grow(batch)
    if (this.size !== size || this.root.toString('base64') !== root)
      throw new SealError(
        `the sealed lines in ${this.#folder} are not those that were signed: keep them as evidence, and start with an empty folder`,
      )
    return this.#frontier
  }
}

/** What was signed last; null where nothing was. @throws SealError where that is not known */
function readState(folder: string): SignState | null {
  const path = join(folder, 'sign-state')
  const bytes = readIfThere(path)
  // without it all lines would be cut, and sealed and signed anew from the first on
  if (bytes === null && readIfThere(join(folder, 'checkpoint')) !== null)
    throw new SealError(
      `${path} is not there, and heads were signed: restore it from a copy, or keep ${folder} as evidence and start with an empty one`,
    )
  if (bytes === null) return null
  try {
    const { size, root } = JSON.parse(bytes) as Partial<SignState> // looked at in the next line
    if (Number.isSafeInteger(size) && typeof root === 'string') return { size: Number(size), root }
  } catch {
    // no JSON: what follows says so
  }
  throw new SealError(`${path} cannot be read: restore it from a copy`)
}

/** Null only where there is no such file: a disk that does not answer must not look like a log that is new. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
