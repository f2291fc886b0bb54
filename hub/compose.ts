import { systemClock, type Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import type { EventLog } from '../bus/log.ts'
import type { Config } from '../config/config.ts'
import { failed } from '../intents/failure.ts'
import type { DeviceId, Instant, RunId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { isForDevice, type Delivery } from '../adapters/delivery.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import { openRunner } from '../projections/runner.ts'
import { join } from 'node:path'
import { openAlive } from './alive.ts'
import { catalogueOf } from './catalogue.ts'
import { openRouters } from './devices.ts'
import { openDuplicates } from './duplicates.ts'
import { faceOf, placeOf, touched } from './faces.ts'
import { openGestures } from './gestures.ts'
import { aheadMs, noDefaults, openIntake, type InnerWish } from './intake.ts'
import { openJournal } from './journal.ts'
import { openLane } from './lane.ts'
import { openLive } from './live.ts'
import { endedNames, leftNames } from './names.ts'
import type { Parts } from './parts.ts'
import { openRejections } from './rejections.ts'
import { openRoom } from './room.ts'
import { openRunKeeper } from './runs.ts'
import { controlAt } from './gestures.ts'
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
  const journal = await openJournal(config, data, clock, given)
  const { log, recorder } = journal
  const room = openRoom()
  const runner = await openRunner(log, join(data, 'snapshots'), room.all)
  const alive = openAlive(data, clock)
  const startedAt = clock.now()
  const waiters = openWaiters()
  const live = openLive(log)
  const faceListeners = new Set<FaceListener>()
  const reported = (device: DeviceId) => routers.get(device)?.reported ?? nothingReported
  let catalogue = catalogueOf(config, parts.adapters, reported)

  const rejections = openRejections(clock, (event) => journal.insist([event], 'lazy'))
  const duplicates = openDuplicates(log, () => room.deliveries.state, aheadMs)
  const lane = await openLane(config, parts.adapters, clock)
  const { byDevice, orphans } = leftOpen(room.deliveries.state, config)
  const routers = openRouters({
    adapters: parts.adapters,
    devices: () => room.devices.state,
    open: byDevice,
    held: room.deliveries.state.held,
    lane,
    started: (device, since) => startsOf(room.deliveries.state, device, since),
    host: {
      clock,
      random: Math.random,
      record: (events, urgency, kept) => recorder.record(events, urgency, kept),
      resend: (device, path, value) =>
        insistSubmit({
          intent: { verb: 'set', device, path, value },
          actor: { type: 'trigger', id: 'resync' },
          source: `hub:${config.hub}`,
        }),
    },
  })
  const intake = openIntake({
    clock,
    recorder,
    duplicates,
    routers,
    config: () => config,
    catalogue: () => catalogue,
    isRunning: (run) => room.runs.state.runs.get(run as RunId)?.state === 'running', // looked up, whatever it is
  })
  const runs = openRunKeeper({
    clock,
    config: () => config,
    runs: () => room.runs.state,
    deliveries: () => room.deliveries.state,
    devices: () => room.devices.state,
    record: (events) => journal.insist(events, 'durable'),
    submit: insistSubmit,
  })
  const gestures = openGestures(clock, () => config)

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
  let closing = false

  function committed(batch: readonly Recorded[]): void {
    const places = faceListeners.size === 0 ? noPlaces : touched(batch, config, room.panel.state)
    runner.apply(batch)
    waiters.apply(batch)
    live.apply(batch)
    runs.apply(batch)
    const ended = endedNames(batch, room.deliveries.state)
    if (ended.length > 0) journal.insist(ended, 'lazy')
    for (const name of places) showFace(name)
  }

  function showFace(name: string): void {
    const place = placeOf(name)
    const control = controlAt(config, place)
    if (control === null) return
    const face = faceOf(control, name, room.panel.state, room.devices.state)
    for (const listener of faceListeners) listener(place, face)
  }

  const offCommit = recorder.onCommit(committed)
  const offStep = clock.onStep((wall, kept) =>
    journal.insist([{ type: 'ClockStepped', wall, kept }], 'lazy'),
  )
  await recorder.record(
    [...journal.found, { type: 'HubStarted', version, config: config.hash }],
    'durable',
  )
  const left = [
    ...orphans,
    ...leftNames(room.deliveries.state, (name) => config.intents.get(name)?.length ?? 1),
  ]
  if (left.length > 0) await recorder.record(left, 'durable')
  await routers.apply(config)
  runs.recover(alive.awayMs)

  return {
    clock,
    data,
    parts,
    version,
    startedAt,
    journal,
    room,
    live,
    intake,
    gestures,
    rejections,
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
    },
    /** Stops acting, records that, and closes the journal. */
    async close(reason: string): Promise<void> {
      closing = true
      gestures.close()
      rejections.close()
      runs.close()
      await routers.close()
      await lane.close()
      await recorder.record([{ type: 'HubStopped', reason }], 'durable').catch(() => {}) // a full log: the stop is not news
      offStep()
      alive.close()
      await runner.save().catch(() => {}) // the next start folds more of the log
      await journal.close()
      offCommit()
    },
  }
}

const noPlaces: ReadonlySet<string> = new Set()
const nothingReported: ReadonlyMap<string, Json> = new Map()

/** How soon the hub's own wish is tried again where the log is full. Milliseconds. */
const againMs = 250

/** When attempts of a device started, from `since` on, as far as they are at hand. */
function startsOf({ intents }: Deliveries, device: DeviceId, since: Instant): readonly Instant[] {
  return [...intents.values()]
    .filter(({ submission }) => isForDevice(submission) && submission.intent.device === device)
    .flatMap(({ attempts }) => attempts.map(({ startedAt }) => startedAt))
    .filter((at) => at > since)
}

/** What the last stop left open: each device's share in its order, and the ends of what has no device any more. */
function leftOpen({ intents }: Deliveries, config: Config) {
  const byDevice = new Map<DeviceId, Delivery[]>()
  const orphans = []
  for (const { submission, attempts, outcome } of intents.values()) {
    if (outcome !== null) continue
    if (submission.intent.verb === 'hold') {
      // its end stood behind it in the same commit, whose tail the crash tore off; the fold has obeyed it
      const intent = submission.id
      orphans.push({
        type: 'IntentEnded',
        intent,
        outcome: 'confirmed',
        failure: null,
        by: null,
      } as const)
      continue
    }
    if (!isForDevice(submission)) continue
    const { device } = submission.intent
    const last = attempts.at(-1)
    if (!config.devices.has(device)) {
      const failure = failed('refused', `its device ${device} is no longer in the config`)
      orphans.push({
        type: 'IntentEnded',
        intent: submission.id,
        outcome: 'refused',
        failure,
        by: null,
      } as const)
      continue
    }
    const delivery: Delivery =
      last !== undefined && last.endedAt === null
        ? { phase: 'attempting', submission, attempt: last.attempt }
        : {
            phase: 'waiting',
            submission,
            tried: attempts.length,
            retryAt: last?.retryAt ?? null,
            failure: last?.failure ?? null,
          }
    const share = byDevice.get(device)
    if (share === undefined) byDevice.set(device, [delivery])
    else share.push(delivery)
  }
  return { byDevice, orphans }
}
