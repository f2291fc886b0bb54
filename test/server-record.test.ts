import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openDouble } from '../bus/log-kurrent/server.fixture.ts'
import { needsRedis, startServer, untilTrue, type Server } from '../bus/log-redis/server.fixture.ts'
import { oscDevice, type Device } from './devices.ts'
import { infra, newRoom, type HubProcess, type Room } from './hub-process.ts'

// A record on a server: verified, replayed and mirrored over the running hub, and from the command line without one.

t.setTimeout(300_000)

interface Scene {
  readonly server: Server
  readonly device: Device
  readonly room: Room
  readonly hub: HubProcess
}

const keeps = ['--appendonly', 'yes']

async function scene(t: Test): Promise<Scene> {
  const [server, device] = await Promise.all([startServer(t, keeps), oscDevice(t)])
  const room = newRoom(
    t,
    `site: studio-a
hub: hub-a
http: { port: 0 }
log: { engine: redis, url: "redis://127.0.0.1:${server.port}", commandTimeout: 500ms }
devices: { desk: { protocol: osc, host: 127.0.0.1, port: ${device.port} } }
`,
  )
  return { server, device, room, hub: await room.start() }
}

async function levels(hub: HubProcess, values: readonly number[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const value of values) {
    const set = { verb: 'set', device: 'desk', path: '/level', value }
    const { body } = await hub.submit(set)
    ids.push(String(body['id']))
    await hub.outcome(String(body['id']))
  }
  return ids
}

/** The value that a replay says was set. */
const setIn = (out: string): unknown =>
  (JSON.parse(out) as { devices: { desired: Record<string, { value: unknown }> }[] }).devices[0]
    ?.desired['/level']?.value

void t.test(
  'a record on a server is verified, replayed and mirrored, with its hub and without',
  needsRedis,
  async (t) => {
    const { server, room, hub } = await scene(t)
    const [first = ''] = await levels(hub, [0.25, 0.5])
    const { body: life } = await hub.get(`/api/v1/intents/${first}`)
    const from = ['--config', room.file]

    t.match(await hub.post('/api/v1/witness/verify'), {
      status: 200,
      body: { ok: true, gaps: [], alone: [], hubs: [{ hub: 'hub-a' }] },
    })
    const { status, body } = await hub.get('/api/v1/replay')
    t.equal(status, 200)
    t.equal(setIn(JSON.stringify(body)), 0.5)
    const then = await hub.get(`/api/v1/replay?to=${String(life['position'])}`)
    t.equal(setIn(JSON.stringify(then.body)), undefined, 'accepted, and not there yet')
    t.match(await infra(t, ['--url', hub.url, 'replay', '--json']), { code: 0 })

    const beside = await infra(t, ['witness', 'verify', ...from])
    t.match(beside, { code: 0, out: /^verified {2}\d+ entries\n/ })
    await hub.end()

    const alone = await infra(t, ['witness', 'verify', ...from, '--json'])
    t.match(alone, { code: 0 })
    const { entries } = JSON.parse(alone.out) as { entries: number }
    const replayed = await infra(t, ['replay', ...from, '--json'])
    t.match([replayed.code, setIn(replayed.out)], [0, 0.5])

    const double = await openDouble()
    t.teardown(() => double.close())
    const mirror = ['mirror', '--to', double.url, ...from]
    t.match(await infra(t, mirror), {
      code: 0,
      out: `mirrored  ${entries} entries in ifJournal-studio-a, ${entries} of them now\n`,
    })
    t.match(await infra(t, mirror), { code: 0, out: / 0 of them now/ }, 'and each once')

    await server.ask('XADD', 'if:{studio-a}:journal', '*', `w${'0'.repeat(16)}.1`, '{"at":1}')
    t.match(await infra(t, ['witness', 'verify', ...from]), { code: 5, out: /BROKEN {2}malformed/ })
    await server.stop()
    for (const words of [['witness', 'verify'], ['replay']])
      t.match(await infra(t, [...words, ...from]), { code: 1, err: /refuses connections/ })
  },
)

void t.test('a config that names another site finds no record', needsRedis, async (t) => {
  const server = await startServer(t)
  const log = `{ engine: redis, url: "redis://127.0.0.1:${server.port}" }`
  const room = newRoom(t, `site: nowhere\nlog: ${log}\n`)
  t.match(await infra(t, ['witness', 'verify', '--config', room.file]), {
    code: 2,
    err: /has no entries/,
  })
})

void t.test(
  'what the server lost is a gap with its place, and what came before and after still verifies',
  needsRedis,
  async (t) => {
    const { server, room, hub } = await scene(t)
    await levels(hub, [0.1, 0.2])
    await server.stop('SIGKILL')
    rmSync(join(server.dir, 'appendonlydir'), { recursive: true })
    const healthy = async () => (await hub.get('/health')).status === 200
    await untilTrue(async () => !(await healthy()))
    const bare = await server.again(keeps)
    await untilTrue(healthy)
    await hub.entry(({ type }) => type === 'LogGap')
    await levels(hub, [0.3])
    t.match(await hub.post('/api/v1/witness/verify'), {
      body: {
        ok: true,
        gaps: [{ hub: 'hub-a', after: null, missing: [{ hub: 'hub-a', from: 1 }] }],
      },
    })
    await hub.end()
    const said = await infra(t, ['witness', 'verify', '--config', room.file])
    t.match(said, { code: 0, out: /but for a recorded gap/ })
    t.match(said.out, /the start {2}\d+-\d+\.\d+ +hub-a .* hub-a 1 to \d+/)

    // the control: without the entry that tells of it, the same record is broken
    const stream = 'if:{studio-a}:journal'
    const found = (await bare.ask('XRANGE', stream, '-', '+')) as [string, string[]][]
    const told = found.filter(([, [, value]]) => value?.includes('"LogGap"'))
    for (const [id] of told) await bare.ask('XDEL', stream, id)
    t.equal(told.length, 1)
    t.match(await infra(t, ['witness', 'verify', '--config', room.file]), {
      code: 5,
      out: /BROKEN {2}gap/,
    })
  },
)
