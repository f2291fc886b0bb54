import { hash } from 'node:crypto'
import { NoteError } from '../check/note.ts'
import { isIncluded } from '../check/proof.ts'
import { followChanges } from '../check/range.ts'
import { parseTlogProof, type TlogProof } from '../check/tlog-proof.ts'
import type { Trust } from './audit.ts'
import { unreadable } from './folder.ts'
import { signaturesOn } from './signed.ts'
import type { AuditFault, AuditVerdict } from './verdict.ts'

/**
 * Verifies a proof (C2SP tlog-proof) that `line` stands in a log. Pure. The line's bytes are as they are stored, without a
 * line feed; the keys are those that the auditor trusts: what the log's lines say of a change of them is not at hand.
 */
export function auditProof(
  bytes: Uint8Array,
  line: Uint8Array,
  { policy, manifest }: Pick<Trust, 'policy' | 'manifest'>,
): AuditVerdict {
  let proof: TlogProof
  try {
    proof = parseTlogProof(bytes)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
  const { index, path, checkpoint } = proof
  const { origin, size, root } = checkpoint
  const verdict = (fault: AuditFault | null, detail: string): AuditVerdict => ({
    ok: fault === null,
    fault,
    detail,
    at: null,
    origin,
    from: index,
    to: index + 1,
    sealed: fault === 'signature' ? null : { size, root: root.toString('base64') },
    heads: 1,
    witnessed: null,
    later: [],
    unsealed: 0,
    redacted: 0,
  })
  let signed
  try {
    signed = signaturesOn(checkpoint, manifest ?? followChanges(policy.logs, []), policy)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return verdict('signature', error.message)
  }
  const by = signed.witnesses.map(({ key, at }) => ({ name: key.name, at: at ?? 0 }))
  const isQuorum = policy.isQuorum(new Set(signed.witnesses.map(({ key }) => key.raw)))
  const witnessed = { size, by, quorum: policy.quorum, isQuorum }
  const leaf = hash('sha256', Buffer.concat([Uint8Array.of(0), line]), 'buffer')
  if (!isIncluded(index, size, leaf, path, root))
    return {
      ...verdict('integrity', `it does not prove this line as line ${index} of ${origin}`),
      witnessed,
    }
  if (!isQuorum)
    return {
      ...verdict('unwitnessed', `the policy asks for ${policy.quorum} of the witnesses`),
      witnessed,
    }
  return { ...verdict(null, ''), witnessed }
}
