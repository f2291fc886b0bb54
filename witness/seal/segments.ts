import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { syncFolder, writeWhole } from '../durable.ts'

/** Lines in a segment: a contract with other people's verifiers. */
export const segmentLines = 65_536

/** What is read at once. Bytes. */
const chunkBytes = 1024 * 1024

/** The sealed lines, in files of {@link segmentLines}: `segments/000000.ndjson` and on. One writer. */
export class Segments {
  readonly #folder: string
  #fd: number | null = null
  /** How many lines there are, and how many bytes of them are in the newest file. */
  #size = 0
  #offset = 0

  /** Opens the lines of `folder` and cuts all beyond the first `size`, which must be there: what is beyond was never signed. */
  constructor(folder: string, size: number) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    for (const name of readdirSync(folder)) {
      const first = Number(/^(\d{6,})\.ndjson$/.exec(name)?.[1] ?? -1) * segmentLines
      if (first > size || (first === size && first > 0)) unlinkSync(join(folder, name))
    }
    this.#size = size
    if (size % segmentLines === 0) return
    const path = this.#pathOf(size)
    const offset = existsSync(path) ? offsetOf(path, size % segmentLines) : null
    if (offset === null)
      throw new RangeError(`${path} has lost sealed lines: there are ${size} signed`)
    this.#fd = openSync(path, 'r+')
    ftruncateSync(this.#fd, offset)
    this.#offset = offset
  }

  get size(): number {
    return this.#size
  }

  /** How many of `count` lines still go in the newest file. */
  room(count: number): number {
    return Math.min(count, segmentLines - (this.#size % segmentLines))
  }

  /**
   * Appends whole lines, as many as have room, makes them durable, and gives back their bytes as they were read again,
   * each without its line feed. After an error nothing of them counts.
   */
  append(lines: readonly string[]): readonly Buffer[] {
    const fd = (this.#fd ??= this.#create())
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    // what a failed append left behind is overwritten
    writeWhole(fd, bytes, this.#offset)
    ftruncateSync(fd, this.#offset + bytes.length)
    fdatasyncSync(fd)
    const stored = Buffer.alloc(bytes.length)
    if (readSync(fd, stored, 0, stored.length, this.#offset) !== stored.length)
      throw new Error('the sealed lines cannot be read again')
    const read = linesOf(stored)
    if (read.length !== lines.length) throw new Error('the sealed lines were read again as others')
    this.#offset += bytes.length
    this.#size += lines.length
    if (this.#size % segmentLines === 0) this.close()
    return read
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
    this.#offset = 0
  }

  #create(): number {
    const fd = openSync(this.#pathOf(this.#size), 'w+')
    syncFolder(this.#folder)
    this.#offset = 0
    return fd
  }

  #pathOf(line: number): string {
    return join(this.#folder, segmentName(Math.floor(line / segmentLines)))
  }
}

/** `000000.ndjson` */
export function segmentName(index: number): string {
  return `${String(index).padStart(6, '0')}.ndjson`
}

/** The lines from `from` on, up to, and without, `to`, each without its line feed; fewer where there are no more. */
export function* readLines(folder: string, from: number, to: number): Generator<Buffer> {
  for (let index = Math.floor(from / segmentLines); index * segmentLines < to; index++) {
    const path = join(folder, segmentName(index))
    if (!existsSync(path)) return
    let line = index * segmentLines
    for (const bytes of fileLines(path)) {
      if (line >= to) return
      if (line >= from) yield bytes
      line++
    }
  }
}

function* fileLines(path: string): Generator<Buffer> {
  const fd = openSync(path, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(rest.length + chunkBytes)
      rest.copy(chunk)
      const read = readSync(fd, chunk, rest.length, chunkBytes, null)
      if (read === 0) return
      const bytes = chunk.subarray(0, rest.length + read)
      const end = bytes.lastIndexOf(10) + 1
      yield* linesOf(bytes.subarray(0, end))
      rest = bytes.subarray(end)
    }
  } finally {
    closeSync(fd)
  }
}

/** Whole lines, each without its line feed. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start)
    if (end === -1) break
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** Where line `count` of a file begins; null where it has fewer lines before it. */
function offsetOf(path: string, count: number): number | null {
  let offset = 0
  let lines = 0
  for (const line of fileLines(path)) {
    offset += line.length + 1
    if (++lines === count) return offset
  }
  return null
}
