import type { Config } from '../config/config.ts'
import type { DeviceId } from '../intents/id.ts'
import { actorName } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Custody } from '../projections/custody.ts'
import { controlOf } from '../projections/panel.ts'
import type { IntentRecord } from '../projections/deliveries.ts'
import { emptyDevice, type Device } from '../projections/devices.ts'
import type { MacroView } from '../surfaces/http/catalogue-view.ts'
import type { DeviceView } from '../surfaces/http/device-view.ts'
import type { IntentQuery, IntentView } from '../surfaces/http/intent-view.ts'
import type { FoldedState } from './audit/room-state.ts'
import type { Room } from './room.ts'

// How what is folded looks to those who ask: pure.

export function intentView(
  { submission, position, attempts, outcome, children }: IntentRecord,
  { corrections }: Pick<Custody, 'corrections'>,
): IntentView {
  const { id, intent, actor, source, trace, cause, at, expiresAt } = submission
  const last = attempts.at(-1)
  return {
    id,
    intent,
    actor,
    source,
    trace,
    cause,
    at,
    expiresAt,
    position,
    status:
      outcome !== null
        ? 'ended'
        : last !== undefined && last.endedAt === null
          ? 'attempting'
          : 'pending',
    attempts,
    outcome:
      outcome === null
        ? null
        : {
            type: outcome.type,
            at: outcome.at,
            ...(outcome.failure === null ? {} : { failure: outcome.failure }),
            ...(outcome.by === null ? {} : { by: outcome.by }),
          },
    children,
    corrections: corrections.get(id) ?? [],
  }
}

/** Whether an intent is one that was asked for. */
export function matches(record: IntentRecord, query: IntentQuery): boolean {
  const { actor, intent } = record.submission
  const name = actorName(actor)
  return (
    (query.actor === undefined ||
      name === query.actor ||
      name.slice(name.indexOf(':') + 1) === query.actor) &&
    (query.device === undefined || ('device' in intent && intent.device === query.device)) &&
    (query.outcome === undefined || (record.outcome?.type ?? 'open') === query.outcome) &&
    (query.control === undefined || controlOf(record.submission) === query.control)
  )
}

export function deviceView(id: DeviceId, protocol: string, device: Device | undefined): DeviceView {
  const { link, desired, reported, open, delivered, failed } = device ?? emptyDevice()
  return {
    id,
    protocol,
    link,
    desired: Object.fromEntries(desired),
    reported: Object.fromEntries(reported),
    open,
    delivered,
    failed,
  }
}

export function macroViews(config: Config): readonly MacroView[] {
  return [...config.macros.values()].map(({ id, steps, onFailure, onCrash }) => ({
    id,
    steps: steps as unknown as MacroView['steps'], // steps hold nothing but JSON
    onFailure: onFailure as Json, // a word or {run: NAME}
    onCrash,
  }))
}

/** What is folded, as JSON: a copy, which does not change when the room does. */
export function roomJson(room: Room): FoldedState {
  const { deliveries, devices, runs, panel, leases, activity, custody } = room
  const open = [...deliveries.state.intents.values()].filter((record) => record.outcome === null)
  const { rejected, hands, ended, ...counts } = activity.state
  return {
    held: deliveries.state.held,
    open: open.map((record) => intentView(record, custody.state)),
    devices: [...devices.state.devices].map(([id, device]) => deviceView(id, '', device)),
    runs: [...runs.state.runs.values()].filter((run) => run.state === 'running'),
    panel: Object.fromEntries(panel.state.controls),
    leases: Object.fromEntries(leases.state.leases),
    activity: {
      ...counts,
      ended: { ...ended },
      rejected: Object.fromEntries(rejected),
      hands: Object.fromEntries(hands),
    },
  }
}
