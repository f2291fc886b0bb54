import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import type { Connection } from './connection.ts'
import { objectsIn, type Reporter, textIn } from './reporter.ts'
import { domainsPath } from './services.ts'

/** What is reported of the house beside its entities. As many as a panel can offer. */
const mostAreas = 200
const mostDevices = 500
const mostOfArea = 200
const mostDomains = 300
const mostServices = 300
/** 1 s: a restart of Home Assistant registers hundreds of services one by one. */
const settleMs = 1000

/** Follows what Home Assistant has: services, areas and devices. */
export interface Registry {
  /** Reads all of it, and again when it changes, until the connection ends. What cannot be read stays unknown. */
  follow(): Promise<void>
  close(): void
}

type Part = 'services' | 'areas'

/** Events that say that something else is there now, and what to read again. */
const changes: readonly (readonly [event: string, part: Part])[] = [
  ['service_registered', 'services'],
  ['service_removed', 'services'],
  ['area_registry_updated', 'areas'],
  ['device_registry_updated', 'areas'],
  ['entity_registry_updated', 'areas'],
]

export function openRegistry(connection: Connection, report: Reporter): Registry {
  const timers = new Map<Part, NodeJS.Timeout>()
  let closed = false

  const readers: Readonly<Record<Part, () => Promise<void>>> = {
    async services() {
      const services = await connection.request({ type: 'get_services' })
      if (!isObject(services)) return
      const names = namesOf(services)
      report.value(domainsPath, [...names.keys()])
      report.group(domainsPath, names)
    },
    async areas() {
      const [areas, devices, entities] = [
        await connection.request({ type: 'config/area_registry/list' }),
        await connection.request({ type: 'config/device_registry/list' }),
        await connection.request({ type: 'config/entity_registry/list' }),
      ]
      const house = houseOf(areas, devices, entities)
      report.group('areas', house.areas)
      report.group('devices', house.devices)
    },
  }

  /** Old versions, and users who may not, are told no: then it stays unknown, and nothing depends on it. */
  const read = (part: Part) => readers[part]().catch(() => {})

  function soon(part: Part): void {
    if (closed || timers.has(part)) return
    const timer = setTimeout(() => {
      timers.delete(part)
      void read(part)
    }, settleMs)
    timers.set(part, timer)
  }

  return {
    async follow() {
      for (const [event, part] of changes)
        await connection
          .subscribe({ type: 'subscribe_events', event_type: event }, () => soon(part))
          // the same: what is not told is read at the next connection
          .catch(() => {})
      await read('services')
      await read('areas')
    },
    close() {
      closed = true
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** The names of the services of each domain (`get_services`). */
function namesOf(services: JsonObject): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(services)
      .filter(([domain]) => domain.length <= 128)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, mostDomains)
      .map(([domain, its]) => [
        domain,
        Object.keys(isObject(its) ? its : {})
          .filter((name) => name.length <= 128)
          .toSorted()
          .slice(0, mostServices),
      ]),
  )
}

/** Areas with the entities in them, devices with their area: by id. An entity is where it says, or where its device is. */
function houseOf(areas: Json, devices: Json, entities: Json) {
  const deviceArea = new Map<string, string>()
  const known = new Map<string, Json>()
  for (const device of objectsIn(devices, mostDevices)) {
    const id = textIn(device, 'id')
    const area = textIn(device, 'area_id')
    deviceArea.set(id, area)
    const name = textIn(device, 'name_by_user') || textIn(device, 'name')
    known.set(id, {
      name,
      area,
      manufacturer: textIn(device, 'manufacturer'),
      model: textIn(device, 'model'),
    })
  }
  const inArea = new Map<string, string[]>()
  for (const entity of objectsIn(entities, 10_000)) {
    const area = textIn(entity, 'area_id') || deviceArea.get(textIn(entity, 'device_id')) || ''
    const list = inArea.get(area) ?? []
    if (list.length < mostOfArea) list.push(textIn(entity, 'entity_id'))
    inArea.set(area, list)
  }
  const rooms = objectsIn(areas, mostAreas).map((area): readonly [string, Json] => {
    const id = textIn(area, 'area_id')
    return [id, { name: textIn(area, 'name'), entities: (inArea.get(id) ?? []).toSorted() }]
  })
  return { areas: new Map<string, Json>(rooms), devices: known }
}
