import { LogError, type Position } from '../log.ts'

/** An entry's id in the stream, `<ms>-<seq>`: the server's clock when it was added, and a number within that ms. */
export interface EntryId {
  readonly ms: number
  readonly seq: number
}

/** Where a body stands: its entry, and its place among the bodies of that entry, from 0. */
export interface Place {
  readonly id: EntryId
  readonly index: number
}

const number = '(0|[1-9]\\d{0,14})'
const entryForm = new RegExp(`^${number}-${number}$`)
/** 15 digits are a safe integer; as ms they last for 30,000 years. */
const placeForm = new RegExp(`^${number}-${number}\\.${number}$`)

/** `1795000000620-0` as the server writes it; null for what is no id. */
export function entryIdOf(text: string): EntryId | null {
  const match = entryForm.exec(text)
  return match === null ? null : { ms: Number(match[1]), seq: Number(match[2]) }
}

export function textOf({ ms, seq }: EntryId): string {
  return `${ms}-${seq}`
}

/** `1795000000620-0.3`: a dot, so that no position looks like a date. */
export function positionOf(id: EntryId, index: number): Position {
  return `${id.ms}-${id.seq}.${index}` as Position // made here in the right form
}

/** @throws LogError `position` for what no log of this kind gave out: positions come from outside */
export function placeOf(position: Position): Place {
  const match = placeForm.exec(position)
  if (match !== null)
    return { id: { ms: Number(match[1]), seq: Number(match[2]) }, index: Number(match[3]) }
  throw new LogError(
    'position',
    `'${position.slice(0, 40)}' is not a position of this log: it has the form <ms>-<seq>.<index>`,
  )
}

export function compareIds(a: EntryId, b: EntryId): number {
  return a.ms - b.ms || a.seq - b.seq
}

export function comparePlaces(a: Place, b: Place): number {
  return compareIds(a.id, b.id) || a.index - b.index
}
