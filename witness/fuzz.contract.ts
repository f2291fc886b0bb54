import { readFileSync } from 'node:fs'
import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { parseCheckpoint } from './check/checkpoint.ts'
import { parsePolicy } from './check/policy.ts'
import { parseTlogProof } from './check/tlog-proof.ts'
import { parseVkey } from './check/vkey.ts'
import { parseAddCheckpoint } from './cosign/request.ts'
import {
  parseKey,
  parseNote as parsePlainly,
  parsePolicy as parsePolicyPlainly,
} from '../verifier/trust.js'

// What an auditor is given, and what a witness is asked: by the hub's own verification and by the second verifier.

/** A note of another implementation (fixtures/vectors.py). */
const vectors = JSON.parse(
  readFileSync(new URL('fixtures/note.json', import.meta.url), 'utf8'),
) as Record<'log' | 'witness', { vkey: string }> & Record<'text' | 'signed' | 'cosigned', string>
const note = `${vectors.text}\n${vectors.signed}${vectors.cosigned}`
const hash = Buffer.alloc(32, 1).toString('base64')
const policy = `log ${vectors.log.vkey}\nwitness w1 ${vectors.witness.vkey}\ngroup all-of all w1\nquorum all-of\n`

/** Throws where something else is thrown than the closed errors of this folder, or a fault of the verifier. */
function refused(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    const { name = '' } = error as Partial<Error>
    const isFault = error instanceof Error && 'fault' in error
    if (!['NoteError', 'KeyError', 'PolicyError'].includes(name) && !isFault) throw error
  }
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'notes and checkpoints',
    seeds: [note],
    open: () => (bytes) => {
      refused(() => parseCheckpoint(bytes))
      refused(() => parsePlainly(bytes))
    },
  },
  {
    name: 'proofs, and what a witness is asked',
    seeds: [
      `c2sp.org/tlog-proof@v1\nindex 3\n${hash}\n\n${note}`,
      `old 2\n${hash}\n${hash}\n\n${note}`,
    ],
    open: () => (bytes) => {
      refused(() => parseTlogProof(bytes))
      refused(() => parseAddCheckpoint(bytes))
    },
  },
  {
    name: 'policies and keys',
    seeds: [policy, vectors.log.vkey],
    open: () => (bytes) => {
      const text = bytes.toString()
      for (const read of [parsePolicy, parsePolicyPlainly, parseVkey, parseKey])
        refused(() => read(text))
    },
  },
]
