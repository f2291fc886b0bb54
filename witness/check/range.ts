import type { KeyChange } from './key-change.ts'
import { keyOf, type NoteSignature } from './note.ts'
import type { VerifierKey } from './vkey.ts'

/** A key and the sizes of the heads that it may sign, both included; `to` null: open. */
export interface KeyRange {
  readonly key: VerifierKey
  readonly from: number
  readonly to: number | null
}

export function covers({ from, to }: KeyRange, size: number): boolean {
  return size >= from && (to === null || size <= to)
}

/** Whether one of these signatures says that it is of this key; whether that is so is another question. */
export function namesKey(
  signatures: readonly Pick<NoteSignature, 'name' | 'keyId'>[],
  key: VerifierKey,
): boolean {
  return signatures.some((signature) => keyOf(signature, [key]) !== undefined)
}

/** `all sizes`, `sizes 1042 and up`, `sizes 0 to 1041`. */
export function rangeText({ from, to }: KeyRange): string {
  if (to === null) return from === 0 ? 'all sizes' : `sizes ${from} and up`
  return `sizes ${from} to ${to}`
}

/**
 * The keys that are trusted, and for which sizes, where the log's own lines say that one followed another. Who trusts the
 * old one trusts the new one from the line after the change on; who trusts the new one trusts the old one up to it. Pure.
 *
 * @param changes in the order of their lines
 */
export function followChanges(
  trusted: readonly VerifierKey[],
  changes: readonly KeyChange[],
): readonly KeyRange[] {
  const ranges = new Map<string, KeyRange>(
    trusted.map((key) => [key.raw, { key, from: 0, to: null }]),
  )
  for (const { old, next } of changes.toReversed())
    if (ranges.has(next.raw) && !ranges.has(old.raw))
      ranges.set(old.raw, { key: old, from: 0, to: null })
  for (const { seq, old, next } of changes) {
    const before = ranges.get(old.raw)
    // a key that was changed already can hand over nothing any more
    if (before === undefined || !covers(before, seq + 1)) continue
    ranges.set(old.raw, { ...before, to: seq + 1 })
    ranges.set(next.raw, { key: next, from: seq + 2, to: null })
  }
  return [...ranges.values()]
}
