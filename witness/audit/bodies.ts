import { hash } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** What a sealed line says of its entry. */
export interface SealedBody {
  /** Where the journal has it. */
  readonly rid: string
  /** The entry itself, as it was stored; null where it was too long, and the line has its hash. */
  readonly body: Buffer | null
  /** Whether these bytes are what was sealed. */
  isBody(bytes: Uint8Array): boolean
}

/** What is read at once. Bytes. */
const chunkBytes = 1024 * 1024

/** The entries of the first `size` lines, which were found good, in their order; fewer where there are no more. */
export function* sealedBodies(segments: string, size: number): Generator<SealedBody> {
  for (const line of sealedLines(segments, size)) yield sealedBody(line)
}

/** The first `size` lines; fewer where there are no more. */
export function* sealedLines(segments: string, size: number): Generator<Buffer> {
  let count = 0
  for (let index = 0; count < size; index++) {
    const file = join(segments, `${String(index).padStart(6, '0')}.ndjson`)
    if (!existsSync(file)) return
    for (const line of linesOf(file)) {
      if (count++ === size) return
      yield line
    }
  }
}

/** The last line of a file without a line feed is none. */
export function* linesOf(file: string): Generator<Buffer> {
  const fd = openSync(file, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (;;) {
      const bytes = Buffer.allocUnsafeSlow(rest.length + chunkBytes)
      rest.copy(bytes)
      const read = readSync(fd, bytes, rest.length, chunkBytes, null)
      if (read === 0) return
      const stop = rest.length + read
      let from = 0
      for (let end = bytes.indexOf(10); end !== -1 && end < stop; end = bytes.indexOf(10, from)) {
        yield bytes.subarray(from, end)
        from = end + 1
      }
      rest = bytes.subarray(from, stop)
    }
  } finally {
    closeSync(fd)
  }
}

const before = Buffer.from(',"body":')
const after = Buffer.from(',"rid":"')

/** In canonical JSON `body` comes before `rid`, and a rid has no quotes, so both ends of the body are known. */
export function sealedBody(line: Buffer): SealedBody {
  const end = line.lastIndexOf(after)
  const rid = line.toString('utf8', end + after.length, line.length - 2)
  const start = line.indexOf(before)
  if (start === -1 || start > 120) {
    const { bodyHash } = JSON.parse(line.toString()) as { readonly bodyHash?: string } // one that was too long
    return { rid, body: null, isBody: (bytes) => hash('sha256', bytes, 'base64') === bodyHash }
  }
  const body = line.subarray(start + before.length, end)
  return { rid, body, isBody: (bytes) => body.equals(bytes) }
}
