import type { Static, TObject } from 'typebox'
import type { Config } from '../../config/config.ts'
import type { Surface } from '../../surfaces/surface.ts'
import type { Service } from '../../wire/discovery.ts'
import { announce } from './announce.ts'
import { mdnsGroup } from './browse.ts'
import { networksHere } from './discover.ts'

/** What a hub announces: its console, and what its surfaces say; each only where it listens beyond loopback. None with `announce: false`. */
export function servicesOf(
  { announce: isAnnounced, site, hub, http, surfaces }: Config,
  kinds: ReadonlyMap<string, Surface<TObject>>,
  address: string,
): readonly Service[] {
  if (!isAnnounced) return []
  // the address has the port that it really has
  const port = Number(new URL(address).port)
  const service = http.tls === null ? 'http' : 'https'
  // who looks for devices sees by it that this is a hub
  const whose = { site: short(site), hub: short(hub) }
  return [
    { service, transport: 'tcp', host: http.host, port, txt: { path: '/', ...whose } },
    ...[...surfaces.values()].flatMap(({ type, options }) => {
      const checked = options as Static<TObject> // against the surface's schema, by the config's check
      const announced = kinds.get(type)?.announced?.(checked) ?? []
      return announced.map((one) => ({ ...one, txt: { ...one.txt, ...whose } }))
    }),
  ]
}

/** Announces it, in its own time: nothing waits for it, and a network that cannot be told is warned of. */
export function announced(
  config: Config,
  kinds: ReadonlyMap<string, Surface<TObject>>,
  address: string,
  warn: (line: string) => void,
): { close(): Promise<void> } {
  const ended = new AbortController()
  const { site, hub } = config
  const where = { addresses: networksHere(), group: mdnsGroup, listen: mdnsGroup.port }
  const name = `${site} ${hub}`
  const announcing = announce(
    servicesOf(config, kinds, address),
    { ...where, name, machine: `infra-${labelOf(hub)}` },
    ended.signal,
  ).then((open) => {
    for (const fault of open.faults()) warn(`this hub cannot announce itself: ${fault}`)
    return open
  })
  return {
    async close() {
      ended.abort()
      await (await announcing).close()
    },
  }
}

function short(text: string): string {
  return text.slice(0, 100)
}

/** A label of DNS: letters, digits and dashes. */
function labelOf(hub: string): string {
  const plain = hub.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return plain.slice(0, 50)
}
