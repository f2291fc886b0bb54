import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { newRoom, type HubProcess, type Room } from './hub-process.ts'

// Several hubs of one site on one real redis-server: each a process of its own with a folder of its own.

export interface SiteOptions {
  /** Where the log is: the server itself, or a proxy in front of it. */
  readonly url: string
  /** Members of `log` beside engine and url: `leaseTtl: 600ms`. */
  readonly log?: string
  /** The YAML of the devices, two spaces deep. */
  readonly devices: string
  /** More of the config. */
  readonly more?: string
}

/** The site's name in all these tests. */
export const site = 'room'

/** One hub's folder and config. */
export function hubOf(t: Test, hub: string, { url, log, devices, more = '' }: SiteOptions): Room {
  const members = log === undefined ? '' : `, ${log}`
  return newRoom(
    t,
    `site: ${site}\nhub: ${hub}\nhttp: { port: 0 }\nlog: { engine: redis, url: "${url}"${members} }\n` +
      `devices:\n${devices}${more}`,
  )
}

/** Which hub has each lease, as one hub sees it. */
export async function leasesOf(hub: HubProcess): Promise<ReadonlyMap<string, string | null>> {
  const { body } = await hub.get('/api/v1/status')
  const leases = body['leases'] as readonly { device: string; hub: string | null }[] // of our own API
  return new Map(leases.map(({ device, hub }) => [device, hub]))
}

/** How long a state that must come may take: only a fault waits so long. Milliseconds. */
const withinMs = 60_000

/** Until `done` says so, looked at every 25 ms. `why`: more for who reads that it did not. */
export async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  why: () => string | Promise<string> = () => '',
): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms ${await why()}`)
    await sleep(25)
  }
}

/** Until each lease that `hub` knows is one of these hubs', and each of them has some. */
export function untilSpread(hub: HubProcess, hubs: readonly string[]): Promise<void> {
  return until(`leases with ${hubs.join(' and ')}`, async () => {
    const owners = new Set((await leasesOf(hub)).values())
    return owners.size === hubs.length && hubs.every((name) => owners.has(name))
  })
}

/** What `/health` says: whether it is well, and all its reasons as one text. */
export async function healthOf(hub: HubProcess): Promise<{ ok: boolean; why: string }> {
  const { status, body } = await hub.get('/health')
  return { ok: status === 200, why: JSON.stringify(body['reasons']) }
}

export function untilHealth(hub: HubProcess, ok: boolean): Promise<void> {
  return until(
    `health ${ok}`,
    async () => (await healthOf(hub)).ok === ok,
    async () => (await healthOf(hub)).why,
  )
}
