import type { DeviceIntent } from '../intents/intent.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Failure } from '../intents/failure.ts'
import { type CheckRun, note } from './check.ts'
import type { Config, DeviceConfig } from './config.ts'
import { expressionsIn } from './expressions.ts'
import { foundText, type Path } from './fault.ts'
import { stepsUnder } from './relations.ts'
import type { Located } from './source.ts'

/** What a device of these options would refuse; null: it would not. Pure: nothing is sent. */
export type IntentFault = (device: DeviceConfig, intent: DeviceIntent) => Failure | null

/** What a control does, by its keys; `hold` has it a level deeper. */
const gestures = ['press', 'release', 'rotateLeft', 'rotate-left', 'rotateRight', 'rotate-right']

/** A place of the file at which something may be asked of a device. */
interface Asked {
  readonly spot: Located
  readonly path: Path
}

/**
 * Reports what a step of a macro, a named intent or a control asks of a device that does not take it: an action or path that it has
 * not, arguments that it does not understand. What is computed as the step is come to is known only then.
 */
export function checkAsked(run: CheckRun, root: Located, config: Config, fault: IntentFault): void {
  for (const asked of [...inMacros(root), ...inNamed(root), ...inControls(root)])
    checkOne(run, config, fault, asked)
}

function* inMacros(root: Located): Generator<Asked> {
  for (const [name, macro] of root.entries?.get('macros')?.entries ?? [])
    yield* stepsUnder(macro.entries?.get('steps'), ['macros', name, 'steps'])
}

/** They are plain lists by then, see `named.ts`. */
function* inNamed(root: Located): Generator<Asked> {
  for (const [name, list] of root.entries?.get('intents')?.entries ?? [])
    for (const [i, spot] of (list.items ?? []).entries()) yield { spot, path: ['intents', name, i] }
}

function* inControls(root: Located): Generator<Asked> {
  for (const [page, controls] of root.entries?.get('pages')?.entries ?? [])
    for (const [place, control] of controls.entries ?? []) {
      const path = ['pages', page, place]
      for (const gesture of gestures) {
        const spot = control.entries?.get(gesture)
        if (spot !== undefined) yield { spot, path: [...path, gesture] }
      }
      const held = control.entries?.get('hold')?.entries?.get('do')
      if (held !== undefined) yield { spot: held, path: [...path, 'hold', 'do'] }
    }
}

function checkOne(
  run: CheckRun,
  { devices }: Config,
  faultOf: IntentFault,
  { spot, path }: Asked,
): void {
  const intent = intentOf(spot)
  const device = intent === null ? undefined : devices.get(intent.device)
  if (intent === null || device === undefined || expressionsIn(spot, path).length > 0) return
  const fault = faultOf(device, intent)
  if (fault === null) return
  const [name, given] = intent.verb === 'fire' ? ['action', 'args'] : ['path', 'value']
  // its name is wrong, or what is given with it
  const isGiven = fault.code !== 'not-found' && spot.entries?.has(given) === true
  const key = isGiven ? given : name
  const at = spot.entries?.get(key)
  const expected = `what ${intent.device} takes (${fault.detail})`
  note(run, at?.at ?? spot.at, [...path, key], expected, foundText(at?.value ?? null, path))
}

/** What is asked of a device there; null where it asks nothing of one. */
function intentOf({ entries }: Located): DeviceIntent | null {
  const at = (key: string) => entries?.get(key)?.value
  const [fire, action, set, path] = [at('fire'), at('action'), at('set'), at('path')]
  if (typeof fire === 'string' && typeof action === 'string')
    return { verb: 'fire', device: fire as DeviceId, action, args: at('args') ?? {} } // looked up
  if (typeof set === 'string' && typeof path === 'string')
    return { verb: 'set', device: set as DeviceId, path, value: at('value') ?? null } // looked up
  return null
}
