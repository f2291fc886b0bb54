import { setImmediate } from 'node:timers/promises'
import { fakeClock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { openRecorder, tipOf, type Recorder } from '../../bus/recorder.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { DeviceId, Instant, RunId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import { reportedOf } from '../../projections/devices.ts'
import { foldInto } from '../../projections/runner.ts'
import type { Receipt } from '../../surfaces/surface.ts'
import { noAdoption } from '../site/adoption.ts'
import { catalogueOf } from '../catalogue.ts'
import { openRouters } from '../devices/devices.ts'
import { dryAdapters, type DrySend } from './dry-adapter.ts'
import { openDuplicates } from '../duplicates.ts'
import { aheadMs, noDefaults, openIntake, type InnerWish } from '../intake.ts'
import { openLane } from '../devices/lane.ts'
import { endedNames } from './names.ts'
import type { Parts } from '../parts.ts'
import { openRoom, type Room } from '../room.ts'
import { openRunKeeper } from './runs.ts'
import { openVariables } from '../automation/variables.ts'

/**
 * A hub's own intake, routers and macros, in a room as it was recorded, on a log that lives as long as this object and a
 * clock that goes as fast as it is told: nothing is sent, and nothing is recorded.
 */
export interface DryRoom {
  readonly room: Room
  /** All that this room has recorded. */
  readonly entries: readonly Recorded[]
  readonly sends: readonly DrySend[]
  submit(intent: Intent): Promise<Receipt>
  /** What a device said. */
  report(event: BusEvent): void
  /** Resolves when nothing more happens before time goes on. */
  settled(): Promise<void>
  now(): Instant
  /** How long until something happens by itself; null: nothing will. Milliseconds. */
  nextMs(): number | null
  advance(ms: number): void
  close(): Promise<void>
}

/** How many turns of the event loop nothing may happen before nothing more will: a send and its record take two. */
const quietTurns = 4

/** @param then the room of that moment: its devices and its panic stop are this room's at first */
export async function openDryRoom(
  parts: Parts,
  config: Config,
  then: Room,
  at: Instant,
): Promise<DryRoom> {
  const clock = fakeClock(at)
  const log = openMemoryLog()
  const room = openRoom()
  room.devices.state = then.devices.state
  room.deliveries.state.held = then.deliveries.state.held
  const entries: Recorded[] = []
  const sends: DrySend[] = []
  const adapters = dryAdapters(parts.adapters, clock, (send) => sends.push(send))
  let busy = 0
  const own = openRecorder(log, clock, config.hub, tipOf(config.hub, []))
  const recorder: Recorder = {
    ...own,
    record(...asked) {
      busy++
      return own.record(...asked).finally(() => busy--)
    },
  }
  const lane = await openLane(config, adapters, clock)
  const deliveries = () => room.deliveries.state
  const routers = openRouters({
    adapters,
    devices: () => room.devices.state,
    open: () => new Map(), // what waited at that moment is not this run's
    passed: () => new Map(),
    held: () => deliveries().held,
    owns: () => true,
    lane,
    revealAll: (values) => values,
    started: () => [],
    host: {
      clock,
      token: () => undefined,
      isSure: () => true,
      bars: () => null,
      pictured: () => {}, // nobody looks
      random: () => 0,
      record: (events, urgency, kept) => recorder.record(events, urgency, kept),
      resend: () => {}, // no link comes back
    },
  })
  const reported = (device: DeviceId) =>
    routers.get(device)?.reported ?? reportedOf(room.devices.state, device)
  const catalogue = catalogueOf(config, adapters, reported)
  const intake = openIntake({
    clock,
    recorder,
    duplicates: openDuplicates(log, deliveries, aheadMs),
    routers,
    adoption: noAdoption,
    personal: { cover: () => null }, // nothing of it is kept
    trimmedBefore: () => null,
    config: () => config,
    catalogue: () => catalogue,
    deliveries,
    isRunning: (run) => room.runs.state.runs.get(run as RunId)?.state === 'running', // looked up, whatever it is
    outOfReach: () => null,
  })
  const submit = (wish: InnerWish) => {
    busy++
    return intake.submit(wish, noDefaults).finally(() => busy--)
  }
  /** Why it cannot go on: a bug, and not an outcome. */
  let broken: unknown = null
  const insist = (promise: Promise<unknown>) => {
    promise.catch((cause: unknown) => (broken ??= cause))
  }
  const runs = openRunKeeper({
    clock,
    config: () => config,
    runs: () => room.runs.state,
    deliveries,
    devices: () => room.devices.state,
    record: (events) => insist(recorder.record(events, 'durable')),
    submit: (wish) => insist(submit(wish)),
  })
  const variables = openVariables(
    config.hub,
    () => config,
    room,
    () => clock.now(),
  )
  const off = recorder.onCommit((batch) => {
    const { held } = deliveries()
    const counting = batch.filter((recorded) => foldInto(room, recorded))
    entries.push(...counting)
    if (deliveries().held !== held) routers.hold(!held)
    runs.apply(counting)
    const ended = [...variables.follow(counting), ...endedNames(counting, deliveries())]
    if (ended.length > 0) insist(recorder.record(ended, 'lazy'))
  })
  await routers.apply(config)
  runs.recover(0)
  const left = variables.left()
  if (left.length > 0) insist(recorder.record(left, 'lazy'))

  return {
    room,
    entries,
    sends,
    submit: (intent) =>
      submit({ intent, actor: { type: 'api', id: 'dry-run' }, source: 'dry-run' }),
    report: (event) => insist(recorder.record([event], 'lazy')),
    async settled() {
      for (let quiet = 0; quiet < quietTurns; quiet = busy === 0 ? quiet + 1 : 0)
        await setImmediate()
      if (broken !== null) throw broken
    },
    now: () => clock.now(),
    nextMs: () => clock.nextMs(),
    advance: (ms) => clock.advance(ms),
    async close() {
      off()
      runs.close()
      await routers.close()
      await lane.close()
      await log.close()
    },
  }
}
