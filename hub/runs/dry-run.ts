import type { Recorded } from '../../bus/entry.ts'
import { systemClock } from '../../bus/clock.ts'
import type { Config } from '../../config/config.ts'
import type { Failure } from '../../intents/failure.ts'
import type { Instant, MacroId } from '../../intents/id.ts'
import type { JsonObject } from '../../intents/json.ts'
import type { Outcome } from '../../intents/outcome.ts'
import { ConfigError, readConfig } from '../configure.ts'
import { dryConfig } from './dry-adapter.ts'
import { openDryRoom, type DryRoom } from './dry-room.ts'
import { stepsOf, type DryStep } from './dry-steps.ts'
import { momentOf } from '../audit/moment.ts'
import { loadParts } from '../parts.ts'
import { openPlayer, type Player } from '../audit/player.ts'
import { ofRecord } from '../audit/record.ts'
import type { Given, SiteRecord } from '../audit/site-record.ts'
import type { RoomState } from '../audit/room-state.ts'

export interface DryRunOrder {
  readonly macro: string
  readonly args: JsonObject
  /** A position or a time; null: as the room is by its newest entry. */
  readonly at: string | null
  /** The config file: macros, devices, named intents. */
  readonly config: string
  readonly given: Given
}

/** What a macro would have done. */
export interface DryRun {
  readonly macro: string
  /** The newest entry of the room that it ran in. */
  readonly position: string | null
  readonly at: Instant | null
  readonly since: RoomState['since']
  readonly held: boolean | null
  /** Whether the config is the one that was in use at that moment. SHA-256, hex. */
  readonly config: {
    readonly hash: string
    readonly then: readonly string[]
    readonly isSame: boolean
  }
  readonly outcome: Outcome
  readonly failure: Failure | null
  /** How long it would have taken, in ms of its own time. */
  readonly tookMs: number
  readonly steps: readonly DryStep[]
}

/** More than any macro has steps, those of the macros that it runs included. */
const mostRounds = 100_000

/**
 * Runs a macro's own code against the room of a recorded moment, with every output cut off. Waits pass in the run's own time;
 * `until` is judged by what the devices and their links had reported at that moment, and by what they really reported after it, at the same
 * distance in time. @throws RangeError, RecordError, ConfigError
 */
export async function dryRun(order: DryRunOrder): Promise<DryRun> {
  const parts = await loadParts()
  const loaded = readConfig(order.config, parts)
  if (!loaded.ok) throw new ConfigError(loaded.faults)
  const config = dryConfig(loaded.config)
  const moment = order.at === null ? null : momentOf(order.at)
  const now = systemClock().now()
  return ofRecord(order.given, async (record) => {
    checkSite(record, loaded.config)
    const player = openPlayer(record, now)
    try {
      await player.to(moment)
      const then = player.state()
      const at = moment !== null && 'time' in moment ? moment.time : (then.at ?? now)
      const dry = await openDryRoom(parts, config, player.room, at)
      try {
        return { ...(await carriedOut(dry, player, config, order)), ...placeOf(then, config) }
      } finally {
        await dry.close()
      }
    } finally {
      await player.close()
    }
  })
}

function placeOf({ position, at, since, held, hubs }: RoomState, { hash }: Config) {
  const then = [...new Set(Object.values(hubs).map(({ config }) => config))]
  return { position, at, since, held, config: { hash, then, isSame: then.includes(hash) } }
}

/** A record of another room would be judged by devices that only happen to have the same names. */
function checkSite(record: SiteRecord, { site, witness }: Config): void {
  const origin = record.known?.origin ?? record.seal()?.head.origin ?? null
  const expected = witness.origin ?? `infrafabric/${site}`
  if (origin !== null && origin !== expected)
    throw new RangeError(
      `${record.name} is of ${origin}, and the config is of ${expected}: give the config of that site with --config`,
    )
}

async function carriedOut(
  dry: DryRoom,
  player: Player,
  config: Config,
  { macro, args }: DryRunOrder,
) {
  const begin = dry.now()
  const { id, refusal } = await dry.submit({ verb: 'run', macro: macro as MacroId, args }) // the intake looks it up
  if (refusal !== null) throw new RangeError(refusal.failure.detail)
  await untilOver(dry, player)
  const end = dry.room.deliveries.state.intents.get(id)?.outcome
  if (end == null) throw new Error(`the dry run of ${macro} did not come to an end`)
  return {
    macro,
    outcome: end.type,
    failure: end.failure,
    tookMs: dry.now() - begin,
    steps: stepsOf(dry, config, begin),
  }
}

/** Lets time go on, from one thing that happens to the next, until nothing is open. */
async function untilOver(dry: DryRoom, player: Player): Promise<void> {
  let report = await nextReport(player)
  for (let round = 0; round < mostRounds; round++) {
    await dry.settled()
    if ([...dry.room.deliveries.state.intents.values()].every(({ outcome }) => outcome !== null))
      return
    const wakeMs = dry.nextMs()
    if (wakeMs === null) return
    if (report === null || report.at > dry.now() + wakeMs) {
      dry.advance(wakeMs)
      continue
    }
    dry.advance(Math.max(0, report.at - dry.now()))
    dry.report(report.event)
    report = await nextReport(player)
  }
}

/** What a device said next, after the moment. */
async function nextReport(player: Player): Promise<Recorded | null> {
  for (;;) {
    const recorded = await player.next()
    const type = recorded?.event.type
    if (type === undefined || type === 'DeviceReported' || type === 'LinkChanged') return recorded
  }
}
