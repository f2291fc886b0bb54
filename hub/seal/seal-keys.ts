import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseCheckpoint } from '../../witness/check/checkpoint.ts'
import { keyChangeIn, type KeyChange } from '../../witness/check/key-change.ts'
import { syncFolder, writeDurably } from '../../witness/durable.ts'
import { readLines } from '../../witness/seal/segments.ts'
import {
  newKey,
  parseKey,
  readCredential,
  readKey,
  writeKey,
  type Signer,
} from '../../witness/sign/key.ts'
import { signKeyChange, type SignedKeyChange } from '../../witness/sign/key-change.ts'

const credentialMark = 'credential:'

/** The keys of a log: the one that signs, and, from `prepare` until it has taken over, the one that follows it. */
export interface LogKeys {
  readonly signer: Signer
  /** The public half of the key, where it was made and nobody has recorded that (`told`); else null. */
  readonly made: string | null
  /** A change that a crash had left half done, and that was brought to its end when these were opened. */
  readonly finished: {
    readonly old: string
    readonly last: number
    readonly retired: boolean
  } | null
  /** That it was made is on record: whoever opens these again is not told. */
  told(): void
  /** Makes the key that follows, where it is not there yet. @throws RangeError that says what to do */
  prepare(): { readonly next: Signer; readonly made: boolean }
  /** Signs with both keys that the one follows the other, in a log of `after` lines. @throws RangeError */
  change(after: number): SignedKeyChange
  /**
   * Whether the entry at line `seq` hands over to the next key; `text`: its body, or the line. @throws RangeError where it
   * does and this hub lacks that key
   */
  handsOver(text: string, seq: number): boolean
  /** The next key takes over, for good; `retired`: the private half of the old one is destroyed. */
  handOver(): { readonly retired: boolean }
}

/**
 * Opens the key of the log `origin`, and makes it where there is none. A change that a crash left half done is brought to its
 * end: which of two keys signs is known by the newest head in `folder` and the entry that it ends with.
 *
 * @param keyFile a path, or `credential:NAME` for a file in $CREDENTIALS_DIRECTORY (systemd.exec, LoadCredential=)
 * @throws RangeError that says what to do
 */
export function openLogKeys(keyFile: string, origin: string, folder: string): LogKeys {
  const isCredential = keyFile.startsWith(credentialMark)
  const nextFile = `${keyFile}.next`
  const untold = join(folder, 'key-untold')
  const isNew = !isCredential && !existsSync(keyFile)
  if (isNew) {
    const key = newKey(origin, 'log')
    mkdirSync(dirname(keyFile), { recursive: true })
    mkdirSync(folder, { recursive: true })
    // before the key: after a crash in between there is no such key, and another one is made
    writeDurably(untold, `${parseKey(key).vkey}\n`)
    writeKey(keyFile, key)
  }
  let signer = readOwn(keyFile, origin)
  const isUntold = existsSync(untold) && readFileSync(untold, 'utf8') === `${signer.vkey}\n`
  const made = isUntold ? signer.vkey : null
  let next = isThere(nextFile) ? readOwn(nextFile, origin) : null
  const newest = join(folder, 'checkpoint')
  let finished: LogKeys['finished'] = null
  if (existsSync(newest) && !isNew) {
    const { size, note } = parseCheckpoint(readFileSync(newest))
    const signed = ({ name, id }: Pick<Signer, 'name' | 'id'>) =>
      note.signatures.some((one) => one.name === name && one.keyId === id)
    // the last head of a key ends with the entry that changes it
    const change = changeAt(folder, size - 1)
    const isLast = change !== null && signed(change.old)
    if (next !== null && signed(next)) signer = next
    else if (isLast && change.old.id === signer.id && change.next.id === next?.id) {
      const old = signer.vkey
      finished = { old, last: size, retired: takeOver() }
    } else if (!signed(signer) && !(isLast && change.next.id === signer.id))
      throw new RangeError(
        `the key in ${keyFile} is not the one that signed the newest head: put that back and use infra witness key rotate; if it is lost, move ${newest} away, and list both keys in a manifest of your root key`,
      )
  }
  if (signer === next) next = null
  tellPublic(folder, signer)

  /** True: the private half of the old key is gone. */
  function takeOver(): boolean {
    if (next === null) throw new Error('there is no key to hand over to')
    if (!isCredential) {
      renameSync(nextFile, keyFile)
      syncFolder(dirname(keyFile))
    }
    signer = next
    next = null
    tellPublic(folder, signer)
    return !isCredential
  }

  function prepare(): { readonly next: Signer; readonly made: boolean } {
    if (next !== null) return { next, made: false }
    if (isCredential && !isThere(nextFile))
      throw new RangeError(
        `the key is a systemd credential, which a hub cannot replace: make the next one with infra witness key ${origin} FILE, load it as the credential ${nextFile.slice(credentialMark.length)}, and start the hub again`,
      )
    const isNext = isThere(nextFile)
    if (!isNext) writeKey(nextFile, newKey(origin, 'log'))
    next = readOwn(nextFile, origin)
    return { next, made: !isNext }
  }

  return {
    get signer() {
      return signer
    },
    made,
    told: () => rmSync(untold, { force: true }),
    finished,
    prepare,
    change: (after) => signKeyChange(signer, prepare().next, after),
    handsOver(text, seq) {
      if (!text.includes('"type":"KeyChanged"')) return false
      const change = changeIn(text, seq)
      if (change?.old.id !== signer.id) return false // another hub's, or not signed by both
      if (next?.id !== change.next.id)
        throw new RangeError(
          `the journal says that the key ${change.next.id} signs from line ${seq + 1} on, and it is not in ${nextFile}: put it there`,
        )
      return true
    },
    handOver: () => ({ retired: takeOver() }),
  }
}

function tellPublic(folder: string, { vkey }: Signer): void {
  mkdirSync(folder, { recursive: true })
  writeDurably(join(folder, 'log.vkey'), `${vkey}\n`)
}

/** The change of the key that line `seq` of the log says; null where it says none. */
function changeAt(folder: string, seq: number): KeyChange | null {
  const [line] = seq < 0 ? [] : readLines(join(folder, 'segments'), seq, seq + 1)
  return line?.includes('"type":"KeyChanged"') === true ? changeIn(line.toString(), seq) : null
}

/** `text`: an entry's body, or its line. */
function changeIn(text: string, seq: number): KeyChange | null {
  const line: { readonly body?: unknown; readonly event?: unknown } = JSON.parse(text)
  const body = (line.body ?? line) as typeof line // an entry, of the journal's own making
  return keyChangeIn(body.event, seq)
}

/** Where a credential is; null where the hub was not given any. */
function credentialPath(file: string): string | null {
  const folder = process.env['CREDENTIALS_DIRECTORY']
  return folder === undefined ? null : join(folder, file.slice(credentialMark.length))
}

function isThere(file: string): boolean {
  if (!file.startsWith(credentialMark)) return existsSync(file)
  const path = credentialPath(file)
  return path !== null && existsSync(path)
}

function readOwn(file: string, origin: string): Signer {
  const signer = file.startsWith(credentialMark) ? credential(file) : readKey(file)
  if (signer.name !== origin || signer.use !== 'log')
    throw new RangeError(
      `the key in ${file} is of ${signer.name}, and the log is ${origin}: name another keyFile or origin in the config's witness`,
    )
  return signer
}

function credential(file: string): Signer {
  const path = credentialPath(file)
  if (path === null || !existsSync(path))
    throw new RangeError(
      `there is no ${file}: give it to the hub's unit with LoadCredential=${file.slice(credentialMark.length)}:PATH, or name a file as keyFile`,
    )
  return readCredential(path)
}
