import { existsSync, readFileSync } from 'node:fs'
import { parseManifest } from '../../witness/check/manifest.ts'
import { NoteError } from '../../witness/check/note.ts'
import { rangeText, type KeyRange } from '../../witness/check/range.ts'
import { KeyError, parseVkey } from '../../witness/check/vkey.ts'
import { writeDurably } from '../../witness/durable.ts'
import { readKey } from '../../witness/sign/key.ts'
import { manifestNote, type ManifestLine } from '../../witness/sign/manifest.ts'

export interface ManifestChange {
  /** The manifest's file; made where it is not there. */
  readonly file: string
  /** The root key's private file. */
  readonly rootFile: string
  /** A key of the log, its vkey or a file with it. */
  readonly key: string
  readonly from: number
  /** null: open. */
  readonly to: number | null
}

/** What a manifest says, for people: each key and the sizes that it signs. */
export interface ManifestText {
  readonly origin: string
  /** The root key's public half. */
  readonly root: string
  readonly keys: readonly { readonly vkey: string; readonly sizes: string }[]
}

/**
 * Puts a key and its range into a manifest, or changes the range, and signs it with the root key. It needs no network.
 * @throws RangeError, KeyError, NoteError, Node's own errors: each says what to do
 */
export function changeManifest({ file, rootFile, key, from, to }: ManifestChange): ManifestText {
  const root = readKey(rootFile)
  const vkey = vkeyOf(key)
  const own = parseVkey(vkey)
  if (own.use !== 'log') throw new RangeError(`${vkey} is the key of a witness, not of a log`)
  if (own.raw === parseVkey(root.vkey).raw)
    throw new RangeError('the root key signs the manifest, and no log')
  if (to !== null && to < from) throw new RangeError(`--to ${to} is less than --from ${from}`)
  const before = existsSync(file)
    ? parseManifest(readFileSync(file), parseVkey(root.vkey))
    : { origin: own.name, keys: [] }
  if (before.origin !== own.name)
    throw new RangeError(`${file} is of the log ${before.origin}, and the key of ${own.name}`)
  const line: ManifestLine = { vkey, from, to }
  const isOld = before.keys.some((range) => range.key.raw === own.raw)
  const lines = before.keys.map((range) => (range.key.raw === own.raw ? line : lineOf(range)))
  const note = manifestNote(root, own.name, isOld ? lines : [...lines, line])
  const { origin, keys } = parseManifest(Buffer.from(note), parseVkey(root.vkey))
  writeDurably(file, note)
  return textOf(origin, root.vkey, keys)
}

/** What a manifest says, where `root`, a vkey or a file with it, has signed it. @throws NoteError, KeyError */
export function readManifest(file: string, root: string): ManifestText {
  const { origin, keys } = manifestIn(file, root)
  return textOf(origin, vkeyOf(root), keys)
}

/** The keys of a log in the words of its root key. @throws NoteError that names the file; KeyError */
export function manifestIn(file: string, root: string) {
  try {
    return parseManifest(readFileSync(file), parseVkey(vkeyOf(root)))
  } catch (cause) {
    if (cause instanceof NoteError) throw new NoteError(`${file}: ${cause.message}`, { cause })
    throw cause
  }
}

/** A vkey, or the one in a file. @throws KeyError for what is neither */
export function vkeyOf(given: string): string {
  if (existsSync(given)) return readFileSync(given, 'utf8').trim()
  if (!given.includes('+'))
    throw new KeyError(
      `there is no file ${given.slice(0, 200)}, and it is no verifier key itself: <name>+<8 hex digits>+<base64>`,
    )
  return given.trim()
}

function lineOf({ key, from, to }: KeyRange): ManifestLine {
  const material = Buffer.concat([Uint8Array.of(1), Buffer.from(key.raw, 'hex')])
  return { vkey: `${key.name}+${key.id}+${material.toString('base64')}`, from, to }
}

function textOf(origin: string, root: string, keys: readonly KeyRange[]): ManifestText {
  return {
    origin,
    root,
    keys: keys.map((range) => ({ vkey: lineOf(range).vkey, sizes: rangeText(range) })),
  }
}
