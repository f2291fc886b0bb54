import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { LogError, type Beside, type Sidecar } from '../log.ts'

/** 1 MiB: what is written anew where something of it is erased. Bytes. */
const fileBytes = 1024 * 1024

const named = /^\d{6}\.txt$/

export interface FileSidecar extends Sidecar {
  /** Resolves when all of it is on the disk. @throws LogError: nothing of it is kept */
  put(beside: Beside): Promise<void>
  close(): Promise<void>
}

/**
 * Texts in files `000001.txt` and on, a line each: the key, a space, the text. A line is removed by writing its file
 * anew, aside, and putting it in the place of the old one. One process at a time: the log beside it has the lock.
 * @throws LogError `io` where the folder cannot be read
 */
export async function openFileSidecar(folder: string): Promise<FileSidecar> {
  try {
    return await openIn(folder)
  } catch (cause) {
    throw ioError(folder, cause)
  }
}

/** All texts of a folder, by key, for those who only read it; none where there is no such folder. */
export async function readFileSidecar(folder: string): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>()
  for (const name of await namesIn(folder))
    for (const [key, text] of parse(await readFile(join(folder, name), 'utf8')).texts)
      all.set(key, text)
  return all
}

async function openIn(folder: string): Promise<FileSidecar> {
  /** Each with the file that has it; undefined: it was let go of, and is still there. */
  const texts = new Map<string, { readonly file: string; readonly text: string | undefined }>()
  let newest = '000001.txt'
  let bytes = 0
  let made = false
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    // of a crash while it was written anew: the old one stands
    await unlink(`${path}.new`).catch(() => {})
    const content = await readFile(path)
    const { texts: found, end } = parse(content.toString())
    // a line without an end: a crash while it was written, and its entry was not recorded
    if (end < content.length) await truncate(path, end)
    for (const [key, text] of found) texts.set(key, { file: name, text })
    newest = name
    bytes = end
    made = true
  }
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work).catch((cause: unknown) => {
      throw ioError(folder, cause)
    })
    turn = mine.catch(() => {}) // whoever asked is told
    return mine
  }

  async function put(beside: Beside): Promise<void> {
    if (!made) await mkdir(folder, { recursive: true, mode: 0o700 })
    if (bytes >= fileBytes) {
      newest = nameOf(Number.parseInt(newest, 10) + 1)
      bytes = 0
    }
    const isNew = bytes === 0
    const lines = Buffer.from([...beside].map(([key, text]) => `${key} ${text}\n`).join(''))
    const file = await open(join(folder, newest), constants.O_WRONLY | constants.O_CREAT, 0o600)
    try {
      // what a failed write left behind is overwritten
      await file.truncate(bytes)
      for (let done = 0; done < lines.length;)
        done += (await file.write(lines, done, lines.length - done, bytes + done)).bytesWritten
      await file.datasync()
    } finally {
      await file.close()
    }
    if (isNew) await syncFolder(folder)
    if (!made) await syncFolder(join(folder, '..'))
    made = true
    bytes += lines.length
    for (const [key, text] of beside) texts.set(key, { file: newest, text })
  }

  async function erase(keys: readonly string[]): Promise<number> {
    const gone = new Set(keys.filter((key) => texts.has(key)))
    const files = new Set([...gone].map((key) => texts.get(key)?.file ?? newest))
    for (const name of files) {
      const path = join(folder, name)
      const { texts: found } = parse(await readFile(path, 'utf8'))
      const kept = [...found].filter(([key]) => !gone.has(key))
      const aside = await open(`${path}.new`, 'w', 0o600)
      const content = kept.map(([key, text]) => `${key} ${text}\n`).join('')
      try {
        await aside.writeFile(content)
        await aside.sync()
      } finally {
        await aside.close()
      }
      await rename(`${path}.new`, path)
      if (name === newest) bytes = Buffer.byteLength(content)
    }
    if (files.size > 0) await syncFolder(folder)
    for (const key of gone) texts.delete(key)
    return gone.size
  }

  return {
    get: (key) => texts.get(key)?.text,
    size: () => texts.size,
    forget(keys) {
      for (const key of keys) {
        const known = texts.get(key)
        if (known !== undefined) texts.set(key, { file: known.file, text: undefined })
      }
    },
    put: (beside) => inTurn(() => put(beside)),
    erase: (keys) => inTurn(() => erase(keys)),
    close: async () => void (await turn),
  }
}

/** Lines as they should be, and where the last of them ends, in bytes. */
function parse(content: string): {
  readonly texts: readonly (readonly [key: string, text: string])[]
  readonly end: number
} {
  const end = content.lastIndexOf('\n') + 1
  const texts = content
    .slice(0, end)
    .split('\n')
    .slice(0, -1)
    .map((line): readonly [string, string] => {
      const space = line.indexOf(' ')
      return [line.slice(0, space), line.slice(space + 1)]
    })
  return { texts, end: Buffer.byteLength(content.slice(0, end)) }
}

/** In their order. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw cause
  })
  return names.filter((name) => named.test(name)).toSorted()
}

function nameOf(number: number): string {
  return `${String(number).padStart(6, '0')}.txt`
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function ioError(folder: string, cause: unknown): LogError {
  if (cause instanceof LogError) return cause
  const { code = '' } = cause as NodeJS.ErrnoException
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new LogError(
    isFull ? 'full' : 'io',
    `${folder}: what is kept beside the log cannot be read or written (${code}); check the folder, its rights and its disk`,
    { cause },
  )
}
