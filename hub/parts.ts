import { hostname } from 'node:os'
import type { TObject } from 'typebox'
import type { Adapter } from '../adapters/adapter.ts'
import type { ConfigParts } from '../config/load.ts'
import { standardActions } from '../intents/standard.ts'
import { steeringNames } from './runs/steering.ts'
import type { Surface } from '../surfaces/surface.ts'
import { loadAdapters, loadSurfaces } from './leaf.ts'
import { profileShelf } from './runs/profile-shelf.ts'

/** What a hub is made of: every adapter and surface that there is a folder for. */
export interface Parts {
  readonly adapters: ReadonlyMap<string, Adapter<TObject, unknown>>
  readonly surfaces: ReadonlyMap<string, Surface<TObject>>
  readonly config: ConfigParts
}

export async function loadParts(): Promise<Parts> {
  const [adapters, surfaces] = await Promise.all([loadAdapters(), loadSurfaces()])
  return {
    adapters,
    surfaces,
    config: {
      adapterOptions: (protocol) => adapters.get(protocol)?.options ?? null,
      surfaceOptions: (type) => surfaces.get(type)?.options ?? null,
      standardNames: new Set([...standardActions.keys(), ...steeringNames]),
      hostName: hostname(),
      profiles: profileShelf,
      protocols: [...adapters.keys()],
      surfaceTypes: [...surfaces.keys(), 'web'],
    },
  }
}
