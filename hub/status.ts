import { macroLease, sealLease, type LeaseId } from '../intents/id.ts'
import type { DeviceView } from '../surfaces/http/device-view.ts'
import type { HubView, LeaseView, StatusView } from '../surfaces/http/site-view.ts'
import type { HubSign } from '../bus/lease/presence.ts'
import type { Core } from './compose.ts'
import type { OpenSurfaces } from './desk/surfaces.ts'
import { deviceView } from './views.ts'

/** The hub at a glance. `verified`: what the newest verification of its record said; `seal`: what the sealing process said. */
export function statusView(
  core: Core,
  surfaces: OpenSurfaces,
  verified: StatusView['witness']['verified'],
  seal: StatusView['witness']['seal'],
): StatusView {
  const { room, journal, clock } = core
  const config = core.config()
  const trouble = journal.trouble()
  const { hub, hseq, head } = journal.recorder.chain()
  return {
    site: config.site,
    hub: config.hub,
    version: core.version,
    startedAt: core.startedAt,
    now: clock.now(),
    held: room.deliveries.state.held,
    log: {
      engine: config.log.engine,
      head: core.position(),
      writable: trouble === null,
      aloneSince: core.alone.now()?.since ?? null,
      detail: trouble?.detail ?? '',
    },
    devices: devicesOf(core),
    hubs: hubs(core),
    leases: leases(core),
    openIntents: room.deliveries.state.open,
    witness: { hub, entries: hseq, head, verified, seal },
    surfaces: surfaces.views(),
  }
}

/** Every device of the config, as far as is recorded. */
export function devicesOf({ config, room }: Core): readonly DeviceView[] {
  return [...config().devices].map(([id, { protocol }]) =>
    deviceView(id, protocol, room.devices.state.devices.get(id)),
  )
}

/** What this hub knows of itself is newer than its own last sign. */
function hubs(core: Core): readonly HubView[] {
  const own: HubSign = {
    hub: core.config().hub,
    url: core.url(),
    version: core.version,
    startedAt: core.startedAt,
    at: core.clock.now(),
    position: core.position(),
    lagMs: core.lagMs(),
    leaving: false,
  }
  const others = (core.members?.hubs() ?? []).filter(({ hub }) => hub !== own.hub)
  return [own, ...others].map(({ position, startedAt, at, tree: _tree, ...rest }) => ({
    ...rest,
    cursor: position,
    startedAt: startedAt as HubView['at'], // ms since the epoch, as a hub said it
    at: at as HubView['at'],
  }))
}

function leases({ members, config, room, startedAt }: Core): readonly LeaseView[] {
  const all: readonly LeaseId[] = [macroLease, sealLease, ...config().devices.keys()]
  return all.map((device): LeaseView => {
    if (members === null) return { device, hub: config().hub, token: null, since: startedAt }
    const known = room.leases.state.leases.get(device)
    return {
      device,
      hub: known?.hub ?? null,
      token: known?.token ?? null,
      since: known?.since ?? null,
    }
  })
}
