import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import { readHead, type FoundHead } from './audit.ts'

/** A head that is not read yet: of a long log's thousands only the sizes are kept, so that memory does not grow with them. */
export interface HeadToRead {
  readonly size: number
  /** @throws NoteError that names the one which cannot be read, or is of another size than its file says */
  read(): SignedCheckpoint
}

/** What a folder has of heads, and what was found elsewhere, by size. */
export interface FolderHeads {
  readonly bySize: readonly HeadToRead[]
  /** The one that was found last, for the log's name; null where there is none. */
  readonly last: HeadToRead | null
}

/**
 * Every head that was published there, the newest among them, and `others`.
 * @throws NoteError for one that is read already and cannot be
 */
export function headsIn(folder: string, others: readonly FoundHead[]): FolderHeads {
  const all = join(folder, 'checkpoints')
  const names = existsSync(all) ? readdirSync(all).filter((name) => /^\d+$/.test(name)) : []
  const newest = join(folder, 'checkpoint')
  const own = names.map((name) => published(join(all, name), name))
  const read = others.map(readHead)
  if (existsSync(newest)) read.unshift(readHead({ name: newest, note: readNote(newest) }))
  const found = [...own, ...read.map((head) => ({ size: head.size, read: () => head }))]
  return { bySize: found.toSorted((a, b) => a.size - b.size), last: found.at(-1) ?? null }
}

function published(path: string, name: string): HeadToRead {
  return {
    size: Number(name),
    read() {
      const head = readHead({ name: path, note: readNote(path) })
      if (String(head.size) !== name) throw new NoteError(`${path} is a head of ${head.size} lines`)
      return head
    },
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
