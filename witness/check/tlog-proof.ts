import { decodeBase64 } from './base64.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { NoteError } from './note.ts'

// A proof that a line stands in a log (C2SP tlog-proof) as who checks it reads it: all of it may come from an attacker.

export interface TlogProof {
  readonly index: number
  /** From the leaf's sibling up. */
  readonly path: readonly Buffer[]
  readonly checkpoint: SignedCheckpoint
}

const firstLine = 'c2sp.org/tlog-proof@v1\n'
/** A tree of 2^53 leaves has no longer path. */
const maxPath = 53
/** The checkpoint's 64 KiB, the path, and room for what somebody puts in `extra`. Bytes. */
const maxBytes = 256 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether bytes say of themselves that they are such a proof. */
export function isTlogProof(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, firstLine.length)).toString('latin1') === firstLine
}

/** @throws NoteError for what is none. Whether it proves anything is another question */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  if (bytes.length > maxBytes) throw new NoteError(`a proof of ${bytes.length} bytes is too long`)
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw new NoteError('the proof is not UTF-8', { cause })
  }
  const split = text.indexOf('\n\n')
  if (!text.startsWith(firstLine) || split === -1)
    throw new NoteError(
      'this is no proof: it begins with c2sp.org/tlog-proof@v1, and its checkpoint stands behind an empty line',
    )
  const lines = text.slice(firstLine.length, split).split('\n')
  if (lines[0]?.startsWith('extra ') === true && decodeBase64(lines[0].slice(6)) !== null)
    lines.shift() // nobody has signed it, and nothing here needs it
  const [said = '', ...hashes] = lines
  const index = /^index (0|[1-9]\d{0,15})$/.exec(said)?.[1]
  if (index === undefined || !Number.isSafeInteger(Number(index)))
    throw new NoteError(`'${said.slice(0, 60)}' is no index of a line`)
  if (hashes.length > maxPath) throw new NoteError('no tree has a proof of so many hashes')
  const path = hashes.map((hash) => {
    const bytes = decodeBase64(hash)
    if (bytes?.length !== 32) throw new NoteError(`'${hash.slice(0, 60)}' is no hash`)
    return bytes
  })
  const checkpoint = parseCheckpoint(Buffer.from(text.slice(split + 2)))
  return { index: Number(index), path, checkpoint }
}
