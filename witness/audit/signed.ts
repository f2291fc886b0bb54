import { signersOf, type SignedCheckpoint, type Signers } from '../check/checkpoint.ts'
import { NoteError, verifySignature, type Signed } from '../check/note.ts'
import type { Policy } from '../check/policy.ts'
import { covers, rangeText, type KeyRange } from '../check/range.ts'
import type { VerifierKey } from '../check/vkey.ts'

/** A head whose signatures were verified: all that judging it needs, and little enough to go from one thread to another. */
export interface LookedHead {
  readonly origin: string
  readonly size: number
  /** base64 */
  readonly root: string
  /** In the order of the note. */
  readonly signatures: readonly LookedSignature[]
}

export interface LookedSignature {
  readonly name: string
  /** Four bytes in hex. */
  readonly keyId: string
  /** The public key that it was verified with, in hex; null: no key that was at hand has this name and ID. */
  readonly key: string | null
  /** Null: it is not good. */
  readonly good: { readonly at: Signed['at'] } | null
}

/** Verifies every signature of these keys, in their order where two have the same name and ID. */
export function lookAt(
  { origin, size, root, note }: SignedCheckpoint,
  keys: readonly VerifierKey[],
): LookedHead {
  const signatures = note.signatures.map((signature): LookedSignature => {
    const { name, keyId } = signature
    const key = keys.find((one) => one.name === name && one.id === keyId)
    if (key === undefined) return { name, keyId, key: null, good: null }
    const signed = verifySignature(note.text, key, signature)
    return { name, keyId, key: key.raw, good: signed === null ? null : { at: signed.at } }
  })
  return { origin, size, root: root.toString('base64'), signatures }
}

/** Whether a head was looked at with all of these keys that it names. */
export function isLookedAt({ signatures }: LookedHead, keys: readonly VerifierKey[]): boolean {
  return signatures.every(({ name, keyId, key }) => {
    const named = keys.find((one) => one.name === name && one.id === keyId)
    return named === undefined || named.raw === key
  })
}

/**
 * The good signatures under a head: of the log, by a key that may sign heads of its size, and of witnesses. A head that names
 * a key which may not is refused whoever else signed it: entries may have been made anew with a key of another time.
 *
 * @param head looked at with these keys and the policy's witnesses
 * @param good the sizes of the heads that were found good, all smaller ones being among them: the first head of a key that
 *   followed another comes right behind the last of the one before. null: not all heads are known
 * @throws NoteError
 */
export function signedBy(
  head: LookedHead,
  keys: readonly KeyRange[],
  policy: Policy,
  good: ReadonlySet<number> | null,
): Signers {
  const { signatures } = head
  const named = keys.filter(({ key }) =>
    signatures.some(({ name, keyId }) => name === key.name && keyId === key.id),
  )
  const outside = named.find((range) => !covers(range, head.size))
  if (outside !== undefined)
    throw new NoteError(
      `it is signed by the key ${outside.key.id}, which signs heads of ${rangeText(outside)} only`,
    )
  const trusted = [...named.map(({ key }) => key), ...policy.witnesses.map(({ key }) => key)]
  const signed = signatures.flatMap(({ name, keyId, key: raw, good }): readonly Signed[] => {
    const key = trusted.find((one) => one.name === name && one.id === keyId)
    if (key === undefined) return []
    if (key.raw !== raw) throw new Error(`a signature of ${name} was not looked at with its key`)
    if (good === null) throw new NoteError(`the signature of ${name} is not good`)
    return [{ key, at: good.at }]
  })
  const signers = signersOf(head.origin, signed)
  const { log } = signers
  const from = named.find(({ key }) => key === log.key)?.from ?? 0
  if (good !== null && from > 1 && !good.has(from - 1))
    throw new NoteError(
      `the key ${log.key.id} signs from size ${from} on, and no good head of ${from - 1} lines shows that the key before it knew`,
    )
  return signers
}

/** {@link signedBy} of one head alone. @throws NoteError */
export function signaturesOn(
  head: SignedCheckpoint,
  keys: readonly KeyRange[],
  policy: Policy,
): Signers {
  const all = [...keys, ...policy.witnesses].map(({ key }) => key)
  return signedBy(lookAt(head, all), keys, policy, null)
}
