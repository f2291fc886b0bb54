import type { Config, Reach } from '../config/config.ts'
import type { DeviceId, MacroId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Refusal } from '../surfaces/surface.ts'
import type { Catalogue } from './catalogue.ts'
import { expand } from './expand.ts'
import { refusal } from './refuse.ts'

/** What may be touched from a surface or a panel; where nothing is said, everything. */
export interface Permit {
  page(page: number): Refusal | null
  /** Also for what a named intent or a macro would touch. The panic stop is everybody's. */
  intent(intent: Intent): Refusal | null
}

/** Each of `reaches` must let it through. `config` and `catalogue` as they are now. */
export function permitOf(
  reaches: readonly Reach[],
  config: () => Config,
  catalogue: () => Catalogue,
): Permit {
  const pages = reaches.flatMap((reach) => (reach.pages === null ? [] : [reach.pages]))
  const devices = reaches.flatMap((reach) => (reach.devices === null ? [] : [reach.devices]))
  return {
    page: (page) =>
      pages.every((allowed) => allowed.has(page))
        ? null
        : refusal(
            'not-allowed',
            null,
            'refused',
            `page ${page} may not be used from here: it is not among the pages of this surface or panel in the config`,
          ),
    intent(intent) {
      if (devices.length === 0) return null
      for (const device of touchedBy(intent, config(), catalogue()))
        if (!devices.every((allowed) => allowed.has(device)))
          return refusal(
            'not-allowed',
            'intent.device',
            'refused',
            `${device} may not be touched from here: it is not among the devices of this surface or panel in the config`,
          )
      return null
    },
  }
}

/** The devices that an intent would reach, through whatever names. */
function touchedBy(intent: Intent, config: Config, catalogue: Catalogue): ReadonlySet<DeviceId> {
  const devices = new Set<DeviceId>()
  const macros = new Set<MacroId>()
  const names = new Set<string>()
  const waiting: Intent[] = [intent]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    switch (next.verb) {
      case 'fire':
      case 'set':
        devices.add(next.device)
        break
      case 'do': {
        const own = config.intents.get(next.name)
        if (own !== undefined) {
          if (names.has(next.name)) break
          names.add(next.name)
          waiting.push(...own)
          break
        }
        // a standard action goes where its arguments and what there is decide
        const expanded = expand(next, config, catalogue)
        if (expanded.ok) waiting.push(...expanded.children)
        break
      }
      case 'run': {
        if (macros.has(next.macro)) break
        macros.add(next.macro)
        const macro = config.macros.get(next.macro)
        if (macro === undefined) break
        for (const step of macro.steps) if ('do' in step) waiting.push(step.do)
        if (typeof macro.onFailure === 'object')
          waiting.push({ verb: 'run', macro: macro.onFailure.run, args: {} })
        break
      }
      case 'cancel':
      case 'hold':
        break
      default:
        next satisfies never
    }
  return devices
}
