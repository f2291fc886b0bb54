import type { Plan } from '../../adapters/adapter.ts'
import type { Recorded } from '../../bus/entry.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { siteDevice, type Instant, type IntentId } from '../../intents/id.ts'
import type { DeviceIntent, Submission } from '../../intents/intent.ts'
import { endOf } from '../../intents/end.ts'
import { sameJson, type Json, type JsonObject } from '../../intents/json.ts'
import type { Variable } from '../../macros/variable.ts'
import { isOfType, typeName } from '../../intents/value-type.ts'
import { reportedOf, type Devices } from '../../projections/devices.ts'
import { commitmentIn } from '../../witness/commitment.ts'
import type { Askable } from './askable.ts'
import { lookActions, lookRefused } from '../desk/looks.ts'
import { isLeftTo } from '../site/left-open.ts'
import type { Room } from '../room.ts'

// The site's variables are paths of a device that nobody has: `site`. A `set` of one is an intent like any other; the hub that
// carries out the macros answers for it, with a report and an end in one commit. So all that reads a device reads them: faces,
// surfaces, triggers, conditions, replay; and they outlive restart and failover because the journal does. How a control looks, where
// somebody has said so while the hub runs, is such a path too (intents/look.ts).

export type Variables = ReadonlyMap<string, Variable>

/** What of a config decides what can be set. */
export type SiteConfig = Pick<Config, 'variables' | 'pages'>

/** What `site.NAME` is in expressions. */
export function valuesNow(devices: Devices): JsonObject {
  return Object.fromEntries(reportedOf(devices, siteDevice))
}

/** What can be asked of them. */
export function askable(site: SiteConfig): Askable {
  return {
    protocol: 'site',
    title: 'The site: its variables, and how its controls look',
    actions: [
      ...[...site.variables].map(([name, { type, description }]) => ({
        verb: 'set' as const,
        name,
        description: description || `A variable: ${typeName(type)}`,
        schema: type === 'any' ? {} : { type },
      })),
      ...lookActions,
    ],
    offers: () => false,
    plan: (intent) => planOf(site, intent),
  }
}

function planOf({ variables, pages }: SiteConfig, intent: DeviceIntent): Plan<unknown> {
  if (intent.verb === 'fire')
    return no(failed('not-found', `${siteDevice} does nothing: its variables are set`))
  const look = lookRefused(intent.path, intent.value, pages)
  const fault = look === undefined ? faultOf(variables, intent.path, intent.value) : look
  return fault === null ? { ok: true, command: null } : no(fault)
}

function no(failure: Failure): Plan<unknown> {
  return { ok: false, failure }
}

/** Why a variable cannot be this; null where it can. */
function faultOf(variables: Variables, name: string, value: Json): Failure | null {
  const variable = variables.get(name)
  if (variable === undefined) {
    const names = [...variables.keys()].slice(0, 12).join(', ')
    const are = names === '' ? 'the config declares none' : `there are: ${names}`
    return failed('not-found', `no variable '${name.slice(0, 80)}'; ${are}`)
  }
  if (isOfType(variable.type, value)) return null
  return failed('malformed', `${name} must be ${typeName(variable.type)}`)
}

/** Answers for the variables, on the hub that carries out the site's macros. */
export interface VariableKeeper {
  /** What is to be recorded first by a hub that answers from now on, or after another config: ends, and defaults. */
  left(): readonly BusEvent[]
  /** What follows of the next entries, after they were folded. */
  follow(batch: readonly Recorded[]): readonly BusEvent[]
}

export function openVariables(
  hub: string,
  site: () => SiteConfig,
  room: Pick<Room, 'deliveries' | 'devices'>,
  now: () => Instant,
): VariableKeeper {
  /** Whose end is on its way to the log. */
  const ending = new Set<IntentId>()

  function set({ id, intent, expiresAt }: Submission): readonly BusEvent[] {
    if (!('device' in intent) || intent.device !== siteDevice || ending.has(id)) return []
    const record = room.deliveries.state.intents.get(id)
    if (record === undefined || record.outcome !== null) return []
    if (isLeftTo(room.deliveries.state, record, hub)) return []
    ending.add(id)
    const end = (outcome: 'confirmed' | 'refused' | 'expired', failure: Failure | null) =>
      ({ type: 'IntentEnded', intent: id, outcome, failure, by: null }) as const
    if (expiresAt !== null && expiresAt <= now())
      return [end('expired', failed('expired', 'nobody answered for the variables in time'))]
    // judged when it came in; another config may be there since
    const plan = planOf(site(), intent)
    if (!plan.ok) return [end('refused', plan.failure)]
    if (intent.verb !== 'set') return []
    const { path, value } = intent
    return [{ type: 'DeviceReported', device: siteDevice, path, value }, end('confirmed', null)]
  }

  return {
    left() {
      const open = [...room.deliveries.state.intents.values()]
      return [
        ...missing(site().variables, room.devices.state),
        ...open.flatMap(({ submission }) => set(submission)),
      ]
    },
    follow(batch) {
      return batch.flatMap(({ event }) => {
        const over = endOf(event)
        if (over !== null) ending.delete(over.intent)
        return event.type === 'IntentAccepted' ? set(event.submission) : []
      })
    },
  }
}

/** The defaults of those that nobody has set, or that are not of their type any more. */
function missing(variables: Variables, { devices }: Devices): readonly BusEvent[] {
  const site = devices.get(siteDevice)
  return [...variables].flatMap(([path, variable]): readonly BusEvent[] => {
    const known = site?.reported.get(path)?.value
    const isGood =
      known !== undefined &&
      (isOfType(variable.type, known) || commitmentIn(known) !== null) &&
      (site?.desired.has(path) === true || sameJson(known, variable.default))
    const { default: value } = variable
    return isGood ? [] : [{ type: 'DeviceReported', device: siteDevice, path, value }]
  })
}
