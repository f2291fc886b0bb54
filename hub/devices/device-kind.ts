import type { TObject } from 'typebox'
import type { Adapter } from '../../adapters/adapter.ts'
import type { JsonObject } from '../../intents/json.ts'
import { loadAdapter, loadAdapters } from '../leaf.ts'

/** A kind of device that a config may have. */
export interface DeviceKind {
  readonly protocol: string
  /** One line for people: what it drives. */
  readonly title: string
  /** JSON Schema of its keys in the config; a key with a default may be left out, `x-secret` marks secrets. */
  readonly options: JsonObject
  /** Whether such devices say on the network that they are there. */
  readonly isAnnounced: boolean
}

/** Every kind of device that there is an adapter for, by name. */
export async function deviceKinds(): Promise<readonly DeviceKind[]> {
  return [...(await loadAdapters()).values()].map(kindOf)
}

/** One kind; null where there is none of that name. */
export async function deviceKind(protocol: string): Promise<DeviceKind | null> {
  const adapter = await loadAdapter(protocol)
  return adapter === null ? null : kindOf(adapter)
}

function kindOf({ protocol, title, options, discovery }: Adapter<TObject, unknown>): DeviceKind {
  return {
    protocol,
    title,
    // through text, so that only what is JSON is left of typebox's objects
    options: JSON.parse(JSON.stringify(options)) as JsonObject,
    isAnnounced: discovery !== undefined,
  }
}
