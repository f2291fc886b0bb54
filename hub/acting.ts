import type { TObject } from 'typebox'
import type { Adapter } from '../adapters/adapter.ts'
import type { Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import { inTime } from '../bus/in-time.ts'
import type { Config } from '../config/config.ts'
import { failed } from '../intents/failure.ts'
import { isDevice, macroLease, type DeviceId, type IntentId, type LeaseId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Runner } from '../projections/runner.ts'
import { openAutomation, type Automation } from './automation/automation.ts'
import { noAdoption, openAdoption, type Adoption } from './site/adoption.ts'
import { neverAlone, openAlone, type Alone } from './site/alone.ts'
import { openConductor, type Conductor } from './runs/conductor.ts'
import { openRouters, type Routers } from './devices/devices.ts'
import type { Following } from './site/following.ts'
import type { Footing } from './site/footing.ts'
import type { Intake } from './intake.ts'
import { stopWithinMs } from './journal.ts'
import { openLane } from './devices/lane.ts'
import { endsOfAlone, openByDevice, passedOf, startsOf } from './site/left-open.ts'
import type { Live } from './site/live.ts'
import type { Opened } from './site/opened.ts'
import { endsOutOfReach, outOfReach } from './site/out-of-reach.ts'
import { openOwnWishes } from './site/own-wishes.ts'
import { openOwnership, ownsAll, wantedOf, type Ownership } from './site/ownership.ts'
import type { Personal } from './privacy/personal.ts'
import { openRewind } from './site/rewind.ts'
import type { Room } from './room.ts'
import { openRunKeeper } from './runs/runs.ts'
import type { ShownFaces } from './desk/shown-faces.ts'
import { openVariables } from './automation/variables.ts'
import type { Waiters } from './site/waiters.ts'

/** All of a hub that acts on what is recorded, and what it may act for: the parts of it hang on each other. */
export interface Acting {
  readonly routers: Routers
  readonly ownership: Ownership
  readonly adoption: Adoption
  readonly alone: Alone
  readonly conductor: Conductor
  readonly automation: Automation
  /** The next entries: `all` of them, and those that count, after they were folded. */
  apply(all: readonly Recorded[], batch: readonly Recorded[]): void
  /** Why nobody would carry an intent out now; null where somebody does. */
  outOfReach: Parameters<typeof endsOutOfReach>[2]
}

export interface ActingParts {
  readonly clock: Clock
  readonly config: () => Config
  readonly adapters: ReadonlyMap<string, Adapter<TObject, unknown>>
  readonly footing: Footing
  readonly opened: Opened
  readonly room: Room
  readonly runner: Runner
  readonly personal: Personal
  readonly live: Live
  readonly waiters: Waiters
  readonly faces: ShownFaces
  readonly following: Following
  /** As `RouterHost.pictured`. */
  readonly pictured: (device: DeviceId, name: string) => void
  intake(): Pick<Intake, 'submit'>
  /** How many intents a name stands for. */
  partsOf(name: string): number
  /** The hub must not go on. */
  readonly fatal: (why: Error) => void
}

/** Opens nothing of the config yet: that is `routers.apply`. @throws Error where the slow lane cannot be opened */
export async function openActing(parts: ActingParts): Promise<Acting> {
  const { clock, config, footing, opened, room, runner, personal, partsOf } = parts
  const { members, journal } = footing
  const { log, recorder, spool } = journal
  const { hub } = config()
  const lane = await openLane(config(), parts.adapters, clock)
  opened.add(() => lane.close())
  const own = openOwnWishes({ clock, hub, room, personal, journal, opened, intake: parts.intake })
  const routers = openRouters({
    adapters: parts.adapters,
    devices: () => room.devices.state,
    open: () => openByDevice(room.deliveries.state, hub, own.clear),
    passed: (device, isWanted) => passedOf(room.deliveries.state, device, isWanted),
    revealAll: (values) => personal.revealAll(values),
    held: () => room.deliveries.state.held,
    owns: (device) => ownership.has(device),
    lane,
    started: (device, since) => startsOf(room.deliveries.state, device, since),
    host: {
      clock,
      token: (device) => ownership.token(device),
      isSure: () => alone.maySend() ?? ownership.isSure(),
      bars: ({ id, intent }) =>
        intent.verb === 'fire' && !alone.isJoined() && !isOwnAlone(id) ? leftToOthers : null,
      pictured: parts.pictured,
      random: Math.random,
      record(events, urgency, kept) {
        const { intents } = room.deliveries.state
        const safe = personal.guarded(events, (id) => intents.get(id)?.submission.intent)
        return recorder.record(safe.events, urgency, kept, safe.beside)
      },
      resend: own.resend,
    },
  })
  opened.add(() => routers.close())
  const conductor = openConductor({
    config,
    room,
    journal,
    partsOf,
    openRuns: () =>
      openRunKeeper({
        clock,
        config,
        runs: () => room.runs.state,
        deliveries: () => room.deliveries.state,
        devices: () => room.devices.state,
        record: (events) => journal.insist(events, 'durable'),
        submit: own.submit,
        random: Math.random,
      }),
    openVariables: () => openVariables(hub, config, room, () => clock.now()),
  })
  opened.add(() => conductor.close())
  const automation = openAutomation({
    clock,
    config,
    room,
    log,
    submit: own.submit,
    insist: (events) => journal.insist(events, 'durable'),
  })
  opened.add(() => automation.close())
  const adoption: Adoption = log.shared
    ? openAdoption(hub, routers, () => room.deliveries.state, own.clear)
    : noAdoption
  const ownership =
    members === null
      ? ownsAll()
      : openOwnership({
          hub,
          members,
          alone: () => !alone.isJoined(),
          leases: () => room.leases.state,
          wanted: () => wantedOf(config().devices),
          record: (events) => recorder.record(events, 'durable'),
          taken,
          lost,
          settle: (leases) => routers.park(leases),
        })
  opened.add(() => inTime(clock, ownership.close(), stopWithinMs))
  const rewind = openRewind({
    hub,
    room,
    runner,
    live: parts.live,
    waiters: parts.waiters,
    ownership,
    adoption,
    routers,
    runs: conductor.runs,
    partsOf,
    record: (events) => journal.insist(events, 'lazy'),
  })
  const alone: Alone =
    spool === null
      ? neverAlone
      : openAlone({
          clock,
          hub,
          log: spool,
          recorder,
          left: room.deliveries.state.alone.get(hub) ?? null,
          leases: () => ownership.held(),
          position: () => runner.position(),
          save: () => runner.save(),
          follow: parts.following.begin,
          unfollow: parts.following.end,
          park: (on) => routers.park(new Set(on ? config().devices.keys() : [])),
          rewind: async (until) => {
            await rewind(spool.there, until)
            conductor.look()
            parts.faces.showAll()
          },
          ends: (was, until, entries) => endsOfAlone(room, hub, was, until, entries),
          greet: () => members?.beat() ?? Promise.resolve(),
          look: () => ownership.look(),
          fatal: parts.fatal,
        })

  /** Devices that were taken up with the batch that is being looked at. */
  const fresh = new Set<DeviceId>()

  /** This hub acts for these now: the crash truth of what is open, then what waits. */
  function taken(leases: readonly LeaseId[]): void {
    const devices = leases.filter(isDevice)
    for (const device of devices) fresh.add(device)
    routers.take(devices)
    if (!leases.includes(macroLease)) return
    void conductor.take(members?.ttlMs ?? 0)
    automation.take()
  }

  function lost(leases: readonly LeaseId[]): void {
    routers.drop(leases.filter(isDevice))
    if (!leases.includes(macroLease)) return
    conductor.drop()
    automation.drop()
  }

  const reasonFor = (intent: Intent) =>
    outOfReach(intent, (device) => routers.get(device) !== undefined, conductor.runs() !== null)
  const isOpenAlone = (id: IntentId) =>
    isOwnAlone(id) && room.deliveries.state.intents.get(id)?.outcome === null
  function isOwnAlone(id: IntentId): boolean {
    const { intents, alone } = room.deliveries.state
    const by = intents.get(id)?.alone
    return by?.hub === hub && by.since === alone.get(hub)?.since
  }

  return {
    routers,
    ownership,
    adoption,
    alone,
    conductor,
    automation,
    apply(all, batch) {
      fresh.clear()
      ownership.apply(batch)
      alone.apply(batch)
      if (!alone.isJoined()) {
        const ends = endsOutOfReach(batch, isOpenAlone, reasonFor)
        if (ends.length > 0) journal.insist(ends, 'lazy')
      }
      adoption.apply(all, batch, fresh)
      conductor.apply(batch)
      automation.apply(batch)
    },
    outOfReach: (intent) => (alone.isJoined() ? null : reasonFor(intent)),
  }
}

/** What others may have seen, they may carry out: a `fire` is never done twice because two hubs could not talk. */
const leftToOthers = failed(
  'unreachable',
  'not sent: this hub was cut off from the log right then, and another may have taken it up; look, and press again if it is still wanted',
)
