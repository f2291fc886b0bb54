import { mkdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { body, bodiesOf, errorOf, followUntil, linesOf } from '../log.contract.ts'
import { startProxy } from './proxy.fixture.ts'
import {
  lengthOf,
  needsRedis,
  openLog,
  optionsFor,
  startServer,
  stateOf,
  untilAway,
  untilTrue,
} from './server.fixture.ts'
import { openRedisLog } from './log.ts'

const never = new AbortController().signal

void t.test(
  'a frozen server that wakes up has the append that was under way exactly once',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const log = await openLog(t, optionsFor(server))
    await log.append([body(1)], 'durable')
    await server.freeze()
    t.equal(stateOf(server.pid), 'T', 'control: it stands still')
    const doubtful = log.append([body(2)], 'durable')
    await untilAway(log, true)
    t.equal((await errorOf(log.append([body(3)], 'durable'))).code, 'io', 'refused at once')
    const back = untilAway(log, false)
    server.thaw()
    await back
    // either is right; what is told must be what is so
    const told = await doubtful.then(
      () => [body(2)],
      () => [],
    )
    t.same(await bodiesOf(log.read(null, never)), [body(1), ...told])
    await log.append([body(4)], 'durable')
    t.same(await bodiesOf(log.read(null, never)), [body(1), ...told, body(4)])
  },
)

void t.test(
  'a server frozen again and again with appends in flight never has one twice or one it was not told of',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const log = await openLog(t, { ...optionsFor(server), commandTimeoutMs: 150 })
    const kept: string[] = []
    const counts = { stored: 0, refused: 0 }
    for (let round = 0; round < 8; round++) {
      const first = log.append([body(round, 'before')], 'durable')
      const frozen = server.freeze()
      const rest = Array.from({ length: 5 }, (_, i) =>
        log.append([body(round, `${i}a`), body(round, `${i}b`)], 'durable'),
      )
      await frozen
      t.equal(stateOf(server.pid), 'T', 'control: it stands still')
      const late = log.append([body(round, 'late')], 'durable')
      await turn()
      const behind = log.append([body(round, 'behind')], 'durable')
      const ends = Promise.allSettled([first, ...rest, late, behind])
      await untilAway(log, true)
      const back = untilAway(log, false)
      server.thaw()
      const all = [[body(round, 'before')]].concat(
        Array.from({ length: 5 }, (_, i) => [body(round, `${i}a`), body(round, `${i}b`)]),
        [[body(round, 'late')], [body(round, 'behind')]],
      )
      for (const [i, { status }] of (await ends).entries()) {
        if (status === 'fulfilled') kept.push(...(all[i] ?? []))
        counts[status === 'fulfilled' ? 'stored' : 'refused']++
      }
      await back
    }
    t.same(await bodiesOf(log.read(null, never)), kept)
    t.ok(counts.refused > 0, `control: some were refused (${JSON.stringify(counts)})`)
  },
)

for (const [direction, isStored] of [
  ['up', false],
  ['down', true],
] as const)
  void t.test(
    `an append whose ${isStored ? 'answer' : 'request'} is lost ends as ${isStored ? 'stored' : 'not stored'}, because it is`,
    needsRedis,
    async (t) => {
      const server = await startServer(t)
      const proxy = await startProxy(t, server.port)
      const log = await openLog(t, optionsFor(proxy))
      await log.append([body(1)], 'durable')
      proxy.lose(direction)
      const doubtful = log.append([body(2)], 'durable').then(
        () => 'stored',
        () => 'not stored',
      )
      if (isStored) await untilTrue(async () => (await lengthOf(server)) === 2)
      await untilAway(log, true)
      t.equal(await lengthOf(server), isStored ? 2 : 1, 'control: the direction was cut')
      proxy.heal()
      t.equal(await doubtful, isStored ? 'stored' : 'not stored')
      const length = await lengthOf(server)
      t.equal(length, isStored ? 2 : 1)
    },
  )

void t.test(
  'a request that arrives after it was told as not stored is not stored',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const log = await openLog(t, optionsFor(proxy))
    await log.append([body(1)], 'durable')
    proxy.lose('late')
    const doubtful = errorOf(log.append([body(2, 'x'.repeat(300))], 'durable'))
    await untilAway(log, true)
    const back = untilAway(log, false)
    proxy.heal()
    t.equal((await doubtful).code, 'io')
    await back
    t.ok(proxy.deliver() > 300, 'control: it had been under way all the time')
    for (let i = 3; i < 10; i++) await log.append([body(i)], 'durable')
    t.notOk((await bodiesOf(log.read(null, never))).includes(body(2, 'x'.repeat(300))))
  },
)

void t.test('a way to the server that is slow is slow, and nothing more', needsRedis, async (t) => {
  const server = await startServer(t)
  const proxy = await startProxy(t, server.port)
  const log = await openLog(t, optionsFor(proxy))
  proxy.slow(100)
  const began = performance.now()
  await Promise.all(Array.from({ length: 20 }, (_, i) => log.append([body(i)], 'durable')))
  t.ok(performance.now() - began >= 100, 'control: it was slow')
  t.equal((await log.tail(100)).length, 20)
})

for (const fsync of ['always', 'everysec'])
  void t.test(
    `with appendfsync ${fsync} the death of the server's process loses nothing acknowledged`,
    needsRedis,
    async (t) => {
      const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', fsync])
      const gaps: unknown[] = []
      const log = await openLog(t, { ...optionsFor(server), onGap: (gap) => gaps.push(gap) })
      const told: string[] = []
      const writing = (async () => {
        for (let i = 0; i < 100_000; i++)
          try {
            await log.append([body(i)], 'durable')
            told.push(body(i))
          } catch {
            return i
          }
        return -1
      })()
      await untilTrue(() => told.length > 200)
      await server.stop('SIGKILL')
      t.not(await server.ask('PING').catch(() => 'gone'), 'PONG', 'control: it is dead')
      const back = untilAway(log, false)
      await server.again()
      await back
      t.not(await writing, -1, 'control: an append was refused')
      t.same(await bodiesOf(log.read(null, never)), told)
      t.same(gaps, [])
    },
  )

void t.test(
  'a server that comes back without its newest entries is told of, and nothing sorts before what was seen',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--save', '3600', '1', '--dbfilename', 'old.rdb'])
    const gaps: { after: string | null; until: string }[] = []
    const log = await openLog(t, { ...optionsFor(server), onGap: (gap) => gaps.push(gap) })
    const [kept] = await log.append([body(1), body(2)].slice(0, 1), 'durable')
    await server.ask('SAVE')
    const lost = await log.append([body(3), body(4)], 'durable')
    await server.stop('SIGKILL')
    const back = untilAway(log, false)
    const restored = await server.again()
    await back
    t.equal(await lengthOf(restored), 2, 'control: one entry and the marker; the other is lost')
    t.match(gaps, [{ after: kept, until: lost.at(-1) }])
    const [next] = await log.append([body(5)], 'durable')
    t.ok(log.compare(next ?? ('' as never), lost.at(-1) ?? ('' as never)) > 0)
    t.same(await bodiesOf(log.read(null, never)), [body(1), body(5)])
    t.same(
      (await followUntil(log, kept ?? null, 1)).map((line) => line.body),
      [body(5)],
    )
    t.equal((await errorOf(bodiesOf(log.read(lost[0] ?? null, never)))).code, 'position')
  },
)

void t.test('a stream that is gone altogether is a gap from the start', needsRedis, async (t) => {
  const server = await startServer(t)
  const gaps: unknown[] = []
  const log = await openLog(t, { ...optionsFor(server), onGap: (gap) => gaps.push(gap) })
  const [lost] = await log.append([body(1)], 'durable')
  await server.stop()
  t.equal((await errorOf(log.append([body(2)], 'durable'))).code, 'io')
  const back = untilAway(log, false)
  await server.again()
  await back
  t.match(gaps, [{ after: null, until: lost }])
  const [next] = await log.append([body(3)], 'durable')
  t.ok(log.compare(next ?? ('' as never), lost ?? ('' as never)) > 0)
})

void t.test(
  'a follower sees all through restarts, and what two hubs append, in the server’s order',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes'])
    const a = await openLog(t, optionsFor(server))
    const b = await openLog(t, optionsFor(server))
    const following = followUntil(a, null, 40)
    for (let i = 0; i < 10; i++)
      await Promise.all([a.append([body(i, 'a')], 'live'), b.append([body(i, 'b')], 'live')])
    const back = Promise.all([untilAway(a, false), untilAway(b, false)])
    await server.stop()
    await server.again()
    await back
    for (let i = 10; i < 20; i++)
      await Promise.all([a.append([body(i, 'a')], 'live'), b.append([body(i, 'b')], 'live')])
    t.same(await following, await b.tail(100))
  },
)

void t.test(
  'a follower whose place has another past behind it is told, not led past it',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const log = await openLog(t, optionsFor(proxy))
    const key = 'if:{room}:journal'
    await log.append([body(1)], 'durable')
    const stop = new AbortController()
    const seen: string[] = []
    const following = errorOf(
      (async () => {
        for await (const lines of log.follow(null, stop.signal))
          seen.push(...lines.map((line) => line.body))
      })(),
    )
    await log.append([body(2)], 'durable')
    await untilTrue(() => seen.length === 2)
    proxy.cut()
    // the stream begins anew, and another hub is there before this one, under a clock that is slow
    await server.ask('DEL', key)
    await server.ask('XADD', key, '5-0', `w${'0'.repeat(16)}.1`, body(0, 'strange'))
    proxy.heal()
    const error = await following
    t.equal(error.code, 'position')
    t.match(error.message, /another past/)
  },
)

void t.test('a reader that trimming overtook is told', needsRedis, async (t) => {
  const server = await startServer(t)
  const log = await openLog(t, optionsFor(server))
  const positions = []
  for (let i = 0; i < 10; i++) positions.push(...(await log.append([body(i)], 'live')))
  const [first = null] = positions
  const fifth = positions[5]
  if (fifth === undefined) throw new Error('ten were appended')
  const after = await log.cutting?.cuttable(fifth)
  if (after == null) throw new Error('it can be cut before its fifth line')
  await log.cutting?.cut({ after, text: 'five lines' })
  t.equal(await lengthOf(server), 5, 'control: the others are gone')
  t.equal((await errorOf(bodiesOf(log.read(first, never)))).code, 'position')
  t.equal((await errorOf(linesOf(log.follow(first, never)))).code, 'position')
  t.equal((await bodiesOf(log.read(fifth, never))).length, 4)
  t.equal((await bodiesOf(log.read(after, never))).length, 5, 'nothing is missing after the cut')
  t.equal((await followUntil(log, after, 5)).length, 5)
  t.same(await log.cutting?.base(), { after, text: 'five lines' })
  await server.ask('XDEL', 'if:{room}:journal', fifth.slice(0, fifth.indexOf('.')))
  t.equal((await errorOf(bodiesOf(log.read(fifth, never)))).code, 'position', 'control')
})

void t.test(
  'a cut that a crash left half done loses nothing, and is ended',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const log = await openLog(t, optionsFor(server))
    const positions = []
    for (let i = 0; i < 10; i++) positions.push(...(await log.append([body(i)], 'live')))
    const after = await log.cutting?.cuttable(positions[5] ?? ('' as never))
    t.equal(after, positions[4])
    // the base was kept, and then the process ended
    await server.ask('SET', 'if:{room}:base', `${after ?? ''}\nfive lines`)
    t.same(await log.cutting?.base(), { after, text: 'five lines' })
    t.equal((await bodiesOf(log.read(after ?? null, never))).length, 5)
    t.equal(await lengthOf(server), 10)
    await log.cutting?.cut({ after: after ?? ('' as never), text: 'five lines' })
    t.equal(await lengthOf(server), 5)
    t.equal((await bodiesOf(log.read(after ?? null, never))).length, 5)
  },
)

void t.test('bytes that are not UTF-8 are an error and not other bytes', needsRedis, async (t) => {
  const server = await startServer(t)
  const log = await openLog(t, optionsFor(server))
  await server.ask(
    'EVAL',
    `return redis.call('XADD', KEYS[1], '*', 'w0000000000000000.1', '\\195\\40')`,
    '1',
    'if:{room}:journal',
  )
  t.equal((await errorOf(bodiesOf(log.read(null, never)))).code, 'corrupt')
  t.equal((await errorOf(log.tail(1))).code, 'corrupt')
})

void t.test('no memory left is told as full, and passes', needsRedis, async (t) => {
  const server = await startServer(t, ['--maxmemory-policy', 'noeviction'])
  const log = await openLog(t, optionsFor(server))
  await log.append([body(1)], 'durable')
  await server.ask('CONFIG', 'SET', 'maxmemory', '1')
  const refused = await errorOf(log.append([body(2)], 'durable'))
  t.equal(refused.code, 'full')
  t.match(refused.message, /maxmemory/)
  t.equal(await lengthOf(server), 1, 'control: it took nothing')
  await server.ask('CONFIG', 'SET', 'maxmemory', '0')
  await log.append([body(3)], 'durable')
  t.same(await bodiesOf(log.read(null, never)), [body(1), body(3)])
})

void t.test('a server that cannot save says so', needsRedis, async (t) => {
  const server = await startServer(t, ['--save', '3600 1'])
  const log = await openLog(t, optionsFor(server))
  await log.append([body(1)], 'durable')
  // a dump cannot be written where a folder has its name
  mkdirSync(`${server.dir}/dump.rdb`)
  await server.ask('BGSAVE')
  await untilTrue(async () =>
    String(await server.ask('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
  )
  const refused = await errorOf(log.append([body(2)], 'durable'))
  t.equal(refused.code, 'io')
  t.match(refused.message, /cannot save/)
  t.equal(await lengthOf(server), 1)
})

void t.test(
  'a server that became a replica is left for the one that takes writes',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const log = await openLog(t, optionsFor(server))
    await log.append([body(1)], 'durable')
    await server.ask('REPLICAOF', '127.0.0.1', '1')
    const refused = await errorOf(log.append([body(2)], 'durable'))
    t.equal(refused.code, 'io')
    t.match(refused.message, /replica/)
    const back = untilAway(log, false)
    await server.ask('REPLICAOF', 'NO', 'ONE')
    await back
    await log.append([body(3)], 'durable')
    t.same(await bodiesOf(log.read(null, never)), [body(1), body(3)])
  },
)

void t.test(
  'where there is no server, opening fails in time and says where',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    await server.stop()
    const began = performance.now()
    const error = await errorOf(openRedisLog({ ...optionsFor(server), openWithinMs: 300 }))
    t.equal(error.code, 'io')
    t.match(error.message, new RegExp(`127\\.0\\.0\\.1:${server.port} refuses connections`))
    t.ok(performance.now() - began < 3000)
  },
)

void t.test('a key that holds something else is told at once', needsRedis, async (t) => {
  const server = await startServer(t)
  await server.ask('SET', 'if:{room}:journal', 'x')
  const error = await errorOf(openRedisLog(optionsFor(server)))
  t.equal(error.code, 'corrupt')
  t.match(error.message, /another name/)
})

void t.test('a log whose server is away can be closed', needsRedis, async (t) => {
  const server = await startServer(t)
  const log = await openRedisLog({ ...optionsFor(server), commandTimeoutMs: 100 })
  await server.freeze()
  const doubtful = errorOf(log.append([body(1)], 'durable'))
  await log.close()
  t.equal((await doubtful).code, 'closed')
})
