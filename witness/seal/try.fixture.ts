import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { leafHash } from '../merkle/hash.ts'
import { consistencyPath } from '../merkle/proof.ts'
import { newKey, parseKey, type Signer } from '../sign/key.ts'
import { checkpointText, noteOf, signatureLine } from '../sign/note.ts'
import { lineOf } from './line.ts'
import { SealStore } from './store.ts'

/** A folder that is gone after the test. */
export function newFolder(t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'if-seal-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const logSigner: Signer = parseKey(newKey('studio.example/log', 'log'))

/** Seals entries `from` up to, and without, `to`; their text is `word` and the number. */
export function sealEntries(store: SealStore, from: number, to: number, word = 'entry'): void {
  let { prev } = store
  const lines: string[] = []
  for (let i = from; i < to; i++) {
    const line = lineOf(prev, i, `{"${word}":${i}}`, String(i + 1))
    prev = leafHash(Buffer.from(line))
    lines.push(line)
  }
  store.append(lines)
}

/** The head of a store, signed. */
export function headOf(store: SealStore, signer = logSigner) {
  const text = checkpointText(signer.name, store.size, store.root)
  return { size: store.size, text, note: noteOf(text, [signatureLine(signer, text)]) }
}

/** Proofs that a store continues what it was. */
export const proofsOf = (store: SealStore) => (old: number) =>
  old === 0 || old > store.size
    ? []
    : consistencyPath(old, store.size).map((range) => store.hashOf(range))
