import { isConsistent } from '../check/proof.ts'
import { NoteError, verifySignatures } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { emptyRoot } from '../merkle/hash.ts'
import type { AddCheckpoint } from './request.ts'

/** The head that a witness cosigned last for a log. */
export interface Seen {
  readonly size: number
  readonly root: Buffer
}

/** What the witness answers: HTTP statuses of C2SP tlog-witness. `size`: what it cosigned last. */
export type Decision =
  | { readonly status: 200 }
  | { readonly status: 400 | 403 | 404 | 422; readonly detail: string }
  | { readonly status: 409; readonly size: number }

/**
 * Whether a witness cosigns: only what a log that it knows has signed, and what continues the head that it cosigned
 * last. Pure.
 *
 * @param logs the keys of the logs that it serves; a key's name is its log's origin
 */
export function decide(
  { old, proof, checkpoint }: AddCheckpoint,
  logs: readonly VerifierKey[],
  seen: Seen | null,
): Decision {
  const { origin, size, root, note } = checkpoint
  const keys = logs.filter(({ name }) => name === origin)
  if (keys.length === 0)
    return { status: 404, detail: `this witness does not know the log ${origin}` }
  try {
    if (verifySignatures(note, keys).length === 0)
      return {
        status: 403,
        detail: 'the checkpoint is not signed by a key that this witness knows',
      }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return { status: 403, detail: error.message }
  }
  if (old > size) return { status: 400, detail: 'the old size is larger than the checkpoint’s' }
  const last = seen ?? { size: 0, root: emptyRoot }
  if (old !== last.size) return { status: 409, size: last.size }
  return isNext(size, root, last, proof)
    ? { status: 200 }
    : { status: 422, detail: 'the checkpoint does not continue the one that was cosigned before' }
}

function isNext(size: number, root: Buffer, last: Seen, proof: readonly Buffer[]): boolean {
  if (size === last.size) return proof.length === 0 && root.equals(last.root)
  if (last.size === 0) return proof.length === 0
  return isConsistent(last.size, size, last.root, root, proof)
}
