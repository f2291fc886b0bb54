import type { Signer } from './key.ts'

/** The text of a checkpoint (C2SP tlog-checkpoint): origin, size and root, without extension lines. */
export function checkpointText(origin: string, size: number, root: Buffer): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** The log's signature line under a note's text (C2SP signed-note). */
export function signatureLine(signer: Signer, text: string): string {
  return line(signer, signer.sign(text))
}

/**
 * A witness's cosignature line under a checkpoint's text (C2SP tlog-cosignature, cosignature/v1). `at`: seconds since
 * the epoch.
 */
export function cosignatureLine(signer: Signer, text: string, at: number): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(at))
  return line(signer, Buffer.concat([time, signer.sign(`cosignature/v1\ntime ${at}\n${text}`)]))
}

/** A text and its signature lines as one note. */
export function noteOf(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.join('')}`
}

function line({ name, id }: Signer, signature: Buffer): string {
  return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`
}
