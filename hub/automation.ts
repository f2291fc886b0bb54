import type { Clock } from '../bus/clock.ts'
import { decodeEntry, type Recorded } from '../bus/entry.ts'
import type { EventLog, Position } from '../bus/log.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Instant } from '../intents/id.ts'
import type { Schedule } from '../macros/schedule/schedule.ts'
import type { InnerWish } from './intake.ts'
import type { Room } from './room.ts'
import { openScheduleFiles } from './schedule-files.ts'
import { openSchedules } from './schedules.ts'
import { openSignals } from './signals.ts'
import { openTriggers } from './triggers.ts'

/** What starts the site's macros by itself: its triggers and schedules. */
export interface Automation {
  /** To be called once, before the next entries come: `upTo` is the newest that is folded. */
  recall(upTo: Position | null): Promise<void>
  /** This hub carries out the site's macros from now on. */
  take(): void
  drop(): void
  /** The next entries, after they were folded. */
  apply(batch: readonly Recorded[]): void
  /** The config is another one now. */
  changed(): void
  close(): Promise<void>
}

export interface AutomationParts {
  readonly clock: Clock
  readonly config: () => Config
  readonly room: Room
  readonly log: Pick<EventLog, 'tail' | 'compare'>
  submit(wish: InnerWish): void
  insist(events: readonly BusEvent[]): void
}

/** The newest entries that a start looks through for what was left unstarted: minutes of a busy site, in 0.1 s. */
const recalled = 20_000

export function openAutomation(parts: AutomationParts): Automation {
  const { clock, config, room, log } = parts
  const { hub } = config()
  const devices = () => room.devices.state
  const files = openScheduleFiles(clock, () => schedules.changed())
  const schedules = openSchedules({
    clock,
    hub,
    devices,
    schedules: (): readonly Schedule[] => files.schedules(config().schedules),
    firings: () => room.firings.state,
    submit: parts.submit,
    insist: parts.insist,
  })
  const triggers = openTriggers({
    clock,
    devices,
    triggers: () => config().triggers,
    variables: () => config().variables,
    submissionOf: (id) => room.deliveries.state.intents.get(id)?.submission,
    submit: parts.submit,
    insist: parts.insist,
  })
  const signals = openSignals({
    clock,
    triggers: () => config().triggers,
    signal: (event) => parts.insist([event]),
  })
  let known: readonly [Config['triggers'], Config['schedules']] = [[], []]

  return {
    async recall(upTo) {
      known = [config().triggers, config().schedules]
      const hasTriggers = config().triggers.length > 0 && upTo !== null
      const stored = hasTriggers ? await log.tail(recalled) : []
      const entries = stored
        .filter(({ position }) => upTo !== null && log.compare(position, upTo) <= 0)
        .map(decodeEntry)
      const since = room.firings.state.since.get(hub)
      // without an entry before them, what the oldest ones changed cannot be known
      const oldest = stored.length === recalled ? (entries[0]?.at ?? 0) + settledMs : 0
      const isSame = since?.config === config().hash
      const from = isSame ? Math.max(since.at, oldest) : clock.now()
      triggers.recall(entries, from as Instant) // ms since the epoch
    },
    take() {
      triggers.take()
      schedules.take()
      signals.take()
    },
    drop() {
      triggers.drop()
      schedules.drop()
      signals.drop()
    },
    apply: (batch) => triggers.apply(batch),
    changed() {
      const [triggersNow, schedulesNow] = [config().triggers, config().schedules]
      const [triggersBefore, schedulesBefore] = known
      known = [triggersNow, schedulesNow]
      if (JSON.stringify(triggersNow) !== JSON.stringify(triggersBefore)) {
        triggers.changed()
        signals.changed()
      }
      if (JSON.stringify(schedulesNow) !== JSON.stringify(schedulesBefore)) schedules.changed()
    },
    async close() {
      triggers.close()
      schedules.drop()
      files.close()
      await signals.close()
    },
  }
}

/** So long after the oldest entry that is looked through, every state that matters is likely to have been reported. */
const settledMs = 60_000
