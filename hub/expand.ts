import { Value } from 'typebox/value'
import type { Config } from '../config/config.ts'
import type { MacroId } from '../intents/id.ts'
import type { DeviceIntent, Intent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import { standardActions, type StandardAction } from '../intents/standard.ts'
import type { Refusal } from '../surfaces/surface.ts'
import type { Catalogue } from './catalogue.ts'
import { planRefusal, refusal, unknown } from './refuse.ts'
import { argsFault } from './runs/run-args.ts'
import { steeringOf } from './runs/steering.ts'

/** What an intent comes to: nothing wrong and, for a `do`, the intents it stands for; or why it is refused. */
export type Expanded =
  | { readonly ok: true; readonly children: readonly Intent[] }
  | { readonly ok: false; readonly refusal: Refusal }

const alone: Expanded = { ok: true, children: [] }

/** Named intents may name others: so deep at the most. The config's own check refuses cycles. */
const maxDepth = 8

/** Judges an intent against the config, purely: does all it names exist, and are its arguments right? */
export function expand(intent: Intent, config: Config, catalogue: Catalogue, depth = 0): Expanded {
  switch (intent.verb) {
    case 'fire':
    case 'set':
      return forDevice(intent, catalogue)
    case 'run':
      return forMacro(intent.macro, intent.args, config)
    case 'cancel':
    case 'hold':
      return alone
    case 'do': {
      const steering = steeringOf(intent)
      if (steering !== null) return steering.ok ? alone : no(steering.refusal)
      const children = config.intents.get(intent.name)
      if (children === undefined) return standard(intent.name, intent.args, config, catalogue)
      if (depth >= maxDepth)
        return no(
          refusal(
            'too-deep',
            'intent.name',
            'malformed',
            `named intents nest deeper than ${maxDepth}`,
          ),
        )
      for (const child of children) {
        const judged = expand(child, config, catalogue, depth + 1)
        if (!judged.ok) return judged
      }
      return { ok: true, children }
    }
    default:
      return intent satisfies never
  }
}

function forMacro(id: MacroId, args: Json, { macros }: Config): Expanded {
  const macro = macros.get(id)
  if (macro === undefined) return no(unknown('macro', 'intent.macro', id, macros.keys()))
  const fault = argsFault(macro, args)
  return fault === null ? alone : no(fault)
}

function forDevice(intent: DeviceIntent, catalogue: Catalogue): Expanded {
  const device = catalogue.get(intent.device)
  if (device === undefined)
    return no(unknown('device', 'intent.device', intent.device, catalogue.keys()))
  const plan = device.plan(intent)
  return plan.ok ? alone : no(planRefusal(intent.verb, plan.failure))
}

/** A standard action goes to the device its arguments name, or to the only one that offers it. */
function standard(name: string, args: Json, config: Config, catalogue: Catalogue): Expanded {
  const action = standardActions.get(name)
  if (action === undefined)
    return no(
      unknown('name', 'intent.name', name, [...config.intents.keys(), ...standardActions.keys()]),
    )
  const given = isObject(args) ? args : {}
  const { device: wanted, ...rest } = given
  const wrong = argumentFault(action, rest)
  if (wrong !== null) return no(wrong)
  const offering = [...catalogue].filter(([, device]) => device.offers(name)).map(([id]) => id)
  const [device, ...others] =
    wanted === undefined ? offering : offering.filter((id) => id === wanted)
  if (device === undefined)
    return no(
      wanted === undefined
        ? refusal('no-device', 'intent.name', 'not-found', `no device offers ${name}`)
        : unknown(
            'device',
            'intent.args.device',
            typeof wanted === 'string' ? wanted : JSON.stringify(wanted),
            offering,
          ),
    )
  if (others.length > 0)
    return no(
      refusal(
        'ambiguous',
        'intent.args.device',
        'malformed',
        `${name} is offered by ${offering.join(', ')}: say which, with device=NAME`,
      ),
    )
  const child: Intent = { verb: 'fire', device, action: name, args: rest }
  const judged = forDevice(child, catalogue)
  return judged.ok ? { ok: true, children: [child] } : judged
}

function argumentFault(action: StandardAction, args: Json): Refusal | null {
  const [fault] = Value.Errors(action.args, args)
  if (fault === undefined) return null
  const field = `intent.args${fault.instancePath.replaceAll('/', '.')}`
  return refusal(
    'bad-argument',
    field,
    'malformed',
    `${action.name}: ${fault.instancePath || 'the arguments'} ${fault.message}`,
  )
}

function no(refused: Refusal): Expanded {
  return { ok: false, refusal: refused }
}
