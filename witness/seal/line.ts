import { hash } from 'node:crypto'
import { canonical } from '../canonical.ts'

/** The `$prev` of the first line: 32 zero bytes. */
export const noPrevious: Buffer = Buffer.alloc(32)

/**
 * The longest body that stands in its line, in bytes: C2SP's entry bundles have 16 bits for a length, and 60 KiB leaves
 * room for the rest of the line.
 */
export const maxBodyBytes = 60 * 1024

/**
 * The line of one entry: canonical JSON (RFC 8785) with the leaf hash of the line before and its own number, so that the
 * chain is inside what the tree is built of. A body that is too long is stood for by its hash. Pure.
 *
 * @param body the journal's body, canonical JSON, as it is stored there
 * @param rid where the journal has it
 */
export function lineOf(prev: Buffer, seq: number, body: string, rid: string): string {
  const head = `{"$prev":"${prev.toString('base64')}","$seq":${seq}`
  const bytes = Buffer.byteLength(body)
  return bytes <= maxBodyBytes
    ? `${head},"body":${body},"rid":${canonical(rid)}}`
    : `${head},"bodyBytes":${bytes},"bodyHash":"${hash('sha256', body, 'base64')}","rid":${canonical(rid)}}`
}
