import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bodiesOf, body, errorOf, followUntil } from '../log.contract.ts'
import { type EventLog } from '../log.ts'
import { openFileLog } from './log.ts'
import { diskError, type GatedDisk, gatedDisk, newFolder, timeOf } from './try.fixture.ts'

const never = new AbortController().signal

async function gatedLog(t: Test, segmentBytes = 1 << 24) {
  const dir = newFolder(t)
  const disk = gatedDisk()
  const log = await openFileLog(dir, { timeOf, disk, segmentBytes })
  return { dir, disk, log, file: join(dir, '000000000000000001.log') }
}

/** Notes the order in which promises end. */
function ends() {
  const order: string[] = []
  const note = <T>(name: string, promise: Promise<T>) =>
    promise.then(
      (value) => {
        order.push(name)
        return value
      },
      (error: unknown) => {
        order.push(`${name} failed`)
        throw error
      },
    )
  return { order, note }
}

/** Every promise and tick that is ready has run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

async function headOf(log: EventLog) {
  return (await log.head()) ?? 'none'
}

void t.test(
  'a durable line resolves after its fdatasync, a live one after its write',
  async (t) => {
    const { disk, log, file } = await gatedLog(t)
    const { order, note } = ends()
    disk.hold('fdatasync')
    const durable = note('durable', log.append([body(1)], 'durable'))
    await disk.arrived('fdatasync')
    t.same(disk.calls, ['write', 'fdatasync'])
    t.same(order, [], 'written, and still waiting')
    t.equal(await headOf(log), 'none', 'nobody sees it yet')
    await disk.let('fdatasync')
    await durable
    t.equal(await headOf(log), '1')

    await log.append([body(2)], 'live')
    t.same(disk.calls, ['write', 'fdatasync', 'write'], 'no fdatasync before it resolved')
    t.match(readFileSync(file, 'utf8'), body(2))
    disk.release('fdatasync')
    await log.close()
    t.same(disk.calls, ['write', 'fdatasync', 'write', 'fdatasync'], 'closing makes it durable')
  },
)

void t.test('what waits during a sync is the next commit, in one write', async (t) => {
  const { disk, log } = await gatedLog(t)
  disk.hold('fdatasync')
  const first = log.append([body(1)], 'durable')
  await disk.let('fdatasync') // it has begun; the next one waits at the gate
  await first
  const second = log.append([body(2)], 'durable')
  await settled()
  const rest = Array.from({ length: 100 }, (_, i) => log.append([body(3 + i)], 'durable'))
  await disk.let('fdatasync')
  await second
  await disk.let('fdatasync')
  await Promise.all(rest)
  t.same(disk.calls, ['write', 'fdatasync', 'write', 'fdatasync', 'write', 'fdatasync'])
  disk.release('fdatasync')
  await log.close()
})

void t.test('a commit takes at most 4,096 lines', async (t) => {
  const { disk, log } = await gatedLog(t)
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => log.append([body(i)], 'durable')))
  t.equal(disk.calls.filter((call) => call === 'fdatasync').length, 3)
  await log.close()
})

void t.test(
  'a live line does not wait for a sync under way, and takes along what is before it',
  async (t) => {
    const { disk, log } = await gatedLog(t)
    const { order, note } = ends()
    disk.hold('fdatasync')
    const calls = [note('durable 1', log.append([body(1)], 'durable'))]
    await settled()
    calls.push(note('durable 2', log.append([body(2)], 'durable')))
    const live = note('live 3', log.append([body(3)], 'live'))
    calls.push(live, note('durable 4', log.append([body(4)], 'durable')))
    await live
    t.same(order, ['live 3'])
    t.same(disk.calls, ['write', 'fdatasync', 'write'], 'lines 2 and 3 in one write; 4 waits')
    t.equal(await headOf(log), 'none', 'nobody sees a line before one that is not durable yet')
    await disk.let('fdatasync')
    await calls[0]
    t.equal(await headOf(log), '1')
    await disk.let('fdatasync')
    await Promise.all(calls)
    t.same(order, ['live 3', 'durable 1', 'durable 2', 'durable 4'])
    t.same(
      await bodiesOf(log.read(null, never)),
      [1, 2, 3, 4].map((at) => body(at)),
    )
    disk.release('fdatasync')
    await log.close()
  },
)

void t.test('a live line before a durable one is seen without waiting for it', async (t) => {
  const { disk, log } = await gatedLog(t)
  disk.hold('fdatasync')
  const live = log.append([body(1, 'ü')], 'live')
  const durable = log.append([body(2)], 'durable')
  await live
  t.equal(await headOf(log), '1')
  t.same(await bodiesOf(log.read(null, never)), [body(1, 'ü')])
  t.same(await bodiesOf(log.read((await live)[0] ?? null, never)), [])
  disk.release('fdatasync')
  await durable
  t.equal(await headOf(log), '2')
  await log.close()
})

void t.test('live lines are synced within 50 ms without anybody asking', async (t) => {
  const { disk, log } = await gatedLog(t)
  disk.hold('fdatasync')
  const began = performance.now()
  await log.append([body(1)], 'live')
  // keeps the event loop alive, as the hub's servers do: the log's own timer does not
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  await disk.let('fdatasync')
  const waited = performance.now() - began
  t.ok(
    waited < 1000,
    `after ${waited.toFixed(0)} ms; the rest is for a machine that is busy with other tests`,
  )
  t.same(disk.calls, ['write', 'fdatasync'])
  disk.release('fdatasync')
  await log.close()
})

void t.test(
  'a full disk fails every call made until then, leaves no trace, and the log goes on',
  async (t) => {
    const { disk, log, file } = await gatedLog(t)
    await log.append([body(1)], 'durable')
    const size = statSync(file).size
    disk.hold('write')
    disk.hold('truncate')
    const { order, note } = ends()
    const failing = [log.append([body(2)], 'durable')]
    await settled()
    failing.push(log.append([body(3)], 'live'), log.append([body(4)], 'durable'))
    const errors = failing.map((call, i) => errorOf(note(`call ${i}`, call)))
    await disk.let('write', diskError('ENOSPC'))
    await settled()
    errors.push(errorOf(note('call 3', log.append([body(5)], 'durable'))))
    t.same(order, [], 'nobody is told before the half-written line is gone')
    await disk.let('truncate')
    for (const error of await Promise.all(errors)) {
      t.equal(error.code, 'full')
      t.match(error.message, 'free space')
    }
    t.same(
      order,
      [0, 1, 2, 3].map((i) => `call ${i} failed`),
      'in the order of the calls',
    )
    t.equal(statSync(file).size, size)
    disk.release('write')
    t.same(await log.append([body(6)], 'durable'), ['2'], 'no number is lost')
    t.same(await bodiesOf(log.read(null, never)), [body(1), body(6)])
    await log.close()
  },
)

void t.test('calls written before the one that failed are told first, and succeed', async (t) => {
  const { disk, log } = await gatedLog(t)
  const { order, note } = ends()
  disk.hold('fdatasync')
  const first = note('first', log.append([body(1)], 'durable'))
  await disk.arrived('fdatasync')
  disk.hold('write')
  const second = errorOf(note('second', log.append([body(2)], 'live')))
  await disk.let('write', diskError('EIO'))
  await settled()
  t.same(order, [], 'the failure waits for the sync of what is before it')
  disk.release('fdatasync')
  t.equal((await second).code, 'io')
  await first
  t.same(order, ['first', 'second failed'])
  disk.release('write')
  t.same(await log.append([body(3)], 'durable'), ['2'])
  await log.close()
})

void t.test('a write that takes only some bytes is gone on with', async (t) => {
  const dir = newFolder(t)
  const disk = gatedDisk()
  const few = { ...disk, write: shortWrites(disk) }
  const log = await openFileLog(dir, { timeOf, disk: few })
  const bodies = Array.from({ length: 20 }, (_, i) => body(i, 'ü'))
  await log.append(bodies, 'durable')
  t.ok(disk.calls.length > 50, 'control: many writes')
  t.same(await bodiesOf(log.read(null, never)), bodies)
  await log.close()
})

function shortWrites(disk: GatedDisk): GatedDisk['write'] {
  return (fd, bytes, from, position) =>
    disk.write(fd, bytes.subarray(0, Math.min(bytes.length, from + 7)), from, position)
}

void t.test(
  'after a failed fdatasync nothing more is accepted until it is opened again',
  async (t) => {
    const { dir, disk, log } = await gatedLog(t)
    await log.append([body(1)], 'durable')
    disk.hold('fdatasync')
    const { order, note } = ends()
    const failing = [errorOf(note('call 0', log.append([body(2)], 'durable')))]
    await settled()
    failing.push(errorOf(note('call 1', log.append([body(3)], 'durable'))))
    await disk.let('fdatasync', diskError('EIO'))
    for (const error of await Promise.all(failing)) t.equal(error.code, 'io')
    t.same(order, ['call 0 failed', 'call 1 failed'])
    disk.release('fdatasync')
    for (const durability of ['durable', 'live'] as const)
      t.equal((await errorOf(log.append([body(4)], durability))).code, 'io')
    t.equal(await headOf(log), '1', 'nobody sees what may be lost')
    t.same(await bodiesOf(log.read(null, never)), [body(1)])
    t.equal((await errorOf(log.close())).code, 'io', 'not everything is durable')
    const again = await openFileLog(dir, { timeOf })
    t.match(await again.append([body(5)], 'durable'), [/^[23]$/], 'the lock was given back')
    await again.close()
  },
)

void t.test('a half-written line that cannot be removed is fatal', async (t) => {
  const { disk, log } = await gatedLog(t)
  disk.hold('write')
  disk.hold('truncate')
  const failing = errorOf(log.append([body(1)], 'durable'))
  await disk.let('write', diskError('ENOSPC'))
  await disk.let('truncate', diskError('EIO'))
  t.equal((await failing).code, 'io')
  disk.release('write')
  t.equal((await errorOf(log.append([body(2)], 'durable'))).code, 'io')
  t.equal((await errorOf(log.close())).code, 'io')
})

void t.test(
  'an old file is synced before a new one begins, and followers cross over',
  async (t) => {
    const { dir, disk, log, file } = await gatedLog(t, 100)
    await log.append([body(1, 'x'.repeat(100))], 'live')
    t.same(disk.calls, ['write'])
    const stored = followUntil(log, null, 20)
    for (let i = 2; i <= 20; i++) await log.append([body(i)], 'live')
    t.same(
      disk.calls.slice(0, 4),
      ['write', 'fdatasync', 'fdatasync', 'write'],
      'old, new, then on',
    )
    t.same(
      (await stored).map(({ position }) => Number(position)),
      Array.from({ length: 20 }, (_, i) => i + 1),
    )
    t.ok(statSync(file).size > 100)
    t.ok(statSync(join(dir, '000000000000000002.log')).size >= 100)
    await log.close()
  },
)

void t.test(
  'a follower that is far behind reads from the files and still misses nothing',
  async (t) => {
    const { log } = await gatedLog(t, 200_000)
    const stop = new AbortController()
    const numbers: number[] = []
    const total = 30_000
    const write = async () => {
      for (let i = 0; i < total; i += 1000)
        await log.append(
          Array.from({ length: 1000 }, (_, j) => body(i + j)),
          'live',
        )
    }
    await log.append([body(-1)], 'live')
    let writing: Promise<void> | null = null
    for await (const batch of log.follow(null, stop.signal)) {
      numbers.push(...batch.map(({ body }) => timeOf(body)))
      // all the rest is written while the follower holds its first line
      writing ??= write()
      await writing
      if (numbers.length === total + 1) stop.abort()
    }
    t.same(
      numbers.slice(1),
      Array.from({ length: total }, (_, i) => i),
    )
    await log.close()
  },
)
