/**
 * A proof that a line stands in a log, in C2SP's tlog-proof form, `.tlog-proof`: the line's number, the hashes beside its way to
 * the root, and the signed head as it stands. The line itself is not in it.
 *
 * @param path from the leaf's sibling up (RFC 6962, section 2.1.1)
 * @param note the checkpoint with all its signatures
 */
export function tlogProof(index: number, path: readonly Buffer[], note: string): string {
  const hashes = path.map((hash) => `${hash.toString('base64')}\n`).join('')
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${note}`
}
