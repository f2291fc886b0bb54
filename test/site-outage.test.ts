import t from 'tap'
import { startProxy } from '../bus/log-redis/proxy.fixture.ts'
import {
  needsRedis,
  persistent,
  type Server,
  startServer,
  stateOf,
} from '../bus/log-redis/server.fixture.ts'
import { infra } from './hub-process.ts'
import { survive, twoHubs } from './site-outage.ts'
import { hubOf } from './site.ts'

t.setTimeout(600_000)

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  void t.test(
    `a server that is ended by ${signal} and started again: refused meanwhile, and all goes on`,
    needsRedis,
    async (t) => {
      const server = await startServer(t, persistent)
      await survive(t, server, await twoHubs(t, server.url), {
        fault: `Redis ended by ${signal}, and started again`,
        begin: () => server.stop(signal),
        control: async () =>
          void t.not(await server.ask('PING').catch(() => 'gone'), 'PONG', 'control: it is gone'),
        end: () => server.again(),
        why: /refuses connections|was lost/,
      })
    },
  )

void t.test(
  'a server that stands still and wakes up: refused meanwhile, and nothing of it comes late',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    await survive(t, server, await twoHubs(t, server.url), {
      fault: 'Redis frozen (SIGSTOP), and woken',
      begin: () => server.freeze(),
      control: () => void t.equal(stateOf(server.pid), 'T', 'control: it stands still'),
      end: async () => server.thaw(),
      why: /does not answer in time|was lost/,
    })
  },
)

for (const [fault, lose] of [
  ['network cut, both ways, with a reset', 'cut'],
  ['network cut silently, what is asked is lost', 'up'],
  ['network cut silently, what is answered is lost', 'down'],
] as const)
  void t.test(`${fault}: refused meanwhile, and all goes on`, needsRedis, async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const bytes = { up: 0, down: 0 }
    await survive(t, server, await twoHubs(t, `redis://127.0.0.1:${proxy.port}`), {
      fault,
      begin() {
        if (lose === 'cut') proxy.cut()
        else proxy.lose(lose)
        Object.assign(bytes, proxy.bytes)
      },
      control: async () => {
        t.equal(await server.ask('PING'), 'PONG', 'control: the server itself is well')
        if (lose !== 'cut') t.equal(proxy.bytes[lose], bytes[lose], 'control: nothing gets through')
      },
      end: async () => proxy.heal(),
      why: /was lost|does not answer in time/,
    })
  })

void t.test('a slow network makes presses slow, and nothing else', needsRedis, async (t) => {
  const server = await startServer(t)
  const proxy = await startProxy(t, server.port)
  const { hubs } = await twoHubs(t, `redis://127.0.0.1:${proxy.port}`)
  proxy.slow(150)
  const press = { verb: 'fire', device: 'd0', action: 'hit', args: ['slow'] }
  const from = performance.now()
  const answers = await Promise.all(hubs.map((hub) => hub.submit(press, { wait: 'outcome' })))
  t.ok(performance.now() - from > 150, 'control: it was slow')
  for (const { body } of answers) t.match(body, { outcome: { type: 'confirmed' } })
  for (const hub of hubs) t.equal((await hub.get('/health')).status, 200)
  proxy.heal()
  for (const hub of hubs) await hub.end()
})

void t.test(
  'a server without memory (OOM): refused meanwhile, and all goes on',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--maxmemory-policy', 'noeviction'])
    await survive(t, server, await twoHubs(t, server.url), {
      fault: 'Redis without memory (OOM)',
      begin: async () => void (await server.ask('CONFIG', 'SET', 'maxmemory', '1')),
      control: () => refusesWrites(server, /OOM/),
      end: () => server.ask('CONFIG', 'SET', 'maxmemory', '0'),
      why: /maxmemory/,
    })
  },
)

void t.test(
  'a server that became a replica (READONLY): refused meanwhile, and all goes on',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    await survive(t, server, await twoHubs(t, server.url), {
      fault: 'Redis became a replica (READONLY)',
      begin: async () => void (await server.ask('REPLICAOF', '127.0.0.1', '1')),
      control: () => refusesWrites(server, /READONLY/),
      end: () => server.ask('REPLICAOF', 'NO', 'ONE'),
      why: /replica/,
    })
  },
)

async function refusesWrites(server: Server, how: RegExp): Promise<void> {
  await t.rejects(server.ask('SET', 'x', 'y'), { message: how }, 'control: it takes no writes')
}

void t.test(
  'with a wrong password a hub does not start, and says which key',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--requirepass', 'right'], { password: 'right' })
    const wrong = hubOf(t, 'hub-a', {
      url: server.url,
      log: 'password: "${env:REDIS_PASSWORD}"',
      devices: '  d: { protocol: osc, host: 127.0.0.1, port: 9 }\n',
    })
    const words = ['up', '--config', wrong.file, '--data', wrong.data]
    const { code, err } = await infra(t, words, { env: { REDIS_PASSWORD: 'wrong-one' } })
    t.equal(code, 1)
    t.match(
      err,
      /does not accept the name or password: check log\.url, log\.username and log\.password/,
    )
    t.notMatch(err, /wrong-one/, 'and keeps the secret')
    const hub = await wrong.start({ env: { REDIS_PASSWORD: 'right' } })
    t.equal((await hub.get('/health')).status, 200, 'control: with the right one it starts')
    await hub.end()
  },
)
