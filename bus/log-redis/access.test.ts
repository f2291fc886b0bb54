import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { body, bodiesOf, errorOf, followUntil } from '../log.contract.ts'
import { openRedisLog, type RedisLog } from './log.ts'
import { startProxy } from './proxy.fixture.ts'
import {
  emptyFolder,
  lengthOf,
  needsRedis,
  openLog,
  optionsFor,
  startSentinel,
  startServer,
  untilAway,
  untilTrue,
} from './server.fixture.ts'

const never = new AbortController().signal

/** Everything a hub does with its log. */
async function useAll(t: Test, log: RedisLog): Promise<void> {
  const [, second = '' as never] = await log.append([body(1), body(2)], 'durable')
  t.same(await bodiesOf(log.read(null, never)), [body(1), body(2)])
  t.equal((await followUntil(log, null, 2)).length, 2)
  t.equal((await log.tail(1)).length, 1)
  t.ok(await log.find('at', null, never))
  t.ok(await log.before(Date.now()))
  await log.append([body(3)], 'durable', new Map([['key', 'text']]))
  await log.sidecar?.erase(['key'])
  await log.cutting?.cut({ after: second, text: 'two lines' })
  t.match(await log.cutting?.base(), { after: second })
}

void t.test('a password is asked for, and a wrong one told at once', needsRedis, async (t) => {
  const server = await startServer(t, ['--requirepass', 'sesame'], { password: 'sesame' })
  const options = { ...optionsFor(server), openWithinMs: 60_000 }
  for (const password of [undefined, 'wrong']) {
    const began = performance.now()
    const error = await errorOf(openRedisLog({ ...options, password }))
    t.match(error.message, /log\.password/)
    t.notMatch(error.message, /wrong/, 'and it is not shown')
    t.ok(performance.now() - began < 5000, 'without waiting for it to become right')
  }
  await useAll(t, await openLog(t, { ...options, password: 'sesame' }))
})

void t.test('the ACL of the README is enough, and no more than enough', needsRedis, async (t) => {
  const server = await startServer(t)
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  const line = /^ACL SETUSER (.+)$/m.exec(readme)?.[1]?.replaceAll('SITE', 'room') ?? ''
  t.match(line, /^hub on >SECRET/, 'control: it was found')
  const rules = line.split(' ')
  await server.ask('ACL', 'SETUSER', ...rules)
  const options = { ...optionsFor(server), username: 'hub', password: 'SECRET' }
  await useAll(t, await openLog(t, options))
  const other = await errorOf(openRedisLog({ ...options, site: 'elsewhere' }))
  t.match(other.message, /rights that a hub needs/)
  for (const right of ['+info', '+client|id', '+client|kill', '+xrevrange']) {
    await server.ask('ACL', 'SETUSER', 'hub', right.replace('+', '-'))
    t.match((await errorOf(openRedisLog(options))).message, /rights/, `without ${right}`)
    await server.ask('ACL', 'SETUSER', 'hub', right)
  }
  const log = await openLog(t, options)
  await server.ask('ACL', 'SETUSER', 'hub', '-xadd', '-xrange')
  t.match((await errorOf(log.append([body(3)], 'durable'))).message, /rights/)
  t.match((await errorOf(bodiesOf(log.read(null, never)))).message, /rights/)
})

void t.test('TLS with an authority of one’s own, and not without it', needsRedis, async (t) => {
  const dir = emptyFolder(t)
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=127.0.0.1',
    ].concat(['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]),
    { stdio: 'ignore' },
  )
  const ca = readFileSync(cert, 'utf8')
  const server = await startServer(
    t,
    ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert].concat([
      '--tls-auth-clients',
      'no',
    ]),
    { tls: { ca } },
  )
  const options = optionsFor(server)
  await useAll(t, await openLog(t, { ...options, tls: { ca } }))
  const untrusted = await errorOf(openRedisLog({ ...options, openWithinMs: 300, tls: {} }))
  t.match(untrusted.message, /TLS/)
  const plain = await errorOf(openRedisLog({ ...options, openWithinMs: 300 }))
  t.equal(plain.code, 'io', 'control: it speaks nothing else')
})

void t.test(
  'when the master dies the sentinels’ new one goes on, and what it lacks is told of',
  needsRedis,
  async (t) => {
    const master = await startServer(t)
    // a line of its own, so that what the replica lacks is decided here
    const line = await startProxy(t, master.port)
    const replica = await startServer(t, ['--replicaof', `127.0.0.1 ${line.port}`])
    // before the sentinel first looks: it would look again only after ten seconds
    await untilTrue(async () =>
      String(await master.ask('INFO', 'replication')).includes('state=online'),
    )
    const sentinel = await startSentinel(t, master.port)
    const gaps: unknown[] = []
    const log = await openLog(t, {
      ...optionsFor(master),
      servers: {
        type: 'sentinel',
        name: 'room',
        sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
      },
      onGap: (gap) => gaps.push(gap),
    })
    const [kept] = await log.append([body(1)], 'durable')
    await untilTrue(async () => (await lengthOf(replica)) === 1)
    await untilTrue(async () =>
      JSON.stringify(await sentinel.ask('SENTINEL', 'REPLICAS', 'room')).includes(
        `${replica.port}`,
      ),
    )
    line.lose('down')
    const [lost] = await log.append([body(2)], 'durable')
    t.equal(await lengthOf(master), 2, 'control: the master had it')
    t.equal(await lengthOf(replica), 1, 'control: and the replica had not')
    await master.stop('SIGKILL')
    await untilAway(log, false)
    t.equal(await lengthOf(replica), 2, 'control: the second entry is the marker')
    t.match(gaps, [{ after: kept, until: lost }])
    const [next] = await log.append([body(3)], 'durable')
    t.ok(log.compare(next ?? ('' as never), lost ?? ('' as never)) > 0)
    t.same(await bodiesOf(log.read(null, never)), [body(1), body(3)])
  },
)

void t.test('a cluster is asked which node has the site’s stream', needsRedis, async (t) => {
  const bus = await freePort()
  const server = await startServer(t, ['--cluster-enabled', 'yes', '--cluster-port', `${bus}`])
  const options = {
    ...optionsFor(server),
    servers: { type: 'cluster', nodes: [{ host: '127.0.0.1', port: server.port }] } as const,
  }
  const none = await errorOf(openRedisLog({ ...options, openWithinMs: 300 }))
  t.match(none.message, /slot/, 'control: it is a cluster, and has no slots yet')
  await server.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await untilTrue(async () => String(await server.ask('CLUSTER', 'INFO')).includes('state:ok'))
  await useAll(t, await openLog(t, options))
})
