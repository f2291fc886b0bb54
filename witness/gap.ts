// What a record itself says that its storage has lost. A log on a server may come back without entries that it had
// confirmed; hubs that had seen them say so in an entry of their own, and only that explains numbers that are missing.

/** Entries of one hub that are not there. */
export interface Missing {
  readonly hub: string
  /** Their numbers, both included. */
  readonly from: number
  readonly to: number
}

/** An entry that says what was lost: all after `after` (null: from the start on) up to `until`. Positions. */
export interface RecordedGap {
  readonly position: string
  /** Who says so. */
  readonly hub: string
  readonly after: string | null
  readonly until: string
}

/** A gap, and whose entries are missing because of it. */
export interface ChainGap extends RecordedGap {
  readonly missing: readonly Missing[]
}

/** A place where a hub's numbers go on too far. */
export interface Jump {
  readonly missing: Missing
  /** Of that hub's entry before the missing ones; null where they are its first. */
  readonly after: string | null
  /** Of the entry behind them. */
  readonly position: string
}

/** What `event` says that was lost; null where it is something else. It is attacker-controlled. */
export function gapIn(event: unknown, position: string, hub: string): RecordedGap | null {
  if (typeof event !== 'object' || event === null) return null
  if (!('type' in event && 'after' in event && 'until' in event) || event.type !== 'LogGap')
    return null
  const { after, until } = event
  if (typeof until !== 'string' || (typeof after !== 'string' && after !== null)) return null
  return { position, hub, after, until }
}

/**
 * Whether what a jump lacks lies in a gap that was recorded, by whichever hub. The entry before it may be later than the
 * gap's beginning and must be earlier than its end; the entry behind it must be later than that. Entries that somebody
 * removed elsewhere are explained by no gap.
 */
export function explains({ until }: RecordedGap, { after, position }: Jump): boolean {
  return (after === null || isBefore(after, until)) && isBefore(until, position)
}

/** Positions are numbers with something between them: `<ms>-<seq>.<index>`, or one number. */
function isBefore(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  if (left.length !== right.length) return false
  const at = left.findIndex((number, i) => number !== right[i])
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0)
}

function numbersOf(position: string): readonly number[] {
  return position.split(/[-.]/).map(Number)
}
