import { NoteError } from '../check/note.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { judge, type Trust } from './audit.ts'
import { unreadable } from './folder.ts'
import { LineChain, nothingBefore } from './lines.ts'
import { addPeaks, charsOf, noPeaks, rootOf } from './peaks.ts'
import { MarkReader } from './marks.ts'
import type { BrokenLine } from './scan.ts'
import { strictFault } from './strict.ts'
import type { AuditVerdict } from './verdict.ts'

export interface TilesOptions extends Pick<Trust, 'policy'>, Partial<Pick<Trust, 'manifest'>> {
  readonly strict: boolean
  /** Heads that the auditor has from elsewhere. */
  readonly heads: readonly { readonly name: string; readonly note: Uint8Array }[]
  /** The bytes at a path below the log's prefix, `checkpoint`, `tile/0/000.p/17`; null where there is nothing. */
  readonly get: (path: string) => Promise<Uint8Array | null>
}

/** Hashes in a tile, and entries in a bundle (C2SP tlog-tiles). */
const width = 256

/** What is served is not what it must be. */
class TileError extends Error {
  override readonly name = 'TileError'
}

/**
 * Verifies a log as it is served in tiles, up to its newest checkpoint, in constant memory: every entry, and that every tile
 * of hashes is over these entries. What cannot be read is a verdict, too; what `get` throws is thrown on.
 */
export async function auditTiles(options: TilesOptions): Promise<AuditVerdict> {
  const { get, policy, manifest = null, strict } = options
  const note = await get('checkpoint')
  if (note === null) return unreadable('nothing is signed there yet')
  const heads: SignedCheckpoint[] = []
  try {
    heads.push(parseCheckpoint(note), ...options.heads.map((head) => parseCheckpoint(head.note)))
  } catch (error) {
    if (error instanceof NoteError) return unreadable(error.message)
    throw error
  }
  const size = heads[0]?.size ?? 0
  const chain = new LineChain(0, nothingBefore)
  const marks = new MarkReader()
  const hashes = new HashTiles(size, get)
  const known = new Map(heads.map((head) => [head.size, rootOf(noPeaks)]))
  let broken: BrokenLine | null = null
  try {
    for (let index = 0; index * width < size && broken === null; index++) {
      const path = pathOf('entries', index, size)
      const bytes = await served(get, path)
      let at = 0
      while (chain.seq < Math.min(size, (index + 1) * width)) {
        const from = at + 2
        const end = from + (at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0)
        if (end > bytes.length) throw new TileError(`${path} ends within an entry`)
        const seq = chain.seq
        const fault =
          chain.push(bytes, from, end) ?? (strict ? strictFault(bytes, from, end, seq) : null)
        if (fault !== null) {
          broken = { ...fault, file: path, offset: from }
          break
        }
        marks.line(bytes, from, end, seq)
        await hashes.add(Buffer.from(chain.newest ?? '', 'base64'))
        if (known.has(chain.seq)) known.set(chain.seq, rootOf(chain.peaks()))
        at = end
      }
    }
    if (broken === null) await hashes.end()
  } catch (error) {
    if (error instanceof TileError) return unreadable(error.message)
    throw error
  }
  const scan = {
    file: 'tile/entries',
    first: 0,
    lines: broken?.seq ?? chain.seq,
    begins: nothingBefore,
    ends: chain.newest,
    peaks: chain.peaks(),
    heads: [...known].map(([at, root]) => ({ size: at, root })),
    broken,
    torn: 0,
    marks: marks.marks(),
  }
  const verdict = judge([scan], heads, { policy, manifest, hasAllHeads: false })
  return verdict.ok && hashes.wrong !== null
    ? {
        ...verdict,
        ok: false,
        fault: 'integrity',
        detail: `the tile ${hashes.wrong} has other hashes than its entries`,
      }
    : verdict
}

/** Follows the hashes of a log and compares them with the tiles that are served. */
class HashTiles {
  readonly #size: number
  readonly #get: TilesOptions['get']
  /** Of each level, the hashes of the tile that is being filled, and its number. */
  readonly #levels: { index: number; hashes: Buffer[] }[] = []
  /** The first tile that is not what it must be. */
  wrong: string | null = null

  constructor(size: number, get: TilesOptions['get']) {
    this.#size = size
    this.#get = get
  }

  async add(hash: Buffer, level = 0): Promise<void> {
    const tile = (this.#levels[level] ??= { index: 0, hashes: [] })
    tile.hashes.push(hash)
    if (tile.hashes.length < width) return
    await this.#compare(level)
    const peaks = tile.hashes.reduce(
      (all, one) => addPeaks(all, { count: 1, hashes: charsOf(one) }),
      noPeaks,
    )
    tile.index++
    tile.hashes = []
    await this.add(Buffer.from(rootOf(peaks), 'base64'), level + 1)
  }

  /** Those that are not full. */
  async end(): Promise<void> {
    for (const [level, { hashes }] of this.#levels.entries())
      if (hashes.length > 0) await this.#compare(level)
  }

  async #compare(level: number): Promise<void> {
    const { index, hashes } = this.#levels[level] ?? { index: 0, hashes: [] }
    const path = pathOf(String(level), index, Math.floor(this.#size / width ** level))
    const expected = Buffer.concat(hashes)
    const bytes = await served(this.#get, path)
    if (!bytes.subarray(0, expected.length).equals(expected)) this.wrong ??= path
  }
}

/** A partial one may be gone once it is full: then its beginning is in the full one. */
async function served(get: TilesOptions['get'], path: string): Promise<Buffer> {
  const [full = ''] = path.split('.p/')
  const bytes = (await get(path)) ?? (full === path ? null : await get(full))
  if (bytes === null) throw new TileError(`${path} is not served`)
  return Buffer.from(bytes)
}

/** `tile/0/x001/067`, or, where it is not full with `count` hashes of its level, `tile/0/x001/067.p/8`. */
function pathOf(level: string, index: number, count: number): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  const own = Math.min(width, count - index * width)
  return `tile/${level}/${name}${own < width ? `.p/${own}` : ''}`
}
