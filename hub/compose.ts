import { systemClock, type Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import { inTime } from '../bus/in-time.ts'
import { join as joinSite, type Membership } from '../bus/lease/membership.ts'
import type { HubSign, Presence } from '../bus/lease/presence.ts'
import type { EventLog } from '../bus/log.ts'
import type { Config } from '../config/config.ts'
import {
  isDevice,
  macroLease,
  sealLease,
  type DeviceId,
  type IntentId,
  type LeaseId,
  type RunId,
} from '../intents/id.ts'
import { failed } from '../intents/failure.ts'
import type { Intent, Submission } from '../intents/intent.ts'
import { reportedOf } from '../projections/devices.ts'
import { openRunner } from '../projections/runner.ts'
import { join } from 'node:path'
import { noAdoption, openAdoption, type Adoption } from './adoption.ts'
import { openAlive } from './alive.ts'
import { neverAlone, openAlone, type Alone } from './alone.ts'
import { catalogueOf } from './catalogue.ts'
import { openRouters } from './devices.ts'
import { openDuplicates } from './duplicates.ts'
import { faceOf, placeOf, touched } from './faces.ts'
import { openCustodian } from './custodian.ts'
import { openFollowing } from './following.ts'
import { controlAt, openGestures } from './gestures.ts'
import { aheadMs, noDefaults, openIntake, type InnerWish } from './intake.ts'
import { mayStartAlone, openJournal, startWithinMs, stopWithinMs } from './journal.ts'
import { openLane } from './lane.ts'
import { endsOfAlone, openByDevice, orphansOf, startsOf } from './left-open.ts'
import { endsOutOfReach, outOfReach } from './out-of-reach.ts'
import { openRewind } from './rewind.ts'
import { openLive } from './live.ts'
import { endedNames, leftNames } from './names.ts'
import { openOwnership, ownsAll, wantedOf } from './ownership.ts'
import type { Parts } from './parts.ts'
import { openPersonal } from './personal.ts'
import { openPresence } from './presence.ts'
import { remembered } from './remembered.ts'
import { openReads } from './reads.ts'
import { openRejections } from './rejections.ts'
import { openRoom } from './room.ts'
import { openRunKeeper, type RunKeeper } from './runs.ts'
import { archiveOf } from './trim.ts'
import { openWaiters } from './waiters.ts'
import type { FaceView } from '../surfaces/http/console.ts'
import type { ControlPlace } from '../surfaces/surface.ts'

export interface CoreOptions {
  readonly parts: Parts
  readonly config: Config
  /** The data folder: journal, snapshots, tokens. */
  readonly data: string
  readonly version: string
  /** In place of the config's log engine: what the bench's control uses. */
  readonly log?: EventLog
  readonly clock?: Clock
  /** Which other hubs of the site are alive, in place of what the config's log engine has for it: for tests. */
  readonly presence?: Presence
}

/** Everything of a hub but its surfaces: what is wanted goes in, is recorded, delivered and folded. */
export type Core = Awaited<ReturnType<typeof openCore>>

type FaceListener = (place: ControlPlace, face: FaceView) => void

/**
 * Opens a hub's core: journal, projections, crash truth, routers, macros. Wires what the other files are.
 * @throws LogError where the journal cannot be opened
 */
export async function openCore({
  parts,
  data,
  version,
  log: given,
  clock = systemClock(),
  ...start
}: CoreOptions) {
  let { config } = start
  const startedAt = clock.now()
  let url = ''
  let lagMs = 0
  let tree = (): NonNullable<HubSign['tree']> | null => null
  let cursor = (): string | null => null
  let closing = false
  let end = (_why: Error): void => {}
  const ended = new Promise<Error>((resolve) => (end = resolve))
  const presence = start.presence ?? (await openPresence(config))
  // before it reads where its own chain ends: nobody else may go on with it from here
  const late = await mayStartAlone(config, data)
  const openWithinMs = config.log.engine === 'redis' ? config.log.openWithinMs : 0
  const members: Membership | null =
    presence &&
    (await joinSite({
      clock,
      hub: config.hub,
      presence,
      withinMs: late ? Math.min(startWithinMs, openWithinMs) : openWithinMs,
      late,
      sign: () => ({
        url,
        version,
        startedAt,
        position: cursor(),
        lagMs,
        leaving: closing,
        tree: tree(),
      }),
      displaced: end,
    }))
  const journal = await openJournal(config, data, clock, given).catch(async (cause: unknown) => {
    await members?.leave()
    throw cause
  })
  const { log, recorder, spool } = journal
  const personal = openPersonal(() => config, log.sidecar)
  const room = openRoom()
  const runner = await openRunner(log, join(data, 'snapshots'), room, undefined, archiveOf(data))
  cursor = () => runner.position()
  const alive = openAlive(data, clock)
  const waiters = openWaiters()
  const live = openLive(log)
  const faceListeners = new Set<FaceListener>()
  const reported = (device: DeviceId) =>
    routers.get(device)?.reported ?? reportedOf(room.devices.state, device)
  let catalogue = catalogueOf(config, parts.adapters, reported)

  const partsOf = (name: string) => config.intents.get(name)?.length ?? 1

  const rejections = openRejections(clock, (event) => journal.insist([event], 'lazy'))
  const reads = openReads(clock, (event) => journal.insist([event], 'lazy'))
  const duplicates = openDuplicates(log, () => room.deliveries.state, aheadMs)
  const lane = await openLane(config, parts.adapters, clock)
  const routers = openRouters({
    adapters: parts.adapters,
    devices: () => room.devices.state,
    open: () => openByDevice(room.deliveries.state, config.hub, clear),
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
      random: Math.random,
      record(events, urgency, kept) {
        const { intents } = room.deliveries.state
        const safe = personal.guarded(events, (id) => intents.get(id)?.submission.intent)
        return recorder.record(safe.events, urgency, kept, safe.beside)
      },
      resend(device, path, value) {
        const known = room.devices.state.devices.get(device)?.desired.get(path)
        const again = personal.again(known?.value, value)
        if (again === null) return // it was erased: nobody may learn it from the device either
        insistSubmit({
          intent: { verb: 'set', device, path, value },
          ...(again === undefined
            ? {}
            : { recorded: { verb: 'set', device, path, value: again } as const }),
          actor: { type: 'trigger', id: 'resync' },
          source: `hub:${config.hub}`,
        })
      },
    },
  })
  const adoption: Adoption = log.shared
    ? openAdoption(config.hub, routers, () => room.deliveries.state, clear)
    : noAdoption
  const ownership =
    members === null
      ? ownsAll()
      : openOwnership({
          hub: config.hub,
          members,
          alone: () => !alone.isJoined(),
          leases: () => room.leases.state,
          wanted: () => wantedOf(config.devices),
          record: (events) => recorder.record(events, 'durable'),
          taken,
          lost,
          settle: (leases) => routers.park(leases),
        })
  const following = openFollowing(log, recorder, () => runner.position(), end)
  const rewind = openRewind({
    hub: config.hub,
    room,
    runner,
    live,
    waiters,
    ownership,
    adoption,
    routers,
    runs: () => runs,
    partsOf,
    record: (events) => journal.insist(events, 'lazy'),
  })
  const alone: Alone =
    spool === null
      ? neverAlone
      : openAlone({
          clock,
          hub: config.hub,
          log: spool,
          recorder,
          left: room.deliveries.state.alone.get(config.hub) ?? null,
          leases: () => ownership.held(),
          position: () => runner.position(),
          save: () => runner.save(),
          follow: following.begin,
          unfollow: following.end,
          park: (on) => routers.park(new Set(on ? config.devices.keys() : [])),
          rewind: async (until) => {
            await rewind(spool.there, until)
            for (const [page, controls] of config.pages)
              for (const at of controls.keys()) showFace(`${page}/${at}`)
          },
          ends: (was, until, entries) => endsOfAlone(room, config.hub, was, until, entries),
          greet: () => members?.beat() ?? Promise.resolve(),
          look: () => ownership.look(),
          fatal: end,
        })
  const intake = openIntake({
    clock,
    recorder,
    duplicates,
    routers,
    adoption,
    personal,
    trimmedBefore: () => room.custody.state.trimmed?.before ?? null,
    deliveries: () => room.deliveries.state,
    config: () => config,
    catalogue: () => catalogue,
    isRunning: (run) => room.runs.state.runs.get(run as RunId)?.state === 'running', // looked up, whatever it is
    outOfReach: (intent) => (alone.isJoined() ? null : reasonFor(intent)),
  })
  const custody = openCustodian({
    hub: config.hub,
    log,
    recorder,
    room,
    insist: (events) => journal.insist(events, 'lazy'),
  })
  const keepRuns = () =>
    openRunKeeper({
      clock,
      config: () => config,
      runs: () => room.runs.state,
      deliveries: () => room.deliveries.state,
      devices: () => room.devices.state,
      record: (events) => journal.insist(events, 'durable'),
      submit: insistSubmit,
    })
  /** null while another hub carries out the site's macros. */
  let runs: RunKeeper | null = null
  const gestures = openGestures(clock, () => config)

  /** As it is to be sent; null, and ended, where what is personal in it is not there any more. */
  function clear(submission: Submission): Submission | null {
    const open = personal.reveal(submission)
    if (open === null)
      journal.insist(
        [
          {
            type: 'IntentEnded',
            intent: submission.id,
            outcome: 'failed',
            failure: notThere,
            by: null,
          },
        ],
        'lazy',
      )
    return open
  }

  /** What the hub itself wants: tried again until it is recorded. */
  function insistSubmit(wish: InnerWish): void {
    intake
      .submit(wish, noDefaults)
      .catch(() => clock.after(againMs, () => closing || isStale(wish) || insistSubmit(wish)))
  }
  /** A step whose run has ended while it could not be recorded. */
  function isStale({ lead = [] }: InnerWish): boolean {
    return lead.some(
      (event) =>
        event.type === 'RunAdvanced' &&
        event.state === 'running' &&
        room.runs.state.runs.get(event.run)?.state !== 'running',
    )
  }

  function committed(all: readonly Recorded[]): void {
    const places = faceListeners.size === 0 ? noPlaces : touched(all, config, room.panel.state)
    const held = room.deliveries.state.held
    live.apply(all)
    const newest = all.at(-1)
    if (newest !== undefined && members !== null) lagMs = Math.max(0, clock.now() - newest.at)
    const batch = runner.apply(all)
    if (room.deliveries.state.held !== held) routers.hold(!held)
    fresh.clear()
    custody.apply(batch)
    ownership.apply(batch)
    alone.apply(batch)
    if (!alone.isJoined()) {
      const ends = endsOutOfReach(batch, isOpenAlone, reasonFor)
      if (ends.length > 0) journal.insist(ends, 'lazy')
    }
    adoption.apply(all, batch, fresh)
    waiters.apply(batch)
    if (runs !== null) {
      runs.apply(batch)
      const ended = endedNames(batch, room.deliveries.state)
      if (ended.length > 0) journal.insist(ended, 'lazy')
    }
    for (const name of places) showFace(name)
  }

  /** Devices that were taken up with the batch that is being looked at. */
  const fresh = new Set<DeviceId>()

  /** This hub acts for these now: the crash truth of what is open, then what waits. */
  function taken(leases: readonly LeaseId[]): void {
    const devices = leases.filter(isDevice)
    for (const device of devices) fresh.add(device)
    routers.take(devices)
    if (leases.includes(macroLease)) void takeMacros(members?.ttlMs ?? 0)
  }

  function lost(leases: readonly LeaseId[]): void {
    routers.drop(leases.filter(isDevice))
    if (!leases.includes(macroLease)) return
    runs?.close()
    runs = null
  }

  /** Ends what nobody takes up, then goes on with the runs that are under way, by each macro's own policy. */
  async function takeMacros(awayMs: number): Promise<void> {
    const mine = keepRuns()
    runs = mine
    const { deliveries, leases } = room
    const left = [
      ...orphansOf(deliveries.state, leases.state, config),
      ...leftNames(deliveries.state, config.hub, partsOf),
    ]
    if (left.length > 0) await recorder.record(left, 'durable')
    if (runs === mine) mine.recover(awayMs)
  }

  const reasonFor = (intent: Intent) =>
    outOfReach(intent, (device) => routers.get(device) !== undefined, runs !== null)
  const isOpenAlone = (id: IntentId) =>
    isOwnAlone(id) && room.deliveries.state.intents.get(id)?.outcome === null
  function isOwnAlone(id: IntentId): boolean {
    const { intents, alone } = room.deliveries.state
    const by = intents.get(id)?.alone
    return by?.hub === config.hub && by.since === alone.get(config.hub)?.since
  }

  function showFace(name: string): void {
    const place = placeOf(name)
    const control = controlAt(config, place)
    if (control === null) return
    const face = faceOf(control, name, room.panel.state, room.devices.state)
    for (const listener of faceListeners) listener(place, face)
  }

  journal.onGap((gap) => remembered(room.deliveries.state, gap, log))
  const offCommit = recorder.onCommit(committed)
  following.begin()
  const offStep = clock.onStep((wall, kept) =>
    journal.insist([{ type: 'ClockStepped', wall, kept }], 'lazy'),
  )
  const was = room.deliveries.state.alone.get(config.hub)
  if (was !== undefined && !alone.isJoined()) ownership.recall(was.leases)
  await recorder.record(
    [
      ...journal.found,
      // the last process had no time to say how it ended
      ...(was === undefined || !alone.isJoined()
        ? []
        : endsOfAlone(
            room,
            config.hub,
            was,
            journal.broughtUntil ?? clock.now(),
            recorder.chain().hseq - was.hseq + 1,
          )),
      { type: 'HubStarted', version, config: config.hash },
    ],
    'durable',
  )
  custody.resume()
  await routers.apply(config)
  if (ownership.has(macroLease)) await takeMacros(alive.awayMs)
  ownership.look()
  alone.begin()

  return {
    clock,
    data,
    parts,
    version,
    startedAt,
    /** The other hubs of the site and this one; null where its log has one hub. */
    members,
    /** Resolves where the hub must not go on, and is not to be closed either: its process ends. */
    ended,
    /** Where its console is, for the other hubs. */
    tellUrl: (address: string) => void (url = address),
    /** What it has sealed, for the other hubs. */
    tellTree: (sealed: typeof tree) => void (tree = sealed),
    url: () => url,
    lagMs: () => lagMs,
    /** Whether this hub signs the sealed journal for its site. */
    signs: () => ownership.has(sealLease),
    /** Writes snapshots now. */
    save: () => runner.save(),
    /** The newest entry that is folded. */
    position: () => runner.position(),
    alone,
    journal,
    personal,
    custody,
    room,
    live,
    intake,
    gestures,
    rejections,
    reads,
    waiters,
    routers,
    config: () => config,
    catalogue: () => catalogue,
    onFace(listener: FaceListener): () => void {
      faceListeners.add(listener)
      return () => faceListeners.delete(listener)
    },
    /** Applies another config while running. The caller has recorded the change. */
    async reconfigure(next: Config): Promise<void> {
      config = next
      catalogue = catalogueOf(next, parts.adapters, reported)
      await routers.apply(next)
      ownership.look()
    },
    /** Stops acting, records that, and closes the journal. */
    async close(reason: string): Promise<void> {
      closing = true
      gestures.close()
      rejections.close()
      reads.close()
      await alone.close()
      await inTime(clock, ownership.close(), stopWithinMs)
      runs?.close()
      await routers.close()
      await lane.close()
      // a full log: the stop is not news
      const stopped = recorder.record([{ type: 'HubStopped', reason }], 'durable').catch(() => {})
      await inTime(clock, stopped, stopWithinMs)
      offStep()
      alive.close()
      await runner.save().catch(() => {}) // the next start folds more of the log
      await following.end()
      await members?.leave()
      await journal.close()
      offCommit()
    },
  }
}

const noPlaces: ReadonlySet<string> = new Set()

/** What others may have seen, they may carry out: a `fire` is never done twice because two hubs could not talk. */
const leftToOthers = failed(
  'unreachable',
  'not sent: this hub was cut off from the log right then, and another may have taken it up; look, and press again if it is still wanted',
)

/** Where a person, or a disk, has taken it away. */
const notThere = failed(
  'refused',
  'what was to be sent is not kept beside the log any more: it was erased, or lost; press again if it is still wanted',
)

/** How soon the hub's own wish is tried again where the log is full. Milliseconds. */
const againMs = 250
