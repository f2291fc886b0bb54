import { NoteError, parseNote, verifySignatures } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { firstAndNewest, type EntryHead } from './silence.ts'

// Times from below: a line with a cosignature in it was written after that was made, and so was every line behind it.

/** From line `seq` on all is later than `at`, seconds since the epoch. */
export interface Later {
  readonly seq: number
  readonly at: number
}

/**
 * What the cosigned heads in the first `lines` say of time: the first of them that is good, and the newest, where that is another.
 * Good is one whose cosignatures of witnesses that are trusted here verify, one at least; whoever else signed it says nothing.
 */
export function laterThan(
  found: readonly EntryHead[],
  lines: number,
  origin: string,
  witnesses: readonly VerifierKey[],
): readonly Later[] {
  // a line may have been looked at from the file before, too
  const bySeq = new Map(found.map((head) => [head.seq, head]))
  const heads = firstAndNewest([...bySeq.values()].filter(({ seq }) => seq < lines))
  const laterIn = ({ seq, event }: EntryHead): readonly Later[] => {
    const at = timeOf(event, origin, witnesses)
    return at === null ? [] : [{ seq, at }]
  }
  const good = heads.flatMap(laterIn)
  const [first, newest] = [good[0], good.at(-1)]
  return first === undefined || newest === undefined
    ? []
    : first === newest
      ? [first]
      : [first, newest]
}

/** The earliest of the times at which these witnesses cosigned what the entry says: all of them agree that it is later. */
function timeOf(
  { size, root, witnesses }: EntryHead['event'],
  origin: string,
  trusted: readonly VerifierKey[],
): number | null {
  if (!Array.isArray(witnesses)) return null
  const lines = witnesses.map((one: unknown) => {
    const { name, signature } = (one ?? {}) as {
      readonly name?: unknown
      readonly signature?: unknown
    }
    return `— ${String(name)} ${String(signature)}\n`
  })
  const note = `${origin}\n${String(size)}\n${String(root)}\n\n${lines.join('')}`
  try {
    const times = verifySignatures(parseNote(Buffer.from(note)), trusted).map(({ at }) => at ?? 0)
    return times.length === 0 ? null : Math.min(...times)
  } catch (error) {
    if (error instanceof NoteError) return null // it says nothing: an entry may say anything
    throw error
  }
}
