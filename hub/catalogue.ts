import type { Static, TObject } from 'typebox'
import type { Adapter } from '../adapters/adapter.ts'
import type { Config } from '../config/config.ts'
import { siteDevice, type DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { standardActions } from '../intents/standard.ts'
import type { Askable } from './automation/askable.ts'
import { askable } from './automation/variables.ts'

/** What can be asked of each device of the config. */
export type Catalogue = ReadonlyMap<DeviceId, Askable>

/** `reported` gives what a device last said: some plans depend on it. */
export function catalogueOf(
  config: Config,
  adapters: ReadonlyMap<string, Adapter<TObject, unknown>>,
  reported: (device: DeviceId) => ReadonlyMap<string, Json>,
): Catalogue {
  const catalogue = new Map<DeviceId, Askable>()
  for (const [id, { protocol, options }] of config.devices) {
    const adapter = adapters.get(protocol)
    if (adapter === undefined) continue // the config's check names every unknown protocol
    const checked = options as Static<TObject> // against the adapter's schema, by the config's check
    const actions = adapter.actions(checked)
    const offered = new Set(actions.filter((a) => standardActions.has(a.name)).map((a) => a.name))
    catalogue.set(id, {
      protocol,
      title: adapter.title,
      actions,
      offers: (name) => offered.has(name),
      plan: (intent) => adapter.plan(intent, checked, reported(id)),
    })
  }
  if (config.variables.size > 0 || config.pages.size > 0) catalogue.set(siteDevice, askable(config))
  return catalogue
}
