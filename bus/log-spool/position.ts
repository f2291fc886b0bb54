import type { Position } from '../log.ts'

/** Where a line of the spool stands: so many lines after `base` (null: the start), its place in the shared log until it is there. */
export interface SpoolPlace {
  readonly base: Position | null
  /** From 1. */
  readonly seq: number
}

/** No engine's positions have a tilde; in an address it stands for itself (RFC 3986, section 2.3). */
const form = /^([^~]*)~([1-9]\d{0,15})$/

export function spoolPosition({ base, seq }: SpoolPlace): Position {
  return `${base ?? ''}~${seq}` as Position // made here in the right form
}

/** Null for what is no position of a spool: then it is one of the shared log, or of none. */
export function spoolPlace(position: Position | null): SpoolPlace | null {
  const match = position === null ? null : form.exec(position)
  if (match === null) return null
  const [, base = '', seq = ''] = match
  return { base: base === '' ? null : (base as Position), seq: Number(seq) } // whoever uses it looks whether it is one
}

/**
 * The order in which a hub that follows meets them: what it wrote alone comes after its base, and before all that it
 * gets of the shared log afterwards.
 */
export function compareSpooled(
  a: Position,
  b: Position,
  shared: (a: Position, b: Position) => number,
): number {
  const [one, two] = [spoolPlace(a), spoolPlace(b)]
  if (one === null && two === null) return shared(a, b)
  const [from, to] = [one === null ? a : one.base, two === null ? b : two.base]
  const bases = from === to ? 0 : from === null ? -1 : to === null ? 1 : shared(from, to)
  return bases || (one?.seq ?? 0) - (two?.seq ?? 0)
}
