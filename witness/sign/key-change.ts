import type { Signer } from './key.ts'
import { signatureLine } from './note.ts'

/** What an entry `KeyChanged` says beside who ordered it. */
export interface SignedKeyChange {
  readonly old: string
  readonly next: string
  readonly after: number
  readonly signatures: readonly [old: string, next: string]
}

/** Signs with both keys that `next` follows `old` in a log of `after` lines; witness/check/key-change.ts has the text. */
export function signKeyChange(old: Signer, next: Signer, after: number): SignedKeyChange {
  const text = `infrafabric key change v1\n${old.name}\nold ${old.vkey}\nnew ${next.vkey}\nafter ${after}\n`
  const line = (signer: Signer) => signatureLine(signer, text).trimEnd()
  return { old: old.vkey, next: next.vkey, after, signatures: [line(old), line(next)] }
}
