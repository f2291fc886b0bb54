import type { Reported } from '../adapter.ts'
import type { Service } from './service.ts'
import { lightServices, sceneServices } from './services-lights.ts'
import { mediaServices } from './services-media.ts'
import { roomServices } from './services-rooms.ts'

/** The services whose arguments are known here. Every other one passes through by its name. */
export const services: readonly Service[] = [
  ...lightServices,
  ...sceneServices,
  ...roomServices,
  ...mediaServices,
]

const byName: ReadonlyMap<string, Service> = new Map(services.map((one) => [one.name, one]))

export function serviceOf(name: string): Service | null {
  return byName.get(name) ?? null
}

/** Where a link reports the domains that have services, a list of their names. */
export const domainsPath = 'services'
/** Where it reports the services of one: a list of their names. */
export const servicesPath = (domain: string) => `services/${domain}`

/** What is like the service that a device said it does not have; null where it has it, or has not said what it has. */
export function likeMissing(
  reported: Reported,
  domain: string,
  service: string,
): readonly string[] | null {
  const domains = reported.get(domainsPath)
  if (!Array.isArray(domains)) return null
  if (!domains.includes(domain)) return domains.map((each) => `${String(each)}.${service}`)
  const names = reported.get(servicesPath(domain))
  if (!Array.isArray(names) || names.includes(service)) return null
  return names.map((each) => `${domain}.${String(each)}`)
}
