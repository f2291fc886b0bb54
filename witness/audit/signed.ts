import { verifyCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import type { Policy } from '../check/policy.ts'
import { covers, namesKey, rangeText, type KeyRange } from '../check/range.ts'

/**
 * The good signatures under a head: of the log, by a key that may sign heads of its size, and of witnesses. A head that names
 * a key which may not is refused whoever else signed it: entries may have been made anew with a key of another time.
 *
 * @param good the sizes of the heads that were found good, all smaller ones being among them: the first head of a key that
 *   followed another comes right behind the last of the one before. null: not all heads are known
 * @throws NoteError
 */
export function signedBy(
  head: SignedCheckpoint,
  keys: readonly KeyRange[],
  policy: Policy,
  good: ReadonlySet<number> | null,
): ReturnType<typeof verifyCheckpoint> {
  const named = keys.filter(({ key }) => namesKey(head, key))
  const outside = named.find((range) => !covers(range, head.size))
  if (outside !== undefined)
    throw new NoteError(
      `it is signed by the key ${outside.key.id}, which signs heads of ${rangeText(outside)} only`,
    )
  const trusted = [...named.map(({ key }) => key), ...policy.witnesses.map(({ key }) => key)]
  const signed = verifyCheckpoint(head, trusted)
  const from = named.find(({ key }) => key === signed.log.key)?.from ?? 0
  if (good !== null && from > 1 && !good.has(from - 1))
    throw new NoteError(
      `the key ${signed.log.key.id} signs from size ${from} on, and no good head of ${from - 1} lines shows that the key before it knew`,
    )
  return signed
}
