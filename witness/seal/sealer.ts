import { parseCheckpoint } from '../check/checkpoint.ts'
import { leafHashOfText } from '../merkle/hash.ts'
import type { Signer } from '../sign/key.ts'
import { checkpointText, noteOf, signatureLine } from '../sign/note.ts'
import { lineOf } from './line.ts'
import { SealError, type SealStore } from './store.ts'

/** One entry of the journal as the sealer sees it: bytes, and where they stand. */
export interface Entry {
  readonly rid: string
  readonly body: string
}

/** What one write to the disk seals at most. */
export const batchLines = 256

/** A head that is signed and published. */
export interface Head {
  readonly size: number
  /** Base64. */
  readonly root: string
  /** The checkpoint with every signature. */
  readonly note: string
}

/** Where the newest sealed entry stands in the journal, and the one before it; null where there is none. */
export function positionsOf({ newest, before }: SealStore) {
  return {
    newest: newest === null ? null : ridOf(newest),
    before: before === null ? null : ridOf(before),
  }
}

/**
 * Whether the journal still has what was sealed last, as it was sealed. @throws SealError where it does not: it was set
 * back, or changed, and sealing what comes next would hide that
 */
export function checkJournal({ newest, size }: SealStore, entry: Entry | null): void {
  if (newest === null) return
  const rid = ridOf(newest)
  const sealed = newest.toString()
  const prev = sealed.slice(0, sealed.indexOf(',"$seq"'))
  const again = entry === null ? '' : lineOf(prevOf(prev), size - 1, entry.body, entry.rid)
  if (again !== sealed)
    throw new SealError(
      `the journal has lost or changed what was sealed: its entry ${rid} is not line ${size - 1} of the seal. Restore the journal from a copy, or keep both as evidence`,
    )
}

/** Seals the next entries of the journal, in its order: a pure function of it. Durable when it returns. */
export function seal(store: SealStore, entries: readonly Entry[]): void {
  for (let from = 0; from < entries.length; from += batchLines) {
    let { prev } = store
    const lines = entries.slice(from, from + batchLines).map(({ body, rid }, i) => {
      const line = lineOf(prev, store.size + i, body, rid)
      prev = leafHashOfText(line)
      return line
    })
    store.append(lines)
    if (!store.prev.equals(prev))
      throw new SealError('what was sealed was read again as something else')
  }
}

/**
 * Signs the head, after it was remembered that it may be: a crash in between can only lead to the same signature again.
 * Whoever gets it gathers cosignatures, and then publishes it with {@link publish}.
 */
export function signHead(store: SealStore, signer: Signer): Head & { readonly text: string } {
  const { size, root } = store.remember()
  const text = checkpointText(signer.name, size, Buffer.from(root, 'base64'))
  return { size, root, text, note: noteOf(text, [signatureLine(signer, text)]) }
}

/** Publishes a head with what witnesses said to it. @throws NoteError for lines that are none */
export function publish(store: SealStore, head: Head, cosignatures: readonly string[]): Head {
  const note = head.note + cosignatures.join('')
  parseCheckpoint(Buffer.from(note)) // what others could not read is not published
  store.publish(head.size, note)
  return { ...head, note }
}

function ridOf(line: Buffer): string {
  const { rid } = JSON.parse(line.toString()) as { readonly rid: string } // the store made it, and its hash is signed
  return rid
}

function prevOf(head: string): Buffer {
  return Buffer.from(head.slice('{"$prev":"'.length, -1), 'base64')
}
