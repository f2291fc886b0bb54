import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { newId } from '../intents/id.ts'
import type { Server } from '../bus/log-redis/server.fixture.ts'
import type { HubProcess } from './hub-process.ts'
import { faultRow } from './report.ts'
import { judgeDevices, siteDevices, type SiteDevices } from './site-devices.ts'
import { auditSite, type SiteEntry } from './site-record.ts'
import { healthOf, hubOf, until, untilHealth, untilSpread } from './site.ts'

// One way in which a log's server goes away and comes back, seen from two whole hubs under load.

/** So short that an outage is seen soon; what they do is the same with the default. */
export const quick = 'commandTimeout: 500ms, leaseTtl: 1500ms'

export interface Scene {
  readonly room: SiteDevices
  readonly hubs: readonly HubProcess[]
}

/** Two hubs that have shared the devices out between them; `more`: of the config of each. */
export async function twoHubs(t: Test, url: string, more = ''): Promise<Scene> {
  const room = await siteDevices(t, 4, '')
  const options = { url, log: quick, devices: room.yaml, more }
  const hubs = await Promise.all(['hub-a', 'hub-b'].map((hub) => hubOf(t, hub, options).start()))
  for (const hub of hubs) await untilSpread(hub, ['hub-a', 'hub-b'])
  return { room, hubs }
}

export interface Outage {
  /** For the table. */
  readonly fault: string
  begin(): Promise<void> | void
  /** Shows that it is so. */
  control(): Promise<void> | void
  end(): Promise<unknown>
  /** What `/health` must say while it lasts. */
  readonly why: RegExp
  /** Where the record is read afterwards, if the server is another by then. */
  readonly server?: () => Pick<Server, 'ask'>
}

/** Ids by what the sender was told. */
interface Told {
  readonly accepted: string[]
  readonly refused: string[]
  /** The longest that an answer took. Milliseconds. */
  slowest: number
}

/**
 * Presses before, during and after an outage. The hubs say it in `/health`, refuse at once, and go on by themselves; a press
 * that was refused is never carried out, each other one once.
 */
export async function survive(
  t: Test,
  server: Pick<Server, 'ask'>,
  { room, hubs }: Scene,
  outage: Outage,
): Promise<readonly SiteEntry[]> {
  let pressed = 0
  const before: Told = { accepted: [], refused: [], slowest: 0 }
  const during: Told = { accepted: [], refused: [], slowest: 0 }
  const after: Told = { accepted: [], refused: [], slowest: 0 }
  const press = async (hub: HubProcess, told: Told) => {
    const from = performance.now()
    const id = newId(Date.now())
    const { status } = await hub.submit(room.intent(pressed++), { id })
    const list = status === 202 ? told.accepted : told.refused
    list.push(id)
    told.slowest = Math.max(told.slowest, Math.round(performance.now() - from))
    return status
  }
  const burst = (told: Told) =>
    Promise.all(hubs.flatMap((hub) => Array.from({ length: 8 }, () => press(hub, told))))

  await burst(before)
  t.same(before.refused, [], 'control: before it all are accepted')
  // under way when it begins: either is right for these, and what is told must be so. They are answered when it is known
  const caught = burst(before)
  await outage.begin()
  await outage.control()
  for (const hub of hubs) {
    await untilHealth(hub, false)
    const { why } = await healthOf(hub)
    t.match(why, outage.why, 'health says why')
  }
  const got = () => [...room.devices.values()].reduce((sum, device) => sum + device.got.length, 0)
  const sent = got()
  for (let i = 0; i < 3; i++) await burst(during)
  t.same(during.accepted, [], 'while it lasts each press is refused')
  t.equal(got(), sent, 'and nothing is sent')
  await outage.end()
  const ended = performance.now()
  await caught
  const recoveries = await Promise.all(
    hubs.map(async (hub) => {
      await until('a press is accepted again', async () => {
        if ((await press(hub, after)) === 202) return true
        await sleep(10)
        return false
      })
      const ms = Math.round(performance.now() - ended)
      await hub.outcome(String(after.accepted.at(-1)))
      return ms
    }),
  )
  for (const hub of hubs) await untilHealth(hub, true)
  await burst(after)
  for (const hub of hubs) await hub.quiet()
  const [first] = hubs
  if (first === undefined) throw new Error('two hubs were started')
  const accepted = [...before.accepted, ...after.accepted]
  const record = outage.server?.() ?? server
  const { lives, entries, lost } = await auditSite(t, record, first, accepted)
  const refused = [...before.refused, ...during.refused, ...after.refused]
  t.same(
    refused.filter((id) => lives.has(id)),
    [],
    'what was refused is not in the record',
  )
  const doubled = judgeDevices(t, room, lives)
  t.comment(
    `${outage.fault}: ${during.refused.length} refused, each within ${during.slowest} ms; accepted again after ${recoveries.join(' and ')} ms`,
  )
  faultRow({
    fault: outage.fault,
    times: 1,
    presses: accepted.length + refused.length,
    lost,
    doubled,
    recoveryMs: recoveries,
  })
  for (const hub of hubs) t.equal((await hub.end()).code, 0, 'and it ends cleanly')
  return entries
}
