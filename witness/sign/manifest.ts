import type { Signer } from './key.ts'
import { noteOf, signatureLine } from './note.ts'

/** A line of a manifest: a key, and the sizes of the heads that it signs, both included; `to` null: open. */
export interface ManifestLine {
  readonly vkey: string
  readonly from: number
  readonly to: number | null
}

/** A manifest, signed by the root key; witness/check/manifest.ts has the form. */
export function manifestNote(root: Signer, origin: string, keys: readonly ManifestLine[]): string {
  const lines = keys.map(({ vkey, from, to }) => `key ${vkey} from ${from} to ${to ?? 'open'}\n`)
  const text = `infrafabric key manifest v1\n${origin}\n${lines.join('')}`
  return noteOf(text, [signatureLine(root, text)])
}
