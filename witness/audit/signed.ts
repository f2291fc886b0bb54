import { signersOf, type SignedCheckpoint, type Signers } from '../check/checkpoint.ts'
import { keyOf, NoteError, verifySignature, type Signed } from '../check/note.ts'
import type { Policy } from '../check/policy.ts'
import { covers, namesKey, rangeText, type KeyRange } from '../check/range.ts'
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

/** With what heads are looked at: the log's keys, then the witnesses'. */
export function keysOf(keys: readonly KeyRange[], policy: Policy): readonly VerifierKey[] {
  return [...keys, ...policy.witnesses].map(({ key }) => key)
}

/** Verifies every signature of these keys, in their order where two have the same name and ID. */
export function lookAt(
  { origin, size, root, note }: SignedCheckpoint,
  keys: readonly VerifierKey[],
): LookedHead {
  const signatures = note.signatures.map((signature): LookedSignature => {
    const { name, keyId } = signature
    const key = keyOf(signature, keys)
    if (key === undefined) return { name, keyId, key: null, good: null }
    const signed = verifySignature(note.text, key, signature)
    return { name, keyId, key: key.raw, good: signed === null ? null : { at: signed.at } }
  })
  return { origin, size, root: root.toString('base64'), signatures }
}

/** Whether a head was looked at with all of these keys that it names. */
export function isLookedAt({ signatures }: LookedHead, keys: readonly VerifierKey[]): boolean {
  return signatures.every((signature) => {
    const named = keyOf(signature, keys)
    return named === undefined || named.raw === signature.key
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
  const named = keys.filter(({ key }) => namesKey(signatures, key))
  const outside = named.find((range) => !covers(range, head.size))
  if (outside !== undefined)
    throw new NoteError(
      `it is signed by the key ${outside.key.id}, which signs heads of ${rangeText(outside)} only`,
    )
  const trusted = keysOf(named, policy)
  const signed = signatures.flatMap((signature): readonly Signed[] => {
    const key = keyOf(signature, trusted)
    if (key === undefined) return []
    const { key: looked, good } = signature
    if (key.raw !== looked)
      throw new Error(`a signature of ${key.name} was not looked at with its key`)
    if (good === null) throw new NoteError(`the signature of ${key.name} is not good`)
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
  return signedBy(lookAt(head, keysOf(keys, policy)), keys, policy, null)
}
