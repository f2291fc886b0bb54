import type { Recorded } from '../bus/entry.ts'
import { idTime, type Instant, type IntentId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** Which schedules have come to which time, and since when each hub has the config that it has. */
export interface Firings {
  /** By the name of the actor: what it has started last, or what was refused on record. */
  readonly last: Map<string, LastFiring>
  /** By the schedule's name: the newest time that was fired, or that was left out on record. */
  readonly schedules: Map<string, Instant>
  /** By hub. What was due before is of another config. */
  readonly since: Map<string, { readonly config: string; readonly at: Instant }>
}

export interface LastFiring {
  readonly at: Instant
  readonly intent: IntentId
  /** What it was: `trigger:hot by desk /temp 81 (42)`. */
  readonly cause: string
  /** Why it did not start; null: it did. */
  readonly refused: string | null
}

/** How the actor of a schedule is named: triggers may have the same names. */
export const schedulePrefix = 'schedule:'

export const firings: Projection<Firings> = {
  name: 'firings',
  version: 2,
  initial: () => ({ last: new Map(), schedules: new Map(), since: new Map() }),
  evolve,
  save: ({ last, schedules, since }) =>
    [[...schedules], [...since], [...last]] as unknown as readonly Json[], // nothing but JSON
  load: ([schedules, since, last]) => ({
    last: new Map(last as unknown as [string, LastFiring][]),
    schedules: new Map(schedules as unknown as [string, Instant][]),
    since: new Map(since as unknown as [string, { config: string; at: Instant }][]),
  }),
}

function evolve({ last, schedules, since }: Firings, { at, hub, event }: Recorded): void {
  switch (event.type) {
    case 'IntentAccepted':
    case 'IntentRefused': {
      const { actor, id, intent, source: cause } = event.submission
      if (actor.type === 'trigger' && intent.verb === 'run') {
        const refused = event.type === 'IntentRefused' ? event.failure.detail : null
        last.set(actor.id, { at, intent: id, cause, refused })
      }
      if (actor.type !== 'trigger' || !actor.id.startsWith(schedulePrefix)) return
      const name = actor.id.slice(schedulePrefix.length)
      const due = idTime(id) as Instant // its id says when it was due: see hub/automation/firing.ts
      if (due > (schedules.get(name) ?? 0)) schedules.set(name, due)
      break
    }
    case 'HubStarted':
    case 'ConfigChanged':
      if (since.get(hub)?.config !== event.config) since.set(hub, { config: event.config, at })
      break
    default:
  }
}
