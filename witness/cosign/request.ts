import { decodeBase64 } from '../check/base64.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'

/** What a log sends to a witness (C2SP tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  /** The size that the witness last cosigned, as the log knows it. */
  readonly old: number
  readonly proof: readonly Buffer[]
  readonly checkpoint: SignedCheckpoint
}

/** As many hashes as a proof may have. */
const maxProof = 63

/** The body of the request. */
export function encodeAddCheckpoint(old: number, proof: readonly Buffer[], note: string): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`
}

/** @throws NoteError for what is no such request */
export function parseAddCheckpoint(bytes: Buffer): AddCheckpoint {
  const end = bytes.indexOf('\n\n')
  if (end === -1) throw new NoteError('an empty line comes before the checkpoint')
  const [first = '', ...hashes] = bytes.subarray(0, end).toString('latin1').split('\n')
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1]
  if (old === undefined || !Number.isSafeInteger(Number(old)))
    throw new NoteError('the first line is `old` and a size')
  if (hashes.length > maxProof) throw new NoteError(`a proof has at most ${maxProof} hashes`)
  const proof = hashes.map((line) => {
    const hash = decodeBase64(line)
    if (hash === null || hash.length !== 32) throw new NoteError('a line of the proof is no hash')
    return hash
  })
  return { old: Number(old), proof, checkpoint: parseCheckpoint(bytes.subarray(end + 2)) }
}
