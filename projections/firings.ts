import type { Recorded } from '../bus/entry.ts'
import { idTime, type Instant } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** Which schedules have come to which time, and since when each hub has the config that it has. */
export interface Firings {
  /** By the schedule's name: the newest time that was fired, or that was left out on record. */
  readonly schedules: Map<string, Instant>
  /** By hub. What was due before is of another config. */
  readonly since: Map<string, { readonly config: string; readonly at: Instant }>
}

/** How the actor of a schedule is named: triggers may have the same names. */
export const schedulePrefix = 'schedule:'

export const firings: Projection<Firings> = {
  name: 'firings',
  version: 1,
  initial: () => ({ schedules: new Map(), since: new Map() }),
  evolve,
  save: ({ schedules, since }) => [[...schedules], [...since]] as readonly Json[],
  load: ([schedules, since]) => ({
    schedules: new Map(schedules as unknown as [string, Instant][]),
    since: new Map(since as unknown as [string, { config: string; at: Instant }][]),
  }),
}

function evolve({ schedules, since }: Firings, { at, hub, event }: Recorded): void {
  switch (event.type) {
    case 'IntentAccepted':
    case 'IntentRefused': {
      const { actor, id } = event.submission
      if (actor.type !== 'trigger' || !actor.id.startsWith(schedulePrefix)) return
      const name = actor.id.slice(schedulePrefix.length)
      const due = idTime(id) as Instant // its id says when it was due: see hub/firing.ts
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
