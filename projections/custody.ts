import type { Recorded } from '../bus/entry.ts'
import type { CustodyEvent, Subject } from '../intents/custody-event.ts'
import type { Instant } from '../intents/id.ts'
import type { Actor } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** What somebody said to be right. */
export interface Correction {
  readonly at: Instant
  readonly actor: Actor
  readonly text: string
  /** Of the entry that says so. */
  readonly position: string
}

/** Entries of a time that must stay as they are. */
export interface LegalHold {
  readonly name: string
  /** null: on that side without end. */
  readonly from: Instant | null
  readonly to: Instant | null
  readonly reason: string
  readonly placedBy: Actor
  readonly placedAt: Instant
  /** null: it is in force. */
  readonly released: {
    readonly by: Actor
    readonly at: Instant
    readonly writtenRelease: string
  } | null
}

type Trim = Extract<CustodyEvent, { readonly type: 'LogTrimmed' }>

/** What is known of the record itself. */
export interface Custody {
  /** By {@link subjectKey}. */
  readonly corrections: Map<string, readonly Correction[]>
  /** The newest of each name, in the order in which they were placed. */
  readonly holds: Map<string, LegalHold>
  /** Redactions by hub and position of which that hub has not said yet that it has erased what they are about. */
  readonly unerased: Map<string, { readonly hub: string; readonly commitments: readonly string[] }>
  trimmed: Omit<Trim, 'type'> | null
}

export const custody: Projection<Custody> = {
  name: 'custody',
  version: 1,
  initial: () => ({
    corrections: new Map(),
    holds: new Map(),
    unerased: new Map(),
    trimmed: null,
  }),
  evolve,
  save: ({ corrections, holds, unerased, trimmed }) =>
    [[...corrections], [...holds], [...unerased], trimmed] as unknown as readonly Json[], // nothing but JSON
  load: ([corrections, holds, unerased, trimmed]) => ({
    corrections: new Map(corrections as unknown as [string, readonly Correction[]][]), // as save wrote it
    holds: new Map(holds as unknown as [string, LegalHold][]),
    unerased: new Map(
      unerased as unknown as [string, { hub: string; commitments: readonly string[] }][],
    ),
    trimmed: trimmed as unknown as Custody['trimmed'],
  }),
}

/** An intent is corrected wherever it is seen; anything else at its position. */
function subjectKey({ intent, position }: Subject): string {
  return intent ?? position
}

/** The legal hold in force that covers an entry stamped at `at`; null: none does. */
export function holdOver({ holds }: Pick<Custody, 'holds'>, at: Instant): LegalHold | null {
  for (const hold of holds.values())
    if (
      hold.released === null &&
      (hold.from === null || at >= hold.from) &&
      (hold.to === null || at <= hold.to)
    )
      return hold
  return null
}

/** Entries stamped before this are covered by no legal hold in force, and nothing before them is. null: none may go. */
export function freeBefore({ holds }: Pick<Custody, 'holds'>): Instant | null {
  let first = Number.MAX_SAFE_INTEGER as Instant
  for (const { released, from } of holds.values()) {
    if (released !== null) continue
    if (from === null) return null
    if (from < first) first = from
  }
  return first
}

function evolve(state: Custody, { position, at, hub, event }: Recorded): void {
  switch (event.type) {
    case 'Corrected': {
      const key = subjectKey(event.subject)
      const { actor, text } = event
      const before = state.corrections.get(key) ?? []
      state.corrections.set(key, [...before, { at, actor, text, position }])
      break
    }
    case 'LegalHoldPlaced': {
      const { name, from, to, reason, actor } = event
      // of two hubs that place it at once the first counts
      if (state.holds.get(name)?.released === null) return
      state.holds.delete(name)
      state.holds.set(name, {
        ...{ name, from, to, reason },
        placedBy: actor,
        placedAt: at,
        released: null,
      })
      break
    }
    case 'LegalHoldReleased': {
      const hold = state.holds.get(event.name)
      if (hold === undefined || hold.released !== null) return
      const { actor: by, writtenRelease } = event
      state.holds.set(event.name, { ...hold, released: { by, at, writtenRelease } })
      break
    }
    case 'Redacted':
      state.unerased.set(position, { hub, commitments: event.commitments })
      break
    case 'ValuesErased':
      state.unerased.delete(event.redaction)
      break
    case 'LogTrimmed': {
      const { upTo, before, sealed, tips } = event
      state.trimmed = { upTo, before, sealed, tips }
      break
    }
    default:
  }
}
