import { verify } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import { isKeyName, type VerifierKey } from './vkey.ts'

// Signed notes (C2SP signed-note, tlog-cosignature) as who checks them reads them.

export interface NoteSignature {
  readonly name: string
  /** Four bytes in hex. */
  readonly keyId: string
  readonly bytes: Buffer
}

export interface SignedNote {
  /** What is signed, with its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A signature that was found good. */
export interface Signed {
  readonly key: VerifierKey
  /** When a witness cosigned, seconds since the epoch; null for the log's own signature. */
  readonly at: number | null
}

/** A note that is none, or whose signature is not good; `message` says which. */
export class NoteError extends Error {
  override readonly name = 'NoteError'
}

/** 64 KiB and 100 signatures: far above any checkpoint, and a bound for what a stranger sends. */
const maxBytes = 64 * 1024
const maxSignatures = 100

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws NoteError for what is no signed note. Whether its signatures are good is another question */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > maxBytes) throw new NoteError(`a note of ${bytes.length} bytes is too long`)
  let note: string
  try {
    note = utf8.decode(bytes)
  } catch (cause) {
    throw new NoteError('the note is not UTF-8', { cause })
  }
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note))
    throw new NoteError('the note has control characters')
  const split = note.lastIndexOf('\n\n')
  if (split === -1 || !note.endsWith('\n'))
    throw new NoteError('the note has no signatures: an empty line comes before them')
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > maxSignatures) throw new NoteError(`a note with ${lines.length} signatures`)
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

/** One line, `— name base64`. @throws NoteError */
export function parseSignature(line: string): NoteSignature {
  const [dash, name = '', base64 = '', ...more] = line.split(' ')
  const bytes = decodeBase64(base64)
  if (dash !== '—' || !isKeyName(name) || bytes === null || bytes.length < 5 || more.length > 0)
    throw new NoteError(`'${line.slice(0, 80)}' is no signature line`)
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) }
}

/**
 * The good signatures of the keys in `trusted`; those of other keys are passed over.
 * @throws NoteError where a signature says that it is of one of these and is not
 */
export function verifySignatures(
  { text, signatures }: SignedNote,
  trusted: readonly VerifierKey[],
): readonly Signed[] {
  return signatures.flatMap((signature): readonly Signed[] => {
    const key = keyOf(signature, trusted)
    if (key === undefined) return []
    const signed = verifySignature(text, key, signature)
    if (signed === null) throw new NoteError(`the signature of ${key.name} is not good`)
    return [signed]
  })
}

/** Which of these keys a signature says it is of: the first with its name and ID. */
export function keyOf(
  { name, keyId }: Pick<NoteSignature, 'name' | 'keyId'>,
  keys: readonly VerifierKey[],
): VerifierKey | undefined {
  return keys.find((key) => key.name === name && key.id === keyId)
}

/** What a signature says that this key made under this text; null: it is not good. */
export function verifySignature(
  text: string,
  key: VerifierKey,
  signature: NoteSignature,
): Signed | null {
  const claim = claimOf(text, key, signature)
  return claim !== null && verify(null, claim.bytes, key.key, claim.signature) ? claim.signed : null
}

/** What a signature says, and over which bytes it is good if it is so. */
interface Claim {
  readonly bytes: Buffer
  readonly signature: Uint8Array
  readonly signed: Signed
}

/** null: it is good over nothing. */
function claimOf(text: string, key: VerifierKey, { bytes }: NoteSignature): Claim | null {
  if (key.use === 'witness') return timedClaim(text, key, bytes)
  if (bytes.length !== 64) return null
  return { bytes: Buffer.from(text), signature: bytes, signed: { key, at: null } }
}

/** The last second that a date can say: year 275760. */
const lastSecond = 8_640_000_000_000n

/** C2SP tlog-cosignature: eight bytes of time, then the signature over a header, the time and the text. */
function timedClaim(text: string, key: VerifierKey, bytes: Buffer): Claim | null {
  if (bytes.length !== 72) return null
  const at = bytes.readBigUInt64BE(0)
  if (at > lastSecond) return null
  const message = Buffer.from(`cosignature/v1\ntime ${at}\n${text}`)
  return { bytes: message, signature: bytes.subarray(8), signed: { key, at: Number(at) } }
}
