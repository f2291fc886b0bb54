import { decodeBase64 } from './base64.ts'
import { NoteError, parseNote, verifySignatures, type Signed, type SignedNote } from './note.ts'
import type { VerifierKey } from './vkey.ts'

/** The head of a log (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log it is of. */
  readonly origin: string
  /** How many leaves. */
  readonly size: number
  /** 32 bytes. */
  readonly root: Buffer
}

/** A checkpoint with the signatures under it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote
}

/** @throws NoteError for what is no signed checkpoint. Whether its signatures are good is another question */
export function parseCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  const note = parseNote(bytes)
  const [origin = '', size = '', root = '', ...more] = note.text.slice(0, -1).split('\n')
  const hash = decodeBase64(root)
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size))
  if (origin === '' || !isSize || hash === null || hash.length !== 32 || more.includes(''))
    throw new NoteError('the note is no checkpoint: origin, size and root hash, a line each')
  return { origin, size: Number(size), root: hash, note }
}

/** Whose good signatures are under a checkpoint. */
export interface Signers {
  /** Of the log, whose key has the origin's name. */
  readonly log: Signed
  readonly witnesses: readonly Signed[]
}

/**
 * The good signatures of trusted keys.
 * @throws NoteError where none is the log's, or one is not good
 */
export function verifyCheckpoint(
  { origin, note }: SignedCheckpoint,
  trusted: readonly VerifierKey[],
): Signers {
  return signersOf(origin, verifySignatures(note, trusted))
}

/** Tells good signatures apart. @throws NoteError where none is the log's */
export function signersOf(origin: string, signed: readonly Signed[]): Signers {
  const log = signed.find(({ key }) => key.use === 'log' && key.name === origin)
  if (log === undefined)
    throw new NoteError(`no key that is trusted signed the checkpoint of ${origin}`)
  return { log, witnesses: signed.filter(({ key }) => key.use === 'witness') }
}
