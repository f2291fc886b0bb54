import { join } from 'node:path'
import { systemClock, type Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import { inTime } from '../bus/in-time.ts'
import type { Presence } from '../bus/lease/presence.ts'
import type { EventLog } from '../bus/log.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent } from '../intents/event.ts'
import { macroLease, sealLease, type DeviceId, type RunId } from '../intents/id.ts'
import { reportedOf } from '../projections/devices.ts'
import { openRunner } from '../projections/runner.ts'
import { openActing } from './acting.ts'
import { openAlive } from './site/alive.ts'
import { catalogueOf } from './catalogue.ts'
import { openCustodian } from './privacy/custodian.ts'
import { openDuplicates } from './duplicates.ts'
import { elsewhere } from './site/elsewhere.ts'
import { openFollowing } from './site/following.ts'
import { openFooting, type Self } from './site/footing.ts'
import { openGestures } from './desk/gestures.ts'
import { aheadMs, openIntake } from './intake.ts'
import { stopWithinMs } from './journal.ts'
import { endsOfAlone } from './site/left-open.ts'
import { openLive } from './site/live.ts'
import { openAll, type Opened } from './site/opened.ts'
import type { Parts } from './parts.ts'
import { openPersonal } from './privacy/personal.ts'
import { openPictures } from './desk/pictures.ts'
import { openReads } from './reads.ts'
import { openRejections } from './rejections.ts'
import { pagesAgain } from '../projections/pages.ts'
import { remembered } from './site/remembered.ts'
import { openRoom } from './room.ts'
import { openShownFaces } from './desk/shown-faces.ts'
import { openShownRuns, type ShownRuns } from './desk/shown-runs.ts'
import { archiveOf } from './seal/trim.ts'
import { openWaiters } from './site/waiters.ts'

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

/**
 * Opens a hub's core: journal, projections, crash truth, routers, macros. Wires what the other files are.
 * @throws LogError where the journal cannot be opened, EntryError where it cannot be read, Error: what was opened before is
 *   closed again
 */
export function openCore(options: CoreOptions) {
  return openAll((opened) => compose(options, opened))
}

async function compose(
  { parts, data, version, clock = systemClock(), ...start }: CoreOptions,
  opened: Opened,
) {
  let { config } = start
  const startedAt = clock.now()
  let end = (_why: Error): void => {}
  const ended = new Promise<Error>((resolve) => (end = resolve))
  /** Nobody waits for what can never come any more. */
  const orEnded = (wait: Promise<unknown>) =>
    Promise.race([wait, ended.then((why) => Promise.reject(why))])
  let offCommit = () => {}
  // at the very end: what is recorded while it closes is folded
  opened.add(() => offCommit())
  const footing = await openFooting({
    config,
    data,
    version,
    clock,
    opened,
    log: start.log,
    presence: start.presence,
    displaced: end,
  })
  const { members, journal, self } = footing
  const { log, recorder } = journal
  const personal = openPersonal(() => config, log.sidecar)
  const room = openRoom()
  const runner = await openRunner(log, join(data, 'snapshots'), room, undefined, archiveOf(data))
  self.position = () => runner.position()
  const following = openFollowing(log, recorder, () => runner.position(), end)
  opened.add(() => following.end())
  opened.add(() => runner.save().catch(() => {})) // the next start folds more of the log
  const alive = openAlive(data, clock)
  opened.add(() => alive.close())
  const waiters = openWaiters()
  const live = openLive(log)
  const faces = openShownFaces(
    () => config,
    room,
    (wanted) => pictures.view(wanted),
    (place) => gestures.asks(place),
    (place) => runs.at(place),
  )
  const elsewhereOf = (device: DeviceId) =>
    elsewhere(device, room.leases.state, members?.hubs() ?? [])
  const runs: ShownRuns = openShownRuns(
    (run) => acting.conductor.runs()?.macroOf(run) ?? config.macros.get(run.macro),
    room,
  )
  const pictures = openPictures({
    clock,
    config: () => config,
    of: (device) => routers.get(device)?.pictures,
    elsewhere: elsewhereOf,
    show: faces.show,
  })
  opened.add(() => pictures.close())
  const reported = (device: DeviceId) =>
    routers.get(device)?.reported ?? reportedOf(room.devices.state, device)
  let catalogue = catalogueOf(config, parts.adapters, reported)
  const rejections = openRejections(clock, (event) => journal.insist([event], 'lazy'))
  const reads = openReads(clock, (event) => journal.insist([event], 'lazy'))
  const duplicates = openDuplicates(log, () => room.deliveries.state, aheadMs)
  let mayStop = false
  void ended.then(() => (mayStop = false)) // what it would write is not its to write any more
  // when all that acts has ended, and before what is recorded is closed
  opened.add(async (reason) => {
    if (!mayStop) return
    // a full log: the stop is not news
    const stopped = recorder.record([{ type: 'HubStopped', reason }], 'durable').catch(() => {})
    await inTime(clock, stopped, stopWithinMs)
  })
  const acting = await openActing({
    clock,
    config: () => config,
    adapters: parts.adapters,
    footing,
    opened,
    room,
    runner,
    personal,
    live,
    waiters,
    faces,
    following,
    pictured: pictures.changed,
    intake: () => intake,
    partsOf: (name) => config.intents.get(name)?.length ?? 1,
    fatal: end,
  })
  const { routers, ownership, adoption, alone } = acting
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
    outOfReach: acting.outOfReach,
  })
  const custody = openCustodian({
    hub: config.hub,
    log,
    recorder,
    room,
    insist: (events) => journal.insist(events, 'lazy'),
  })
  const gestures = openGestures(
    clock,
    () => config,
    (place) => faces.show([place]),
  )

  function committed(all: readonly Recorded[]): void {
    const places = faces.touched(all)
    const held = room.deliveries.state.held
    live.apply(all)
    const newest = all.at(-1)
    if (newest !== undefined && members !== null) self.lagMs = Math.max(0, clock.now() - newest.at)
    const batch = runner.apply(all)
    if (room.deliveries.state.held !== held) routers.hold(!held)
    custody.apply(batch)
    acting.apply(all, batch)
    waiters.apply(batch)
    runs.apply(batch)
    faces.show(new Set([...places, ...runs.places(batch)]))
  }

  journal.onGap((gap) => [
    ...remembered(room.deliveries.state, gap, log),
    // those of other hubs are theirs to say: they may have been turned since
    ...pagesAgain(room.pages.state, config.hub),
  ])
  offCommit = recorder.onCommit(committed)
  await acting.automation.recall(runner.position())
  following.begin()
  // not at once: it may be the stamp of another entry that finds it
  const offStep = clock.onStep(({ wall, kept }) =>
    clock.after(0, () => journal.insist([{ type: 'ClockStepped', wall, kept }], 'lazy')),
  )
  opened.add(offStep)
  const was = room.deliveries.state.alone.get(config.hub)
  if (was !== undefined && !alone.isJoined()) ownership.recall(was.leases)
  const until = journal.broughtUntil ?? clock.now()
  const first: readonly BusEvent[] = [
    ...journal.found,
    // the last process had no time to say how it ended
    ...(was === undefined || !alone.isJoined()
      ? []
      : endsOfAlone(room, config.hub, was, until, recorder.chain().hseq - was.hseq + 1)),
    { type: 'HubStarted', version, config: config.hash },
  ]
  await orEnded(recorder.record(first, 'durable'))
  mayStop = true
  custody.resume()
  await routers.apply(config)
  if (ownership.has(macroLease)) {
    await orEnded(acting.conductor.take(alive.awayMs))
    acting.automation.take()
  }
  ownership.look()
  alone.begin()
  opened.add(() => alone.close())
  for (const way of [reads, rejections, gestures]) opened.add(() => way.close())

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
    tellUrl: (address: string) => void (self.url = address),
    /** What it has sealed, for the other hubs. */
    tellTree: (sealed: Self['tree']) => void (self.tree = sealed),
    url: () => self.url,
    lagMs: () => self.lagMs,
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
    onFace: faces.onFace,
    runs,
    automation: acting.automation,
    pictures,
    /** Which hub to ask about a device that this one does not act for. */
    elsewhere: elsewhereOf,
    /** Applies another config while running. The caller has recorded the change. */
    async reconfigure(next: Config): Promise<void> {
      config = next
      catalogue = catalogueOf(next, parts.adapters, reported)
      await routers.apply(next)
      acting.automation.changed()
      acting.conductor.look()
      ownership.look()
      faces.showAll()
    },
    /** Stops acting, records that, and closes the journal. */
    close: (reason: string) => opened.close(reason),
  }
}
