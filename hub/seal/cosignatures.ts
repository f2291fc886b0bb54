import type { CosignatureRecord } from '../../intents/witness-event.ts'
import type { Policy } from '../../witness/check/policy.ts'
import { cosign } from '../../witness/cosign/client.ts'
import { consistencyPath } from '../../witness/merkle/proof.ts'
import type { SealStore } from '../../witness/seal/store.ts'

/** What the witnesses of a policy say to a head. @throws Error where one has cosigned more than this log has */
export async function cosignatures(
  policy: Policy | null,
  store: SealStore,
  head: { readonly size: number; readonly text: string; readonly note: string },
) {
  const asked = (policy?.witnesses ?? []).flatMap(({ key, url }) =>
    url === null ? [] : [{ key, url }],
  )
  const proofFrom = (old: number) =>
    old === 0 || old > head.size
      ? []
      : consistencyPath(old, head.size).map((range) => store.hashOf(range))
  const answers = await Promise.all(
    asked.map(async (witness) => ({
      raw: witness.key.raw,
      answer: await cosign(witness, head, 0, proofFrom),
    })),
  )
  const good = answers.flatMap(({ raw, answer }) => (answer.ok ? [{ raw, ...answer }] : []))
  const faults = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer]))
  const ahead = faults.find(({ fault }) => fault === 'ahead')
  // this log has lost what it once had: to sign on would make the second history
  if (ahead !== undefined) throw new Error(ahead.detail)
  const isQuorum = policy?.isQuorum(new Set(good.map(({ raw }) => raw))) ?? true
  return {
    lines: good.map(({ line }) => line),
    witnesses: good.map(({ line, at }) => cosignatureOf(line, at)),
    times: good.map(({ at }) => at),
    unwitnessed: isQuorum ? null : faults.map(({ detail }) => detail).join('; '),
  }
}

/** A cosignature line, `— name base64`, as the journal has it. */
function cosignatureOf(line: string, at: number): CosignatureRecord {
  const [, name = '', signature = ''] = line.trimEnd().split(' ')
  return { name, at, signature }
}
