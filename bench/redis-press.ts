import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HubAnswers, Site } from './hub.ts'
import type { LoadAnswers } from './load.ts'
import { hub, sample, type Extent, type Way } from './press.ts'
import { rates, type Rate } from './press-sample.ts'
import { start, type Program } from './program.ts'
import type { Adds, BareAnswers } from './redis-bare.ts'
import { reportRedisPresses, type RedisSample, type RedisSamples } from './redis-press-report.ts'
import { startRedis, type Fsync, type RedisServer } from './redis-server.ts'

/** How many presses one bare XADD holds: as many as the log puts into one commit at most. */
const groupPresses = 140

/** At saturation as many are under way as at the hub. */
const inFlight = 512

/**
 * A press at a hub whose log is on Redis, beside the embedded log and beside Redis alone; rounds over all, one after the
 * other, so that what else the machine does hits all of them alike.
 */
export async function redisPressBench({ rounds, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'redis-press-'))
  const load = start<LoadAnswers>('load')
  const bare = start<BareAnswers>('redis-bare')
  const running: Program<never>[] = []
  const servers: RedisServer[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    const embedded = await hub('durable', join(data, 'embedded'), sinkPort, running)
    const ways = [{ way: { ...embedded, name: 'embedded' }, server: noServer }]
    for (const fsync of ['everysec', 'always'] as const) {
      const server = await startRedis(data, fsync)
      servers.push(server)
      const way = await redisHub(fsync, server, join(data, fsync), sinkPort, running)
      ways.push({ way, server })
    }
    const found: RedisSamples = { presses: new Map(), adds: new Map(), follows: new Map() }
    for (const { way } of ways) await sample(load, way, null, 2)
    for (let round = 0; round < rounds; round++)
      for (const rate of rates) {
        for (const { way, server } of ways)
          put(
            found.presses,
            `${way.name} ${rate}`,
            await sampleBoth(load, way, server, rate, seconds),
          )
        for (const [i, fsync] of (['everysec', 'always'] as const).entries()) {
          const server = servers[i] ?? noServer
          const { url } = server
          if (rate !== null) {
            const follow = await bare.ask('follow', { url, seconds: seconds / 2, rate })
            put(found.follows, `${fsync} ${rate}`, follow)
            continue
          }
          const one = { url, seconds: seconds / 2, together: 1, inFlight }
          put(found.adds, `${fsync} one`, await addsBoth(bare, server, one))
          const group = { url, seconds: seconds / 2, together: groupPresses, inFlight: 1 }
          put(found.adds, `${fsync} group`, await addsBoth(bare, server, group))
        }
      }
    reportRedisPresses(found)
    for (const { way } of ways) {
      const { open } = await way.cost()
      if (open > 0) throw new Error(`${way.name}: ${open} accepted presses have no outcome`)
    }
  } finally {
    await Promise.all([load, bare, ...running].map((program) => program.stop()))
    await Promise.all(servers.map((server) => server.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

const noServer = { url: '', cpuUs: () => Promise.resolve(0) }

/** A hub that is alone on a log on `server`. */
async function redisHub(
  name: Fsync,
  { url }: RedisServer,
  data: string,
  sinkPort: number,
  running: Program<never>[],
): Promise<Way> {
  const redis: Site = { url, site: 'bench', hub: 'a', homes: ['a'] }
  const program = start<HubAnswers>('hub')
  running.push(program)
  const { osc } = await program.ask('open', {
    journal: 'durable',
    redis,
    data,
    devices: 1,
    sinkPort,
  })
  return { name, port: osc, cost: () => program.ask('cost', undefined) }
}

async function sampleBoth(
  load: Program<LoadAnswers>,
  way: Way,
  server: Pick<RedisServer, 'cpuUs'>,
  rate: Rate,
  seconds: number,
): Promise<RedisSample> {
  const before = await server.cpuUs()
  const one = await sample(load, way, rate, seconds)
  return { ...one, serverUs: ((await server.cpuUs()) - before) / (one.sent - one.lost) }
}

async function addsBoth(
  bare: Program<BareAnswers>,
  server: Pick<RedisServer, 'cpuUs'>,
  adds: Adds,
) {
  const before = await server.cpuUs()
  const one = await bare.ask('adds', adds)
  return { ...one, serverUs: ((await server.cpuUs()) - before) / one.added }
}

function put<T>(found: Map<string, T[]>, key: string, one: T): void {
  const those = found.get(key)
  if (those === undefined) found.set(key, [one])
  else those.push(one)
}
