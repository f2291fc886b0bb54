import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { writeWhole } from '../durable.ts'
import type { Frontier, FullNode } from '../merkle/frontier.ts'
import { emptyRoot, hashBytes, nodeHash } from '../merkle/hash.ts'
import { fullNodes, type Range } from '../merkle/proof.ts'
import { pathOfIndex, tileHeight, tileWidth } from './tile.ts'

/**
 * The hashes of the tree, a file for each tile: `tile/<level>/<path>`. The newest of each level grows, so that what C2SP
 * calls a partial tile is the beginning of a file. They can be made anew from the lines.
 */
export class Tiles {
  readonly #folder: string
  readonly #touched = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Puts what appends completed where it belongs, each tile's part at once. */
  add(nodes: readonly FullNode[]): void {
    const parts: { level: number; tile: number; from: number; hashes: Buffer[] }[] = []
    const newest: (typeof parts)[number][] = [] // by level: in each they come from left to right
    for (const { level: height, index, hash } of nodes) {
      if (height % tileHeight !== 0) continue
      const level = height / tileHeight
      const tile = Math.floor(index / tileWidth)
      let part = newest[level]
      if (part?.tile !== tile) {
        part = { level, tile, from: index % tileWidth, hashes: [] }
        newest[level] = part
        parts.push(part)
      }
      part.hashes.push(hash)
    }
    for (const { level, tile, from, hashes } of parts) {
      const path = this.#pathOf(level, tile)
      if (!this.#touched.has(path)) mkdirSync(dirname(path), { recursive: true })
      this.#touched.add(path)
      // never emptied, whatever is said of its being there
      const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o666)
      try {
        writeWhole(fd, Buffer.concat(hashes), from * hashBytes)
      } finally {
        closeSync(fd)
      }
    }
  }

  /** Makes durable what was added. */
  sync(): void {
    for (const path of this.#touched) {
      const fd = openSync(path, 'r')
      try {
        fdatasyncSync(fd)
      } finally {
        closeSync(fd)
      }
    }
    this.#touched.clear()
  }

  /** Forgets the hashes of a tree that was larger. */
  cut(size: number): void {
    for (let level = 0; level < 8; level++) {
      const width = Math.floor(size / tileWidth ** level)
      const path = this.#pathOf(level, Math.floor(width / tileWidth))
      if (existsSync(path)) truncateSync(path, (width % tileWidth) * hashBytes)
    }
  }

  /** The hash over the leaves of a range. @throws RangeError where the tiles do not have it */
  hashOf(range: Range): Buffer {
    const hashes = fullNodes(range).map(({ level, index }) => this.#node(level, index))
    return hashes.length === 0
      ? emptyRoot
      : hashes.reduceRight((right, left) => nodeHash(left, right))
  }

  /** The right edge of the tree of the first `size` leaves. @throws RangeError where the tiles do not have it */
  frontier(size: number): Frontier {
    const nodes = fullNodes({ start: 0, end: size })
    return { size, peaks: nodes.map(({ level, index }) => this.#node(level, index)) }
  }

  /** Between two levels of tiles a node is the hash over what the tile below has. */
  #node(level: number, index: number): Buffer {
    const below = level % tileHeight
    const first = index * 2 ** below
    const path = this.#pathOf((level - below) / tileHeight, Math.floor(first / tileWidth))
    const from = (first % tileWidth) * hashBytes
    const bytes = existsSync(path)
      ? readFileSync(path).subarray(from, from + 2 ** below * hashBytes)
      : emptyRoot.subarray(0, 0)
    if (bytes.length !== 2 ** below * hashBytes)
      throw new RangeError(`the tile ${path} does not have what it should`)
    let hashes = Array.from({ length: 2 ** below }, (_, i) =>
      bytes.subarray(i * hashBytes, (i + 1) * hashBytes),
    )
    while (hashes.length > 1)
      hashes = hashes.flatMap((left, i) => {
        const right = hashes[i + 1]
        return i % 2 === 0 && right !== undefined ? [nodeHash(left, right)] : []
      })
    return hashes[0] ?? emptyRoot
  }

  #pathOf(level: number, index: number): string {
    return join(this.#folder, String(level), pathOfIndex(index))
  }
}
