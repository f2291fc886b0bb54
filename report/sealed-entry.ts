import { decodeEntry, type Recorded } from '../bus/entry.ts'
import type { Position } from '../bus/log.ts'

/** A sealed line, as a bundle has it. */
export interface SealedEntry {
  /** Its number in the sealed log. */
  readonly seq: number
  /** What it records; null where it cannot be read: of a broken line, or of a body that was too long to stand in it. */
  readonly recorded: Recorded | null
}

/** What a bundle holds. */
export interface ReadBundle {
  readonly origin: string
  /** The lines from `from` up to, and without, `to`, of the `size` that were signed. */
  readonly from: number
  readonly to: number
  readonly size: number
  /** How many hashes stand for the lines before and after. */
  readonly left: number
  readonly right: number
  readonly entries: readonly SealedEntry[]
  /** The signed checkpoint. */
  readonly note: string
}

/**
 * Reads a bundle for a report. Whether it is good is another question, and another program's.
 * @throws RangeError for what is no bundle
 */
export function readBundle(text: string): ReadBundle {
  const [first = '', ...lines] = text.split('\n')
  const head = objectOf(first)
  const { origin, from, to, size, left, right } = head ?? {}
  if (
    head?.['ifw'] !== 1 ||
    typeof origin !== 'string' ||
    typeof from !== 'number' ||
    typeof to !== 'number' ||
    typeof size !== 'number' ||
    !Array.isArray(left) ||
    !Array.isArray(right)
  )
    throw new RangeError('this is no bundle: its first line is not that of one')
  const note = objectOf(lines[to - from] ?? '')?.['checkpoint']
  return {
    origin,
    from,
    to,
    size,
    left: left.length,
    right: right.length,
    entries: lines
      .slice(0, to - from)
      .map((line, i) => ({ seq: from + i, recorded: recordedOf(line) })),
    note: typeof note === 'string' ? note : '',
  }
}

function recordedOf(line: string): Recorded | null {
  const sealed = objectOf(line)
  const { body, rid } = sealed ?? {}
  if (typeof rid !== 'string' || body === undefined) return null
  try {
    return decodeEntry({ position: rid as Position, body: JSON.stringify(body) }) // as the journal gave it
  } catch {
    return null // no entry of ours: the report says so
  }
}

function objectOf(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>) // what is left of JSON
      : null
  } catch {
    return null // cut, or changed: the verdict says so
  }
}
