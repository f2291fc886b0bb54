import { networkInterfaces } from 'node:os'
import type { JsonObject } from '../../intents/json.ts'
import type { Announced, Finding } from '../../wire/discovery.ts'
import { browse, mdnsGroup, type Browsed } from './browse.ts'
import { loadAdapters, loadSurfaces } from '../leaf.ts'

/** A device that announced itself, and the options with which a config would have it. */
export interface Discovered {
  readonly protocol: string
  /** What it calls itself: hostile, to be shown with care. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly options: JsonObject
}

export interface Discovering {
  /** By protocol, then by name. */
  readonly found: readonly Discovered[]
  /** What may be a surface, by its type, then by name: `protocol` is the type. */
  readonly surfaces: readonly Discovered[]
  /** Why a network could not be asked; empty where all were. */
  readonly faults: readonly string[]
  /** More was said than is listened to. */
  readonly isCut: boolean
  /** The addresses of this machine that were asked from. */
  readonly asked: readonly string[]
}

/** 16: more networks than that has no machine of a studio; each costs a socket. */
const mostNetworks = 16

/** Listens for so long to who announces itself on the networks of this machine, as what the adapters can drive. */
export async function discover(forMs: number, signal: AbortSignal): Promise<Discovering> {
  const announcing = [...(await loadAdapters()).values()].flatMap(({ protocol, discovery }) =>
    discovery === undefined ? [] : [{ protocol, discovery }],
  )
  const surfaces = [...(await loadSurfaces()).values()].flatMap(({ type, discovery }) =>
    discovery === undefined ? [] : [{ protocol: type, discovery }],
  )
  const asked = networksHere()
  const wanted = new Map(
    [...announcing, ...surfaces].map(({ discovery }) => [
      `${discovery.service} ${discovery.transport}`,
      discovery,
    ]),
  )
  const { found, faults, isCut } = await browse([...wanted.values()], {
    addresses: asked,
    group: mdnsGroup,
    listen: mdnsGroup.port,
    forMs,
    signal,
  })
  return {
    found: discoveredOf(found, announcing),
    surfaces: discoveredOf(found, surfaces),
    ...{ faults, isCut, asked },
  }
}

/** What was announced, as devices: of those that take it for theirs. A hub is none. */
export function discoveredOf(
  found: readonly Browsed[],
  announcing: readonly { readonly protocol: string; readonly discovery: Finding<JsonObject> }[],
): readonly Discovered[] {
  return found
    .flatMap(({ wanted, announced }) =>
      announcing.flatMap(({ protocol, discovery }): readonly Discovered[] => {
        if (wanted.service !== discovery.service || wanted.transport !== discovery.transport)
          return []
        if (isHub(announced)) return []
        const options = discovery.optionsOf(announced)
        if (options === null) return []
        const { name, host, port } = announced
        return [{ protocol, name, host, port, options }]
      }),
    )
    .toSorted((a, b) => a.protocol.localeCompare(b.protocol) || a.name.localeCompare(b.name))
}

/** A hub's own way in, perhaps this one's: no device, and none of its consoles. */
function isHub({ txt }: Announced): boolean {
  return txt.has('site') && txt.has('hub')
}

/** One IPv4 address of each network; of this machine itself only where it has no other. */
export function networksHere(): readonly string[] {
  const firsts = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ family }) => family === 'IPv4').slice(0, 1),
  )
  const others = firsts.filter(({ internal }) => !internal)
  return (others.length > 0 ? others : firsts).slice(0, mostNetworks).map(({ address }) => address)
}
