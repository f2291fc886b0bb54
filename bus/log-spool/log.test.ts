import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { verifyChains, type StoredLine } from '../../witness/verify.ts'
import { fakeClock } from '../clock.ts'
import { decodeEntry, encodeEntry, encodeEvent, timeOf } from '../entry.ts'
import { body, bodiesOf, logContract } from '../log.contract.ts'
import type { EventLog, Position } from '../log.ts'
import { bodyHash, openRecorder, tipOf } from '../recorder.ts'
import { openSpoolLog, type SpoolLog } from './log.ts'
import { memoryServer, type MemoryServer } from './server.fixture.ts'
import { leftSpool } from './spool.ts'

const never = new AbortController().signal

function newDir(t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'infra-spool-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'spool')
}

async function openAt(dir: string, server: MemoryServer): Promise<SpoolLog> {
  const options = { dir, timeOf }
  return openSpoolLog({ shared: server, hub: 'hub-a', options, left: await leftSpool(options) })
}

async function newLog(t: Test) {
  const server = memoryServer()
  const dir = newDir(t)
  return { server, dir, log: await openAt(dir, server) }
}

/** A hub's chain as its recorder makes it: the next `count` bodies. */
function chain(hub = 'hub-a') {
  let tip = tipOf(hub, [])
  return (count: number) =>
    Array.from({ length: count }, () => {
      const link = { hub, hseq: tip.hseq + 1, hprev: tip.hash }
      const body = encodeEntry(
        link,
        fakeClock().now(),
        encodeEvent({ type: 'HubStopped', reason: `${hub} ${link.hseq}` }),
      )
      tip = { hseq: link.hseq, hash: bodyHash(body) }
      return body
    })
}

/** The log's own verdict of what a server has. */
async function verified(t: Test, server: EventLog, entries: number): Promise<void> {
  async function* lines(): AsyncGenerator<StoredLine> {
    for await (const { position, body } of server.read(null, never))
      yield { position, file: '', offset: 0, body: Buffer.from(body), crc: 'ok' }
  }
  t.match(await verifyChains(lines()), { ok: true, entries })
}

/** Goes alone as a hub does: nobody follows. */
async function leaveAt(log: SpoolLog, server: MemoryServer, after: Position | null) {
  server.cut()
  log.hold()
  await log.leave(after)
}

async function back(log: SpoolLog, server: MemoryServer): Promise<Position | null> {
  server.heal()
  await new Promise<void>((resolve) => {
    const off = log.onServer(() => {
      off()
      resolve()
    })
  })
  await log.pause()
  const end = await log.drain()
  await log.rejoin()
  return end
}

logContract('spool, with its server', async (t) => (await newLog(t)).log)
logContract('spool, alone', async (t) => {
  const { log, server } = await newLog(t)
  await leaveAt(log, server, null)
  server.heal()
  return log
})

void t.test(
  'what is written alone is in the shared log afterwards, in order and once',
  async (t) => {
    const { log, server, dir } = await newLog(t)
    const next = chain()
    const [p] = await log.append(next(1), 'durable')
    await leaveAt(log, server, p ?? null)
    t.ok(log.isAlone())
    const [own] = await log.append(next(3), 'durable')
    t.equal(own, `${p}~1`)
    t.ok(log.isProvisional(own as Position) && !log.isProvisional(p as Position))
    t.equal((await bodiesOf(log.read(p ?? null, never))).length, 3)
    t.equal((await log.tail(10)).length, 3)
    t.notOk(
      await server.tail(10).then((lines) => lines.length > 1),
      'control: the server has none of it',
    )
    t.equal(await back(log, server), '4')
    await log.append(next(1), 'durable')
    await verified(t, server, 5)
    t.notOk(existsSync(dir), 'nothing is left on this machine')
    t.equal(
      (await bodiesOf(log.read(own ?? null, never))).length,
      4,
      'who had read alone reads on, and sees it in its place',
    )
    await log.close()
  },
)

for (const [how, why] of [
  ['lost', 'was not stored'],
  ['stored', 'was stored'],
  ['seen', 'was stored, and had come back'],
] as const)
  void t.test(`what was in doubt when the server went, and ${why}, is there once`, async (t) => {
    const { log, server } = await newLog(t)
    const next = chain()
    const recorded: Position[] = []
    const stop = new AbortController()
    const following = (async () => {
      for await (const lines of log.follow(null, stop.signal))
        recorded.push(...lines.map(({ position }) => position))
    })()
    await log.append(next(1), 'durable')
    server.cutAtNext(how)
    const doubtful = log.append(next(2), 'durable')
    const waiting = log.append(next(1), 'durable')
    while (log.server() === null) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await following
    t.equal(recorded.length, how === 'seen' ? 3 : 1, 'control')
    log.hold()
    await log.leave(recorded.at(-1) ?? null)
    t.same(await doubtful, how === 'seen' ? ['2', '3'] : ['1~1', '1~2'])
    t.same(await waiting, how === 'seen' ? ['3~1'] : ['1~3'])
    await back(log, server)
    await verified(t, server, 4)
    await log.close()
  })

void t.test(
  'a short outage is waited for: nothing is refused and nothing is written alone',
  async (t) => {
    const { log, server, dir } = await newLog(t)
    const next = chain()
    server.cutAtNext('lost')
    const calls = [log.append(next(1), 'durable'), log.append(next(1), 'live')]
    while (log.server() === null) await new Promise((resolve) => setImmediate(resolve))
    calls.push(log.append(next(1), 'durable'))
    t.ok(log.waitsMs() > 0)
    server.heal()
    t.same(await Promise.all(calls), [['1'], ['2'], ['3']])
    t.equal(log.waitsMs(), 0)
    t.notOk(existsSync(dir))
    await verified(t, server, 3)
    await log.close()
  },
)

void t.test(
  'the server goes again while the spool is brought to it: what it has is not brought twice',
  async (t) => {
    const { log, server } = await newLog(t)
    const next = chain()
    const other = chain('hub-b')
    await leaveAt(log, server, null)
    // more than one append takes
    for (let n = 0; n < 10; n++) await log.append(next(100), 'durable')
    server.heal()
    await new Promise((resolve) => setImmediate(resolve))
    server.failAfter(2)
    const failing = t.rejects(log.drain(), { code: 'io' }, 'control: it was cut off in the middle')
    while (log.server() === null) await new Promise((resolve) => setImmediate(resolve))
    server.heal()
    await failing
    while (log.server() !== null) await new Promise((resolve) => setImmediate(resolve))
    const there = await bodiesOf(server.read(null, never))
    await server.append(other(2), 'durable')
    await log.append(next(5), 'durable')
    t.ok(log.isAlone())
    await log.drain()
    await log.append(next(1), 'durable')
    await log.pause()
    const late = log.append(next(1), 'durable')
    await log.drain()
    await log.rejoin()
    t.match(await late, [/^\d+$/], 'what came at the last moment went to the server')
    await verified(t, server, 1009)
    t.ok(there.length > 0 && there.length < 1000, `control: ${there.length} were there`)
    await log.close()
  },
)

void t.test('a spool outlives its process, and is brought to the log exactly once', async (t) => {
  const server = memoryServer()
  const dir = newDir(t)
  // the server outlives who uses it
  const log = await openAt(dir, { ...server, close: () => Promise.resolve() })
  const next = chain()
  await leaveAt(log, server, null)
  await log.append(next(300), 'durable')
  server.heal()
  await new Promise((resolve) => setImmediate(resolve))
  await log.drain()
  await log.append(next(10), 'durable')
  await log.close() // frees the lock, as the end of its process does
  const again = await openAt(dir, server)
  t.ok(again.isAlone(), 'control: the spool is still there')
  t.equal((await again.tail(1)).map((one) => decodeEntry(one).hseq)[0], 310)
  await again.pause()
  await again.drain()
  await again.rejoin()
  await verified(t, server, 310)
  t.equal(await leftSpool({ dir, timeOf }), null)
  await again.close()
})

void t.test(
  'where another process went on under the hub’s name the spool is kept, and the log not mixed up',
  async (t) => {
    const { log, server, dir } = await newLog(t)
    const next = chain()
    const [first = ''] = next(1)
    await log.append([first], 'durable')
    await leaveAt(log, server, '1' as Position)
    await log.append(next(3), 'durable')
    server.heal()
    await new Promise((resolve) => setImmediate(resolve))
    const strange = encodeEntry(
      { hub: 'hub-a', hseq: 2, hprev: bodyHash(first) },
      fakeClock().now(),
      encodeEvent({ type: 'HubStopped', reason: 'another' }),
    )
    await server.append([strange], 'durable')
    await t.rejects(log.drain(), { code: 'corrupt', message: /another process/ })
    t.equal((await bodiesOf(server.read(null, never))).length, 2)
    t.ok(existsSync(dir))
    await log.close()
  },
)

void t.test(
  'the server comes back while its user is leaving: what was answered, and what comes, is in the spool, and there once',
  async (t) => {
    const { log, server } = await newLog(t)
    const next = chain()
    server.cutAtNext('stored')
    const doubtful = log.append(next(1), 'durable')
    while (log.server() === null) await new Promise((resolve) => setImmediate(resolve))
    log.hold()
    server.heal()
    while (log.server() !== null) await new Promise((resolve) => setImmediate(resolve))
    const late = log.append(next(1), 'durable')
    await new Promise((resolve) => setImmediate(resolve))
    t.equal((await server.tail(10)).length, 1, 'control: the first was stored and answered')
    await log.leave(null)
    t.same(await Promise.all([doubtful, late]), [['~1'], ['~2']])
    await log.pause()
    await log.drain()
    await log.rejoin()
    await verified(t, server, 2)
    await log.close()
  },
)

void t.test(
  'a disk that cannot take the spool: what waits is refused until the server is back',
  async (t) => {
    const server = memoryServer()
    const dir = newDir(t)
    writeFileSync(dir, 'a file where the folder should be')
    const log = await openAt(dir, server)
    const next = chain()
    server.cut()
    const waiting = log.append(next(1), 'durable')
    const told = t.rejects(waiting, { code: 'io', message: /cannot be written/ })
    log.hold()
    await t.rejects(log.leave(null), { code: 'io' })
    await told
    await t.rejects(log.append(next(1), 'durable'), { code: 'io' })
    server.heal()
    await new Promise((resolve) => setImmediate(resolve))
    t.same(await log.append(chain()(1), 'durable'), ['1'])
    await log.close()
  },
)

void t.test(
  'positions sort as a hub meets them: what it wrote alone, then the rest of the shared log',
  async (t) => {
    const { log } = await newLog(t)
    const order = ['~1', '~2', '1', '1~1', '1~10', '2', '2~1'] as Position[]
    t.same(
      order.toSorted((a, b) => log.compare(a, b)),
      order,
    )
    t.same(
      order.toReversed().toSorted((a, b) => log.compare(a, b)),
      order,
    )
    await log.close()
  },
)

void t.test('a recorder notices nothing: its chain goes on through an outage', async (t) => {
  const { log, server } = await newLog(t)
  const recorder = openRecorder(log, fakeClock(), 'hub-a', tipOf('hub-a', []))
  const seen: string[] = []
  recorder.onCommit((batch) => seen.push(...batch.map(({ position }) => position)))
  const record = (reason: string) => recorder.record([{ type: 'HubStopped', reason }], 'durable')
  let stop = new AbortController()
  let following = recorder.follow(null, stop.signal)
  await record('joined')
  server.cut()
  const waiting = record('waits')
  stop.abort()
  await following
  const first = recorder.recordFirst([{ type: 'HubStopped', reason: 'first' }])
  log.hold()
  await log.leave('1' as Position)
  stop = new AbortController()
  following = recorder.follow('1' as Position, stop.signal)
  t.match(await Promise.all([waiting, first]), [[{ position: '1~1' }], [{ position: '1~2' }]])
  server.heal()
  await new Promise((resolve) => setImmediate(resolve))
  await log.pause()
  const late = record('late')
  stop.abort()
  await following
  const end = await log.drain()
  await log.rejoin()
  stop = new AbortController()
  following = recorder.follow(end, stop.signal)
  t.match(await late, [{ position: '4', hseq: 4 }])
  t.same(seen, ['1', '1~1', '1~2', '4'])
  stop.abort()
  await following
  await verified(t, server, 4)
  await log.close()
})

void t.test(
  'a body is found by what it holds, and by when it was stamped, across the two places',
  async (t) => {
    const { log, server } = await newLog(t)
    await log.append([body(1, 'old')], 'durable')
    await leaveAt(log, server, '1' as Position)
    await log.append([body(2, 'new')], 'durable')
    t.equal((await log.find('new', '1' as Position, never))?.position, '1~1')
    await t.rejects(log.find('old', null, never), { code: 'io' }, 'the rest is with the server')
    t.equal(await log.before(3), '1~1')
    await t.rejects(bodiesOf(log.read(null, never)), { code: 'io' })
    server.heal()
    await new Promise((resolve) => setImmediate(resolve))
    t.equal((await log.find('old', null, never))?.position, '1')
    t.equal((await log.find('new', null, never))?.position, '1~1')
    t.equal((await bodiesOf(log.read(null, never))).length, 2)
    t.equal(await log.before(2), '1')
    await log.close()
  },
)
