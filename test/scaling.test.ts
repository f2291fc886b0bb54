import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { keyOf } from '../bus/log-redis/options.ts'
import { needsRedis, startServer, type Server } from '../bus/log-redis/server.fixture.ts'
import { oscDevice } from './devices.ts'
import { newRoom, type HubProcess } from './hub-process.ts'
import { readyCommand } from './worker-process.ts'

// The numbers with which docs/scaling.md reckons, counted at real processes. It prints what it counts.

t.setTimeout(120_000)

/** Connections that are open at this moment, but for the one that asks. */
async function connections(server: Server): Promise<number> {
  const found = String(await server.ask('CLIENT', 'LIST'))
    .trim()
    .split('\n')
  return found.length - 1
}

/** Waits until there are so many: what seals connects when there is something to seal. */
async function settles(server: Server, wanted: number): Promise<number> {
  for (let look = 0; look < 100; look++) {
    if ((await connections(server)) === wanted) return wanted
    await sleep(100)
  }
  return connections(server)
}

async function memoryOf(server: Server): Promise<number> {
  return Number(await server.ask('MEMORY', 'USAGE', keyOf('room'), 'SAMPLES', '0'))
}

const lengthOf = async (server: Server) => Number(await server.ask('XLEN', keyOf('room')))

async function press(hub: HubProcess): Promise<string> {
  const { body } = await hub.post('/api/v1/controls/1/0/0/press')
  return String(body['id'])
}

void t.test(
  'what a press takes in Redis, and how many connections hubs and workers have',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes'])
    const desk = await oscDevice(t)
    const url = `redis://127.0.0.1:${server.port}`
    const config = (hub: string, more: string) =>
      `site: room\nhub: ${hub}\nhttp: { port: 0 }\nlog: { engine: redis, url: "${url}" }\n${more}` +
      `devices: { desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} } }\n` +
      'surfaces: { console: { type: web } }\n' +
      'pages: { 1: { 0/0: { text: GO, press: { fire: desk, action: /cue/go, args: [1] } } } }\n'
    const hub = await newRoom(t, config('hub-a', '')).start()
    const one = await settles(server, 4)
    t.equal(one, 4, 'one to append, one to follow, one for its signs of life, one to seal')

    const presses = 200
    const before = [await memoryOf(server), await lengthOf(server)] as const
    for (let n = 0; n < presses; n++) await hub.outcome(await press(hub))
    const [bytes, commits] = [
      ((await memoryOf(server)) - before[0]) / presses,
      ((await lengthOf(server)) - before[1]) / presses,
    ]
    t.comment(`a press is ${Math.round(bytes)} bytes in Redis, in ${commits} commits`)
    t.ok(bytes > 900 && bytes < 1400, `${bytes} bytes a press`)
    t.ok(commits >= 2 && commits < 2.1, 'accepted with its attempt, and delivered')
    const burst = await memoryOf(server)
    const ids = await Promise.all(Array.from({ length: presses }, () => press(hub)))
    for (const id of ids) await hub.outcome(id)
    const fewer = ((await memoryOf(server)) - burst) / presses
    t.comment(`a press of a burst is ${Math.round(fewer)} bytes`)
    t.ok(fewer < bytes, 'commits are shared')

    const room = newRoom(t, config('hub-b', `slowLane: { redis: "${url}" }\n`))
    await room.start()
    const two = (await settles(server, one + 6)) - one
    t.equal(two, 6, 'two more with the slow lane')
    await readyCommand(t, ['worker', '--config', room.file])
    const worker = (await settles(server, one + two + 2)) - one - two
    t.equal(worker, 2)
  },
)
