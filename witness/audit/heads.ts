import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { NoteError } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { readHead } from './audit.ts'
import { lookAt, type LookedHead } from './signed.ts'

/** Heads that were published, to be looked at in one go. */
export interface HeadsTask {
  /** The folder `witness`. */
  readonly folder: string
  /** Their sizes, as their files are called. */
  readonly names: readonly string[]
  readonly keys: readonly VerifierKey[]
}

/** A head that was published, or why its file is none. */
export type PublishedHead = { readonly name: string } & (
  { readonly head: LookedHead } | { readonly unreadable: string }
)

const newest = (folder: string) => join(folder, 'checkpoint')
const published = (folder: string) => join(folder, 'checkpoints')

/** The heads that were published there, by size; the newest stands in a file of its own, too. */
export function publishedIn(folder: string): readonly string[] {
  const all = published(folder)
  if (!existsSync(all)) return []
  return readdirSync(all)
    .filter((name) => /^\d+$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b))
}

/** Null where there is none. */
export function newestIn(folder: string): { readonly name: string; readonly note: Buffer } | null {
  const name = newest(folder)
  return existsSync(name) ? { name, note: readFileSync(name) } : null
}

export function lookAtHeads({ folder, names, keys }: HeadsTask): readonly PublishedHead[] {
  return names.map((name) => lookAtPublished(folder, name, keys))
}

export function lookAtPublished(
  folder: string,
  name: string,
  keys: readonly VerifierKey[],
): PublishedHead {
  const path = join(published(folder), name)
  try {
    const head = lookAt(readHead({ name: path, note: readNote(path) }), keys)
    return String(head.size) === name
      ? { name, head }
      : { name, unreadable: `${path} is a head of ${head.size} lines` }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return { name, unreadable: error.message }
  }
}

/** One for all of them, longer than any note may be. */
const bytes = Buffer.allocUnsafeSlow(64 * 1024 + 1)

/** What a small file has; it stays until the next is read. To ask for its length first would take as long again. */
function readNote(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    let end = 0
    for (let read = -1; read !== 0 && end < bytes.length; end += read)
      read = readSync(file, bytes, end, bytes.length - end, null)
    return end < bytes.length ? bytes.subarray(0, end) : readFileSync(path)
  } finally {
    closeSync(file)
  }
}
