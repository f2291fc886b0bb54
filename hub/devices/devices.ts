import type { Static, TObject } from 'typebox'
import { DeliveryError, type Adapter } from '../../adapters/adapter.ts'
import type { Delivery } from '../../adapters/delivery.ts'
import { openDeadlines, type Deadlines } from '../../adapters/deadlines.ts'
import {
  openRouter,
  type Router,
  type RouterHost,
  type RouterStart,
} from '../../adapters/router.ts'
import { openSlowRouter } from '../../adapters/slow-router.ts'
import type { SlowLane } from '../../bus/lane.ts'
import type { Config, DeviceConfig } from '../../config/config.ts'
import { resolveSecrets } from '../../config/secret.ts'
import { readFileSync } from 'node:fs'
import { failed } from '../../intents/failure.ts'
import type { DeviceId, Instant, IntentId, LeaseId } from '../../intents/id.ts'
import type { DeviceIntent } from '../../intents/intent.ts'
import { sameJson, type Json } from '../../intents/json.ts'
import { reportedOf, type Devices } from '../../projections/devices.ts'
import { bothLanes } from './both-lanes.ts'

/** The routers of the devices that this hub acts for. */
export interface Routers {
  get(device: DeviceId): Router | undefined
  /** Brings the routers to `config`: new and changed devices are opened, those that are gone are retired. */
  apply(config: Config): Promise<void>
  /** This hub acts for these from now on: what the log has of them open is taken up. */
  take(devices: readonly DeviceId[]): void
  /** It does not act for these any more: nothing is sent. What is open is for who comes after. */
  drop(devices: readonly DeviceId[]): void
  /** Of these, and of no others, no attempt is begun; resolves when none is under way. */
  park(devices: ReadonlySet<LeaseId>): Promise<void>
  hold(on: boolean): void
  close(): Promise<void>
}

export interface RoutersStart {
  readonly adapters: ReadonlyMap<string, Adapter<TObject, unknown>>
  readonly host: Omit<RouterHost, 'deadlines'>
  /** What the projection knows of a device. */
  readonly devices: () => Devices
  /** What the projection knows has commitments where it was personal: with the values, as far as they are there. */
  readonly revealAll: (values: ReadonlyMap<string, Json>) => ReadonlyMap<string, Json>
  /** What is open in the log, by device, oldest first. */
  readonly open: () => ReadonlyMap<DeviceId, readonly Delivery[]>
  /** Of a device's open intents those that a later one has passed, and which; of those that `isWanted`. */
  readonly passed: (
    device: DeviceId,
    isWanted: (intent: DeviceIntent) => boolean,
  ) => ReadonlyMap<IntentId, IntentId>
  readonly held: () => boolean
  /** Whether this hub acts for it. */
  readonly owns: (device: DeviceId) => boolean
  /** Where slow attempts are carried out. */
  readonly lane: SlowLane
  /** When attempts of a device started, from `since` on, as far as is at hand. */
  readonly started: (device: DeviceId, since: Instant) => readonly Instant[]
}

export function openRouters(start: RoutersStart): Routers {
  const routers = new Map<DeviceId, { readonly router: Router; readonly config: DeviceConfig }>()
  let config: Config | null = null
  /** What was open at start-up, or when a device is taken over; a device that is only changed has settled its own. */
  const none: ReadonlyMap<DeviceId, readonly Delivery[]> = new Map()
  const nobody: ReadonlyMap<IntentId, IntentId> = new Map()
  const shared = new Map<number, Deadlines>()
  const host: RouterHost = {
    ...start.host,
    deadlines(timeoutMs) {
      const known = shared.get(timeoutMs) ?? openDeadlines(start.host.clock, timeoutMs)
      shared.set(timeoutMs, known)
      return known
    },
  }

  function open(
    device: DeviceId,
    config: DeviceConfig,
    left: ReadonlyMap<DeviceId, readonly Delivery[]>,
  ): void {
    const adapter = start.adapters.get(config.protocol)
    if (adapter === undefined) return // the config's check names every unknown protocol
    const options = config.options as Static<TObject> // against the adapter's schema, by the config's check
    const isSlow = (intent: DeviceIntent) =>
      config.lane === 'slow' || (adapter.isSlow?.(intent, options) ?? false)
    const open = left.get(device) ?? []
    const share = (slow: boolean) =>
      open.filter((one) => 'submission' in one && isSlow(one.submission.intent) === slow)
    const quick = () => {
      const left = share(false)
      const passed = left.length === 0 ? nobody : start.passed(device, (intent) => !isSlow(intent))
      return openQuick(device, config, adapter, { open: left, passed })
    }
    const slow = () => openSlow(device, config, share(true))
    const router =
      config.lane === 'slow'
        ? slow()
        : adapter.isSlow === undefined
          ? quick()
          : bothLanes(quick(), slow(), isSlow)
    if (start.held()) router.hold(true)
    const known = open.flatMap((one) => ('submission' in one ? [one.submission.id] : []))
    routers.set(device, { router: adoptsOnce(router, known), config })
  }

  function openQuick(
    device: DeviceId,
    config: DeviceConfig,
    adapter: Adapter<TObject, unknown>,
    left: Pick<RouterStart, 'open' | 'passed'>,
  ): Router {
    const resolved = resolveSecrets(config.options, process.env, (path) =>
      readFileSync(path, 'utf8'),
    )
    const known = start.devices().devices.get(device)
    return openRouter(
      resolved.ok ? adapter : unusable(adapter, resolved.detail),
      {
        device,
        options: resolved.ok ? resolved.options : config.options,
        policy: config.delivery,
        lasting: start.revealAll(
          new Map(
            [...(known?.desired ?? [])].map(([path, { value }]): [string, Json] => [path, value]),
          ),
        ),
        reported: start.revealAll(reportedOf(start.devices(), device)),
        ...left,
      },
      host,
    )
  }

  function openSlow(device: DeviceId, config: DeviceConfig, open: readonly Delivery[]): Router {
    const { slow, options, protocol } = config
    const now = host.clock.now()
    const since = (now - (slow.rate?.perMs ?? 0)) as Instant // ms since the epoch
    return openSlowRouter(
      {
        device,
        protocol,
        options,
        policy: slow,
        reported: start.revealAll(reportedOf(start.devices(), device)),
        open,
        started: slow.rate === null ? [] : start.started(device, since),
      },
      { ...host, lane: start.lane },
    )
  }

  function openAll(devices: readonly DeviceId[], left: typeof none): void {
    for (const device of devices) {
      const known = config?.devices.get(device)
      if (known !== undefined && !routers.has(device)) open(device, known, left)
    }
  }

  return {
    get: (device) => routers.get(device)?.router,
    async apply(next) {
      const isFirst = config === null
      config = next
      const gone = [...routers].filter(
        ([id, { config: before }]) => !same(next.devices.get(id), before),
      )
      for (const [id] of gone) routers.delete(id)
      const removed = failed(
        'refused',
        'its device was removed from the config, or changed, before it could be sent',
      )
      const retired = gone.map(([, { router }]) => router.retire(removed))
      openAll([...next.devices.keys()].filter(start.owns), isFirst ? start.open() : none)
      await Promise.all(retired)
    },
    take: (devices) => openAll(devices, start.open()),
    drop(devices) {
      for (const device of devices) {
        void routers.get(device)?.router.close()
        routers.delete(device)
      }
    },
    async park(devices) {
      await Promise.all(
        [...routers].map(([device, { router }]) => router.park(devices.has(device))),
      )
    },
    hold(on) {
      for (const { router } of routers.values()) router.hold(on)
    },
    async close() {
      await Promise.all([...routers.values()].map(({ router }) => router.close()))
      for (const deadlines of shared.values()) deadlines.close()
    },
  }
}

function same(a: DeviceConfig | undefined, b: DeviceConfig): boolean {
  return (
    a !== undefined &&
    a.protocol === b.protocol &&
    a.lane === b.lane &&
    sameJson(a.options, b.options) &&
    JSON.stringify([a.delivery, a.slow]) === JSON.stringify([b.delivery, b.slow])
  )
}

/** An adapter whose options cannot be used: every intent fails, with the reason. */
function unusable(adapter: Adapter<TObject, unknown>, detail: string): Adapter<TObject, unknown> {
  const gone = () => Promise.reject(new DeliveryError(failed('unreachable', detail)))
  return {
    ...adapter,
    open(_options, context) {
      context.changed(false, detail)
      return { send: gone, test: gone, close: () => Promise.resolve() }
    },
  }
}

/** What a hub that joins again may hear of twice lies far less apart. Intents. */
const mostAdopted = 10_000

/**
 * A router that takes up each intent of another hub once, and none that it began with (`known`): a hub that joins again reads what others
 * accepted from the fold and, where it took the device up right then, from the entries, too.
 */
function adoptsOnce(router: Router, known: readonly IntentId[]): Router {
  const seen = new Set(known)
  return {
    ...router,
    adopt(submission) {
      if (seen.has(submission.id)) return
      seen.add(submission.id)
      if (seen.size > mostAdopted)
        for (const oldest of seen) {
          seen.delete(oldest)
          break
        }
      router.adopt(submission)
    },
  }
}
