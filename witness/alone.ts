// What a record itself says of a hub that was cut off from it: its entries were on its own disk first, and stand here later than
// they were written, with their own times.

/** The end of such a time, as the hub says itself. */
export interface RecordedAlone {
  /** Of the entry that says so; those that were recorded later stand before it. */
  readonly position: string
  readonly hub: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  /** How many of its entries were recorded later. */
  readonly entries: number
}

/** What `event` says of it; null where it is something else. It is attacker-controlled. */
export function aloneIn(event: unknown, position: string, hub: string): RecordedAlone | null {
  if (typeof event !== 'object' || event === null) return null
  if (!('type' in event && 'since' in event && 'until' in event && 'entries' in event)) return null
  const { type, since, until, entries } = event
  if (type !== 'Rejoined' || typeof since !== 'number' || typeof until !== 'number') return null
  return typeof entries === 'number' ? { position, hub, since, until, entries } : null
}
