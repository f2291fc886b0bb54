import t from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { Position } from '../../bus/log.ts'
import { openRecorder, tipOf } from '../../bus/recorder.ts'
import { openLive } from './live.ts'

function room() {
  const log = openMemoryLog()
  const recorder = openRecorder(log, fakeClock(), 'hub-a', tipOf('hub-a', []))
  let reads = 0
  const live = openLive({
    ...log,
    read(after, signal) {
      reads++
      return log.read(after, signal)
    },
  })
  recorder.onCommit(live.apply)
  let count = 0
  const record = (size: number) =>
    recorder.record(
      Array.from({ length: size }, () => ({ type: 'HubStopped', reason: `${++count}` }) as const),
      'durable',
    )
  const all = async () => (await log.tail(1_000_000)).map(({ position }) => position)
  return { live, record, all, reads: () => reads }
}

void t.test('history and what comes are one row, without a gap and without a double', async (t) => {
  const { live, record, all } = room()
  await record(3)
  const seen: string[] = []
  const end = new AbortController()
  for await (const { position } of live.entries(null, end.signal)) {
    seen.push(position)
    // while history is being read, and then at its end
    if (seen.length === 1 || seen.length === 5) await record(2)
    if (seen.length === 7) end.abort()
  }
  t.strictSame(seen, await all())
})

void t.test('a reader that falls behind goes back to the log and skips nothing', async (t) => {
  const { live, record, all, reads } = room()
  await record(1)
  const seen: string[] = []
  const end = new AbortController()
  for await (const { position } of live.entries(null, end.signal)) {
    seen.push(position)
    // it holds still while far more than it may have unread is committed
    if (seen.length === 1) for (let i = 0; i < 10; i++) await record(1000)
    if (seen.length === 10_001) await record(5000)
    if (seen.length === 15_001) end.abort()
  }
  const positions = await all()
  t.equal(positions.length, 15_001)
  t.equal(seen.join(), positions.join())
  t.ok(reads() > 1, 'control: it did fall behind')
})

void t.test('a reader can begin anywhere, or now', async (t) => {
  const { live, record } = room()
  await record(5)
  const first = async (after: Position | null | 'now') => {
    const end = new AbortController()
    const entries = live.entries(after, end.signal)[Symbol.asyncIterator]()
    const next = entries.next()
    if (after === 'now') {
      await new Promise((resolve) => setImmediate(resolve)) // it has looked where now is
      await record(1)
    }
    const { value } = await next
    end.abort()
    await entries.next()
    return value?.position
  }
  t.equal(await first('3' as Position), '4')
  t.equal(await first('now'), '6')
  await t.rejects(first('99' as Position), { code: 'position' })
})

void t.test('a reader who leaves while nothing comes is let go', async (t) => {
  const { live } = room()
  const end = new AbortController()
  const next = live.entries(null, end.signal)[Symbol.asyncIterator]().next()
  await new Promise((resolve) => setImmediate(resolve))
  end.abort()
  t.match(await next, { done: true })
})
