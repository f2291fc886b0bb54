import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TileView } from '../../surfaces/http/seal-view.ts'
import { parseCheckpoint } from '../../witness/check/checkpoint.ts'
import { hashBytes } from '../../witness/merkle/hash.ts'
import { indexOfPath, pathOfIndex, tileWidth, widthOf } from '../../witness/seal/tile.ts'
import { openLineFinder } from './line-finder.ts'

/** The sealed log as files that other people's tools read (C2SP tlog-tiles), from the folder `witness` of a data folder. */
export interface TileFiles {
  /** The newest signed head; null before the first. */
  checkpoint(): Promise<string | null>
  /** `0/x001/067`, `1/000.p/17`, `entries/000`; null where there is none. Only what is under the newest signed head. */
  tile(path: string): Promise<TileView | null>
}

interface Asked {
  /** null: of entries. */
  readonly level: number | null
  readonly index: number
  /** How many hashes or entries, 1 to 256. */
  readonly width: number
}

/** Of a line's length in an entry bundle, in bytes. */
const lengthBytes = 2

export function openTileFiles(folder: string): TileFiles {
  const finder = openLineFinder(join(folder, 'segments'))

  const checkpoint = () => orNull(readFile(join(folder, 'checkpoint'), 'utf8'))

  return {
    checkpoint,
    async tile(path) {
      const asked = parseTilePath(path)
      const note = asked === null ? null : await checkpoint()
      if (asked === null || note === null) return null
      const { level, index, width } = asked
      const { size } = parseCheckpoint(Buffer.from(note))
      if (width > widthOf(level ?? 0, index, size)) return null
      if (level === null) return entries(index * tileWidth, width)
      const file = join(folder, 'tile', String(level), pathOfIndex(index))
      const bytes = await orNull(readFile(file))
      const length = width * hashBytes
      return bytes === null || bytes.length < length
        ? null
        : { bytes: bytes.subarray(0, length), lines: null }
    },
  }

  async function entries(from: number, count: number): Promise<TileView | null> {
    const lines = await finder.lines(from, count)
    if (lines === null) return null
    const parts = lines.flatMap((line) => {
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt16BE(line.length) // a sealed line is shorter than 64 KiB
      return [length, line]
    })
    return { bytes: Buffer.concat(parts), lines: { from, to: from + count } }
  }
}

/** What a path means; null for one that tlog-tiles does not know. It comes from outside. */
export function parseTilePath(path: string): Asked | null {
  const match =
    /^(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  const [, level = '', tile = '', partial] = match ?? []
  const index = match === null ? null : indexOfPath(tile)
  const width = partial === undefined ? tileWidth : Number(partial)
  if (index === null || (partial !== undefined && width >= tileWidth)) return null
  return { level: level === 'entries' ? null : Number(level), index, width }
}

/** null where there is no such file. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
