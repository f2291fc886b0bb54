import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HubAnswers } from './hub.ts'
import type { LoadAnswers } from './load.ts'
import { median } from './numbers.ts'
import type { Extent } from './press.ts'
import { start, type Program } from './program.ts'
import { startRedis, type RedisServer } from './redis-server.ts'
import { fixed, printTable, whole } from './table.ts'

const counts = [1, 2, 4]
const names = ['a', 'b', 'c', 'd']

/** Microseconds a press, and whether all came. */
interface Found {
  readonly perSecond: number
  readonly hubsUs: number
  readonly serverUs: number
  readonly p50: number
  readonly lost: number
}

interface Room {
  readonly count: number
  readonly server: RedisServer
  readonly hubs: readonly { readonly program: Program<HubAnswers>; readonly port: number }[]
  readonly own: Found[]
  readonly other: Found[]
}

/**
 * Several hubs on one stream, a device each, as many presses as they take: each press once at the hub that has its
 * device, and once at another, which leaves it to that one.
 */
export async function hubsBench({ rounds, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'redis-hubs-'))
  const load = start<LoadAnswers>('load')
  const rooms: Room[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    for (const count of counts) rooms.push(await openRoom(data, count, sinkPort))
    for (const room of rooms) await sample(load, room, 0, seconds)
    for (let round = 0; round < rounds; round++)
      for (const room of rooms) {
        room.own.push(await sample(load, room, 0, seconds))
        if (room.count > 1) room.other.push(await sample(load, room, 1, seconds))
      }
    report(rooms)
  } finally {
    const programs = rooms.flatMap(({ hubs }) => hubs.map(({ program }) => program))
    await Promise.all([load, ...programs].map((program) => program.stop()))
    await Promise.all(rooms.map(({ server }) => server.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

async function openRoom(folder: string, count: number, sinkPort: number): Promise<Room> {
  const server = await startRedis(folder, 'everysec')
  const homes = names.slice(0, count)
  const hubs = await Promise.all(
    homes.map(async (hub) => {
      const program = start<HubAnswers>('hub')
      const { osc } = await program.ask('open', {
        journal: 'durable',
        redis: { url: server.url, site: 'bench', hub, homes },
        data: join(folder, `${count}${hub}`),
        devices: count,
        sinkPort,
      })
      return { program, port: osc }
    }),
  )
  return { count, server, hubs, own: [], other: [] }
}

/** Presses for the device of hub `i` come in at hub `i + shift`. */
async function sample(
  load: Program<LoadAnswers>,
  { count, server, hubs }: Room,
  shift: number,
  seconds: number,
): Promise<Found> {
  const ports = hubs.map((_, i) => hubs[(i + shift) % count]?.port ?? 0)
  const cpuUs = async () => {
    const costs = await Promise.all(hubs.map(({ program }) => program.ask('cost', undefined)))
    return costs.reduce((sum, { cpuUs }) => sum + cpuUs, 0)
  }
  const before = [await cpuUs(), await server.cpuUs()] as const
  const measured = await load.ask('run', { ports, devices: count, rate: null, seconds })
  const after = [await cpuUs(), await server.cpuUs()] as const
  const { sent, lost, twice, perSecond, p50 } = measured
  const came = sent - lost
  return {
    perSecond,
    hubsUs: (after[0] - before[0]) / came,
    serverUs: (after[1] - before[1]) / came,
    p50,
    lost: lost + twice,
  }
}

function report(rooms: readonly Room[]): void {
  console.log('Hubs on one stream, everysec, a device each; as many as they take together')
  const row = (name: string, found: readonly Found[]) => {
    const of = (what: keyof Found) => median(found.map((one) => one[what]))
    const lost = found.reduce((sum, one) => sum + one.lost, 0)
    return [
      name,
      whole(of('perSecond')),
      fixed(of('p50'), 1),
      fixed(of('hubsUs'), 1),
      fixed(of('serverUs'), 1),
      whole(lost),
    ]
  }
  printTable(
    ['hubs', 'delivered/s', 'p50 ms', 'CPU us of all hubs', 'server us', 'lost or twice'],
    rooms.flatMap(({ count, own, other }) => [
      row(`${count}`, own),
      ...(count === 1 ? [] : [row(`${count}, pressed at another hub than the device's`, other)]),
    ]),
  )
}
