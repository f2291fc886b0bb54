import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCheckpoint } from '../../witness/check/checkpoint.ts'
import { pathOfIndex, tileWidth, widthOf } from '../../witness/seal/tile.ts'
import { SealStore } from '../../witness/seal/store.ts'
import { getServed, prefixOf } from './audit-url.ts'
import { exportBundle, type PartOptions } from './export.ts'

/** Lines that are written at once. */
const batchLines = 4096

/**
 * Writes a bundle of what a running hub serves: all of its sealed log is read from there, as tiles, and the hub records who
 * has. Personal values are not served.
 * @throws RangeError as `exportBundle`, and where what is served is not what was signed; UnansweredError where nobody answers
 */
export async function exportUrl(
  url: string,
  token: string | null,
  options: Omit<PartOptions, 'data'> & { readonly out: string },
): ReturnType<typeof exportBundle> {
  const data = mkdtempSync(join(tmpdir(), 'infra-export-'))
  try {
    await copyLog(prefixOf(url), token, join(data, 'witness'))
    return await exportBundle({ ...options, data })
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

/** Copies lines and newest head; the tree is made anew of the lines. */
async function copyLog(prefix: string, token: string | null, folder: string): Promise<void> {
  const note = await getServed(`${prefix}/checkpoint`, token)
  if (note === null) throw new RangeError(`nothing is signed at ${prefix} yet`)
  const { size, root } = parseCheckpoint(note)
  const store = new SealStore(folder)
  try {
    let batch: string[] = []
    for (let index = 0; index * tileWidth < size; index++) {
      batch.push(...(await linesOf(prefix, token, index, size)))
      if (batch.length >= batchLines) store.append(batch.splice(0))
    }
    store.append(batch)
    if (store.size !== size || !store.root.equals(root))
      throw new RangeError(
        `what ${prefix} serves is not what was signed: verify it with infra witness verify, and keep what you have of it`,
      )
    store.publish(size, Buffer.from(note).toString())
  } finally {
    store.close()
  }
}

async function linesOf(
  prefix: string,
  token: string | null,
  index: number,
  size: number,
): Promise<readonly string[]> {
  const count = widthOf(0, index, size)
  const full = `${prefix}/tile/entries/${pathOfIndex(index)}`
  const path = count === tileWidth ? full : `${full}.p/${count}`
  const bytes = Buffer.from((await getServed(path, token)) ?? Buffer.alloc(0))
  const lines: string[] = []
  for (let at = 0; lines.length < count;) {
    const from = at + 2
    const end = from + (from <= bytes.length ? bytes.readUInt16BE(at) : 0)
    if (from > bytes.length || end > bytes.length)
      throw new RangeError(`${path} ends within an entry`)
    lines.push(bytes.toString('utf8', from, end))
    at = end
  }
  return lines
}
