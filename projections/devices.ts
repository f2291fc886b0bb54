import type { Recorded } from '../bus/entry.ts'
import { isDevice, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import { succeeded, type Outcome } from '../intents/outcome.ts'
import type { Projection } from './projection.ts'

export interface Desired {
  readonly value: Json
  readonly intent: IntentId
  readonly at: Instant
  readonly outcome: Outcome
}

export interface Device {
  /** `up: null`: nothing was seen yet, or the protocol cannot know. */
  link: {
    readonly up: boolean | null
    readonly detail: string
    readonly at: Instant | null
    /** Which hub's link it is; null before any. */
    readonly hub: string | null
  }
  /** Lasting values that were delivered, by path. */
  readonly desired: Map<string, Desired>
  /** What the device itself said, by path. */
  readonly reported: Map<string, { readonly value: Json; readonly at: Instant }>
  open: number
  delivered: number
  failed: number
}

export interface Devices {
  readonly devices: Map<DeviceId, Device>
  /** Open device intents: what their end will mean. */
  readonly open: Map<
    IntentId,
    { readonly device: DeviceId; readonly path: string | null; readonly value: Json }
  >
  /** Hubs whose entries, where they stand now, were written alone: older than what others wrote before them. */
  readonly alone: Set<string>
}

export function emptyDevice(): Device {
  return {
    link: { up: null, detail: '', at: null, hub: null },
    desired: new Map(),
    reported: new Map(),
    open: 0,
    delivered: 0,
    failed: 0,
  }
}

/** What a device said, as far as it is recorded, by path. */
export function reportedOf({ devices }: Devices, device: DeviceId): ReadonlyMap<string, Json> {
  const known = devices.get(device)?.reported ?? []
  return new Map([...known].map(([path, { value }]): [string, Json] => [path, value]))
}

export const devices: Projection<Devices> = {
  name: 'devices',
  version: 3,
  initial: () => ({ devices: new Map(), open: new Map(), alone: new Set() }),
  evolve,
  save: (state) => [
    [...state.alone],
    [...state.open],
    ...[...state.devices].map(([id, device]) => ({
      id,
      ...device,
      desired: [...device.desired] as unknown as Json,
      reported: [...device.reported] as unknown as Json,
    })),
  ],
  load: ([alone, open, ...saved]) => ({
    alone: new Set(alone as readonly string[]),
    open: new Map(
      open as unknown as [IntentId, { device: DeviceId; path: string | null; value: Json }][],
    ),
    devices: new Map(
      saved.map((line) => {
        const { id, desired, reported, ...rest } = line as unknown as SavedDevice // as save wrote it
        return [id, { ...rest, desired: new Map(desired), reported: new Map(reported) }]
      }),
    ),
  }),
}

interface SavedDevice extends Omit<Device, 'desired' | 'reported'> {
  readonly id: DeviceId
  readonly desired: readonly [string, Desired][]
  readonly reported: readonly [string, { readonly value: Json; readonly at: Instant }][]
}

function evolve(state: Devices, { at, hub, event }: Recorded): void {
  switch (event.type) {
    case 'IntentAccepted': {
      const { id, intent } = event.submission
      if (state.open.has(id) || (intent.verb !== 'set' && intent.verb !== 'fire')) return
      state.open.set(
        id,
        intent.verb === 'set'
          ? { device: intent.device, path: intent.path, value: intent.value }
          : { device: intent.device, path: null, value: null },
      )
      deviceOf(state, intent.device).open++
      break
    }
    case 'DeviceReported': {
      const { reported } = deviceOf(state, event.device)
      if (!isOvertaken(state, hub, at, reported.get(event.path)))
        reported.set(event.path, { value: event.value, at })
      break
    }
    case 'LinkChanged': {
      const device = deviceOf(state, event.device)
      // another hub has taken the device meanwhile: its link counts
      if (state.alone.has(hub) && device.link.hub !== null && device.link.hub !== hub) return
      device.link = { up: event.up, detail: event.detail, at, hub }
      break
    }
    case 'WentAlone':
      state.alone.add(hub)
      break
    case 'Rejoined':
      state.alone.delete(hub)
      break
    case 'HubStarted':
      // what was seen of its links before the hub started says nothing about now
      for (const device of state.devices.values())
        if (device.link.hub === hub) device.link = { up: null, detail: '', at, hub }
      break
    case 'LeaseTaken':
      if (isDevice(event.lease))
        deviceOf(state, event.lease).link = { up: null, detail: '', at, hub }
      break
    default: {
      const end = endOf(event)
      const open = end === null ? undefined : state.open.get(end.intent)
      if (end === null || open === undefined) return
      state.open.delete(end.intent)
      const device = deviceOf(state, open.device)
      device.open--
      if (!succeeded(end.outcome)) {
        if (end.outcome !== 'cancelled') device.failed++
        return
      }
      device.delivered++
      if (open.path !== null && !isOvertaken(state, hub, at, device.desired.get(open.path)))
        device.desired.set(open.path, {
          value: open.value,
          intent: end.intent,
          at,
          outcome: end.outcome,
        })
    }
  }
}

/** Whether what a hub wrote alone is older than what is known already. */
function isOvertaken(
  { alone }: Devices,
  hub: string,
  at: Instant,
  known: { readonly at: Instant } | undefined,
): boolean {
  return known !== undefined && known.at > at && alone.has(hub)
}

function deviceOf({ devices }: Devices, id: DeviceId): Device {
  const known = devices.get(id)
  if (known !== undefined) return known
  const fresh = emptyDevice()
  devices.set(id, fresh)
  return fresh
}
