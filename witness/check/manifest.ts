import { NoteError, parseNote, verifySignatures } from './note.ts'
import { covers, type KeyRange } from './range.ts'
import { parseVkey, type VerifierKey } from './vkey.ts'

// Which keys sign a log, and for which sizes, in the words of a root key that is kept offline: a C2SP signed note with
//
//   infrafabric key manifest v1
//   <the log's name>
//   key <vkey> from <size> to <size, or open>
//   …
//
// Both sizes are included, and the last head that a key signed is where its range ends.

export interface KeyManifest {
  readonly origin: string
  readonly keys: readonly KeyRange[]
}

/** Beyond any log's keys. */
const maxKeys = 1000

/** @throws NoteError for what is none, or is not signed by `root`; KeyError for a key in it that is none */
export function parseManifest(bytes: Uint8Array, root: VerifierKey): KeyManifest {
  const note = parseNote(bytes)
  const [kind, origin = '', ...lines] = note.text.slice(0, -1).split('\n')
  if (kind !== 'infrafabric key manifest v1' || origin === '')
    throw new NoteError('this is no key manifest: its first line is not that of one')
  if (root.use !== 'log' || verifySignatures(note, [root]).length === 0)
    throw new NoteError(`the manifest of ${origin} is not signed by the root key ${root.name}`)
  if (lines.length > maxKeys) throw new NoteError(`a manifest has at most ${maxKeys} keys`)
  const keys = lines.map((line): KeyRange => {
    const match = /^key (\S+) from (0|[1-9]\d{0,14}) to (0|[1-9]\d{0,14}|open)$/.exec(line)
    if (match === null)
      throw new NoteError(`'${line.slice(0, 80)}' is no line of a manifest: key VKEY from N to N`)
    const [, vkey = '', from = '', to = ''] = match
    const key = parseVkey(vkey)
    if (key.use !== 'log' || key.name !== origin)
      throw new NoteError(`the key ${key.name} is not one of the log ${origin}`)
    const range = { key, from: Number(from), to: to === 'open' ? null : Number(to) }
    if (!covers(range, range.from))
      throw new NoteError(`the range of the key ${vkey} ends before it begins`)
    return range
  })
  if (new Set(keys.map(({ key }) => key.raw)).size < keys.length)
    throw new NoteError('a key is there twice')
  return { origin, keys }
}
