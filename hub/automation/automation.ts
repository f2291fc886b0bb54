import type { Clock } from '../../bus/clock.ts'
import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import type { EventLog, Position } from '../../bus/log.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import { macroLease, type Instant } from '../../intents/id.ts'
import type { Schedule } from '../../macros/schedule/schedule.ts'
import type { ScheduleView, TriggerView, TroubleView } from '../../surfaces/http/automation-view.ts'
import { scheduleView, triggerView, type Starting } from './automation-view.ts'
import type { InnerWish } from '../intake.ts'
import type { Room } from '../room.ts'
import { openScheduleFiles } from './schedule-files.ts'
import { openSchedules } from './schedules.ts'
import { openSignals } from './signals.ts'
import { openTriggers } from './triggers.ts'
import { openTroubles } from './troubles.ts'

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
  triggers(): readonly TriggerView[]
  schedules(): readonly ScheduleView[]
  /** What cannot be listened to, or read. */
  troubles(): readonly TroubleView[]
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
  let isMine = false
  const troubles = openTroubles(
    () => clock.now(),
    // another hub that looks at a calendar, too, says nothing of it
    (event) => isMine && parts.insist([event]),
  )
  const files = openScheduleFiles(
    clock,
    () => schedules.changed(),
    (path, fault) => troubles.tell('calendar', path, fault),
  )
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
    troubles,
    signal: (event) => parts.insist([event]),
  })
  let known: readonly [Config['triggers'], Config['schedules']] = [[], []]

  function starting(): Starting {
    const known = room.leases.state.leases.get(macroLease)
    const starts = isMine ? hub : (known?.hub ?? null)
    return { hub: starts, firings: room.firings.state, troubles }
  }

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
      isMine = true
      triggers.take()
      schedules.take()
      signals.take()
    },
    drop() {
      isMine = false
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
    triggers() {
      const states = triggers.states()
      return config().triggers.map((trigger) =>
        triggerView(trigger, states.get(trigger.name), clock.now(), starting()),
      )
    },
    schedules() {
      const readable = new Map(
        files.schedules(config().schedules).map((one) => [one.name, one.timing]),
      )
      return config().schedules.map((schedule) => {
        const timing = readable.get(schedule.name)
        const due = timing === undefined ? null : schedules.next({ name: schedule.name, timing })
        return scheduleView(schedule, due, starting())
      })
    },
    troubles: () => troubles.all(),
    async close() {
      isMine = false
      triggers.close()
      schedules.close()
      files.close()
      await signals.close()
    },
  }
}

/** So long after the oldest entry that is looked through, every state that matters is likely to have been reported. */
const settledMs = 60_000
