import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { freePort } from '../wire/free-port.fixture.ts'
import { emptyFolder, needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { infra, list, newRoom, type HubProcess } from './hub-process.ts'
import { readyCommand } from './worker-process.ts'

// docker-compose.yml and the configs it mounts. There is no Docker here: the file is read, and then what it starts is
// started by hand, with its own commands and configs, on ports that nobody else has.

t.setTimeout(120_000)

interface Service {
  readonly image: string
  readonly command: string
  readonly profiles?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}

const root = new URL('../', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
const composeOf = (text: string) => parse(text, { merge: true }) as Compose // our own file
const pair = ['config/pair/hub-a.yaml', 'config/pair/hub-b.yaml'] as const

interface PairConfig {
  readonly hub: string
  readonly http: { readonly port: number }
  readonly surfaces: Readonly<Record<string, object>>
}

const configOf = (path: string) => parse(textOf(path)) as PairConfig // our own file

void t.test('docker compose starts what it says, and no more without being asked', async (t) => {
  const { services, volumes } = composeOf(textOf('docker-compose.yml'))
  const first = Object.entries(services).filter(([, { profiles }]) => profiles === undefined)
  t.same(
    first.map(([name]) => name),
    ['redis', 'hub-a', 'hub-b', 'worker', 'simulators'],
  )
  t.same(
    [services['kurrentdb']?.profiles, services['mirror']?.profiles],
    [['kurrent'], ['kurrent']],
  )
  t.match(services['redis']?.command, /--appendonly yes .*--maxmemory-policy noeviction/)
  for (const [name, { volumes: mounts = [], depends_on: needed = {} }] of Object.entries(
    services,
  )) {
    for (const mount of mounts) {
      const [from = ''] = mount.split(':')
      t.ok(from.startsWith('${') || from in volumes, `${name}: the volume ${from} is there`)
    }
    for (const other of Object.keys(needed)) t.ok(other in services, `${name} waits for ${other}`)
  }
  for (const path of pair) {
    const { hub, http } = configOf(path)
    const check = services[hub]?.healthcheck?.test.join(' ')
    t.match(check, `127.0.0.1:${http.port}/health`, `${hub} is asked at its own port`)
  }
})

void t.test('the two hubs differ in name and ports only', async (t) => {
  const [a, b] = pair.map((path) => {
    const { hub: _hub, http: _http, surfaces, ...same } = configOf(path)
    const ways = Object.entries(surfaces).map(([name, way]) => [name, { ...way, port: 0 }])
    return { ...same, ways }
  })
  t.same(a, b)
})

/** The text with every port of it replaced by a free one; the same port by the same. */
async function freed(t: Test, texts: readonly string[]) {
  const named = /(?<=[pP]ort:? |127\.0\.0\.1:)\d{4,5}/g
  const ports = new Map<string, number>()
  for (const port of texts.flatMap((text) => text.match(named) ?? []))
    if (!ports.has(port)) ports.set(port, await freePort())
  t.equal(new Set(ports.values()).size, ports.size)
  return {
    portOf: (port: number) => ports.get(String(port)) ?? 0,
    moved: (text: string) => text.replace(named, (port) => String(ports.get(port))),
  }
}

/** Which hub acts for a device. */
async function ownerOf(hub: HubProcess, device: string): Promise<string> {
  const { body } = await hub.get('/api/v1/status')
  return String(list(body['leases']).find((lease) => lease['device'] === device)?.['hub'])
}

async function outcomeOf(
  hub: HubProcess,
  [action, args]: readonly [string, object],
  device: string,
) {
  const { body } = await hub.post(
    '/api/v1/intents',
    {},
    JSON.stringify({ intent: { verb: 'fire', device, action, args } }),
  )
  return hub.outcome(String(body['id']))
}

void t.test(
  'what docker compose starts is one control room, also after one of its hubs has died',
  needsRedis,
  async (t) => {
    const { services } = composeOf(textOf('docker-compose.yml'))
    const texts = pair.map(textOf)
    // the server first: it takes its own free port, which the configs are told
    const [name, ...words] = services['redis']?.command.split(' ') ?? []
    t.equal(name, 'redis-server')
    const { portOf, moved } = await freed(t, texts)
    const at = words.indexOf('--port')
    const server = await startServer(t, words.toSpliced(at, 2))
    const redis = new RegExp(`127\\.0\\.0\\.1:${portOf(Number(words[at + 1]))}`, 'g')
    const configs = texts.map((text) => moved(text).replace(redis, `127.0.0.1:${server.port}`))

    const folder = emptyFolder(t)
    const file = join(folder, 'hub-a.yaml')
    writeFileSync(file, configs[0] ?? '')
    const said = (service: string) =>
      (services[service]?.command ?? '').replace('/config', folder).split(' ')
    await readyCommand(t, said('simulators'))
    await readyCommand(t, said('worker'))
    const rooms = configs.map((text) => newRoom(t, text))
    for (const hub of ['hub-a', 'hub-b'])
      t.equal(services[hub]?.command, `up --config /config/${hub}.yaml --data /data`)
    const hubs = await Promise.all(rooms.map((room) => room.start()))
    const [a, b] = hubs as [HubProcess, HubProcess]

    for (const hub of hubs) {
      t.equal(await outcomeOf(hub, ['Cut', {}], 'mypro'), 'confirmed')
      t.equal(await outcomeOf(hub, ['on', { n: 1 }], 'relay'), 'sent')
      t.equal(await outcomeOf(hub, ['notify', { text: 'x' }], 'hook'), 'confirmed', 'by the worker')
    }
    t.equal(await ownerOf(a, 'relay'), 'hub-b', 'it is at home there')
    t.match(await a.get('/health'), { status: 200, body: { ok: true } })

    const dying = await ownerOf(a, 'mypro')
    const [dead, left] = dying === 'hub-a' ? [a, b] : [b, a]
    await dead.end('SIGKILL')
    t.equal(await outcomeOf(left, ['Cut', {}], 'mypro'), 'confirmed')
    t.not(await ownerOf(left, 'mypro'), dying, 'another hub acts')
    await left.end()
    t.match(await infra(t, ['witness', 'verify', '--config', file]), { code: 0, out: /^verified/ })
  },
)
