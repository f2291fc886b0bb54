import { NoteError, parseSignature, verifySignatures } from './note.ts'
import { KeyError, parseVkey, type VerifierKey } from './vkey.ts'

// A change of the key that signs a log, as the log itself has it: an entry `KeyChanged`. The old key and the new one sign
// this text, each line with its line feed:
//
//   infrafabric key change v1
//   <the log's name, which both keys have>
//   old <vkey>
//   new <vkey>
//   after <how many lines were sealed then>
//
// A checkpoint can never be read as such a text, or the other way round: a log's name has no spaces.

/** A change that both keys signed. The old key signs heads up to, and with, the entry's own line; the new one all later. */
export interface KeyChange {
  /** The number of the line that has it. */
  readonly seq: number
  readonly old: VerifierKey
  readonly next: VerifierKey
}

/** The change that line `seq` says; null where it says none, or where not both keys signed it. It is attacker-controlled. */
export function keyChangeIn(event: unknown, seq: number): KeyChange | null {
  if (typeof event !== 'object' || event === null) return null
  if (!('type' in event && 'old' in event && 'next' in event)) return null
  if (!('after' in event && 'signatures' in event) || event.type !== 'KeyChanged') return null
  const { old, next, after, signatures } = event
  if (typeof old !== 'string' || typeof next !== 'string' || typeof after !== 'number') return null
  if (!Number.isSafeInteger(after) || after < 0 || after > seq || !Array.isArray(signatures))
    return null
  const [byOld, byNext, ...more] = signatures as readonly unknown[]
  if (typeof byOld !== 'string' || typeof byNext !== 'string' || more.length > 0) return null
  try {
    const [from, to] = [parseVkey(old), parseVkey(next)]
    // parsing a key forgives white space around it
    if (/\s/.test(old + next)) return null
    const isLog = from.use === 'log' && to.use === 'log' && from.name === to.name
    if (!isLog || from.raw === to.raw) return null
    const text = `infrafabric key change v1\n${from.name}\nold ${old}\nnew ${next}\nafter ${after}\n`
    const isSigned = (line: string, key: VerifierKey) =>
      verifySignatures({ text, signatures: [parseSignature(line)] }, [key]).length === 1
    return isSigned(byOld, from) && isSigned(byNext, to) ? { seq, old: from, next: to } : null
  } catch (error) {
    if (error instanceof KeyError || error instanceof NoteError) return null
    throw error
  }
}
