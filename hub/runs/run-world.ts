import type { Clock } from '../../bus/clock.ts'
import { isObject, sameJson } from '../../intents/json.ts'
import type { World } from '../../macros/draft.ts'
import { evaluate } from '../../macros/expression/expression.ts'
import type { Devices } from '../../projections/devices.ts'
import type { Run } from '../../projections/runs.ts'
import { valuesNow } from '../automation/variables.ts'

/** What a run can see at this moment: what the devices have said, its arguments, the time. */
export function worldOf(
  run: Run,
  devices: Devices,
  clock: Pick<Clock, 'now' | 'wall'>,
  random: () => number,
): World {
  const { args } = run
  const stateOf = (device: string, path: string) => deviceOf(device)?.reported.get(path)?.value
  const linkOf = (device: string) => deviceOf(device)?.link.up ?? null
  function deviceOf(name: string) {
    return devices.devices.get(name as Parameters<typeof devices.devices.get>[0]) // looked up, whatever it is
  }
  return {
    run: run.run,
    now: clock.now(),
    wall: clock.wall(),
    args,
    random,
    evaluate: (text, scope) =>
      evaluate(text, {
        ...scope,
        trigger: isObject(args) ? (args['trigger'] ?? null) : null,
        state: stateOf,
        link: linkOf,
        variables: () => valuesNow(devices),
      }),
    holds(condition) {
      if ('up' in condition) return linkOf(condition.device) === condition.up // null is neither: nobody knows
      const said = stateOf(condition.device, condition.path)
      return said !== undefined && sameJson(said, condition.equals)
    },
  }
}
