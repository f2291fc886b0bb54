import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { verifyChains, type StoredLine } from '../witness/verify.ts'
import { fakeClock } from './clock.ts'
import { firstPrevious, type Recorded } from './entry.ts'
import { openMemoryLog } from './log-memory/log.ts'
import { type Durability, type EventLog, LogError, type Position } from './log.ts'
import { openRecorder, tipOf } from './recorder.ts'

const start = tipOf('hub-a', [])
const event = (reason: string): BusEvent => ({ type: 'HubStopped', reason })
const reasonOf = ({ event }: Recorded) => (event.type === 'HubStopped' ? event.reason : event.type)
const full = () => new LogError('full', 'no space left: free space and go on')
/** Everything that follows from what has already happened has happened. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

async function* linesOf(bodies: readonly string[]): AsyncGenerator<StoredLine> {
  for (const [i, body] of bodies.entries())
    yield {
      position: String(i + 1),
      file: 'memory',
      offset: i,
      body: Buffer.from(body),
      crc: 'ok',
    }
}

async function bodiesOf(log: EventLog): Promise<string[]> {
  return (await log.tail(1_000_000)).map(({ body }) => body)
}

interface Append {
  readonly bodies: readonly string[]
  readonly durability: Durability
  /** The log answers: stored, or this error. */
  end(error?: Error): void
}

/** A log whose appends end when the test says so; `stored` is what is kept of them, in the order of the calls. */
function gatedLog() {
  const appends: Append[] = []
  const kept: (readonly string[])[] = []
  const log: EventLog = {
    ...openMemoryLog(),
    append: (bodies, durability) =>
      new Promise((resolve, reject) => {
        const first = kept.flat().length + 1
        const mine = kept.push(bodies) - 1
        const positions = bodies.map((_, i) => String(first + i) as Position)
        const end = (error?: Error) => {
          if (error === undefined) return resolve(positions)
          kept[mine] = []
          reject(error)
        }
        appends.push({ bodies, durability, end })
      }),
  }
  const end = (which: number, error?: Error) => appends[which]?.end(error)
  return { log, appends, end, stored: () => kept.flat() }
}

void t.test('every entry follows the one before it, also after a restart', async (t) => {
  const log = openMemoryLog()
  const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
  await Promise.all([recorder.record([event('a'), event('b')], 'durable')])
  await recorder.record([event('c')], 'live')
  const again = openRecorder(
    log,
    fakeClock(),
    'hub-a',
    tipOf('hub-a', (await bodiesOf(log)).toReversed()),
  )
  const [d] = await again.record([event('d')], 'lazy')
  t.match(d, { position: '4', hseq: 4, hub: 'hub-a' })
  t.strictSame(await verifyChains(linesOf(await bodiesOf(log))), {
    ok: true,
    entries: 4,
    gaps: [],
    alone: [],
    hubs: [{ hub: 'hub-a', entries: 4, head: again.chain().head }],
  })
})

void t.test('what comes while the disk is busy is the next commit, all of it', async (t) => {
  const { log, appends, end } = gatedLog()
  const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
  const a = recorder.record([event('a')], 'durable')
  const others = ['b', 'c', 'd'].map((reason) => recorder.record([event(reason)], 'durable'))
  t.equal(appends.length, 1, 'the others wait')
  end(0)
  await a
  t.equal(appends.length, 2, 'one append for all that waited')
  t.equal(appends[1]?.bodies.length, 3)
  end(1)
  t.strictSame(
    (await Promise.all(others)).map(([one]) => [one?.position, one?.hseq]),
    [
      ['2', 2],
      ['3', 3],
      ['4', 4],
    ],
    'each is told of its own entry',
  )
})

void t.test(
  'a live press acts before a durable one is on the disk, and is seen after it',
  async (t) => {
    const { log, appends, end, stored } = gatedLog()
    const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
    const told: string[] = []
    recorder.onCommit((batch) => told.push(...batch.map((one) => `seen ${reasonOf(one)}`)))
    const kept = (reason: string) => () => void told.push(`kept ${reason}`)
    const durable = recorder.record([event('durable')], 'durable', kept('durable'))
    const live = recorder.record([event('live')], 'live', kept('live'))
    t.strictSame(
      appends.map(({ durability }) => durability),
      ['durable', 'live'],
      'it starts an append beside the one under way',
    )
    end(1)
    await settled()
    t.strictSame(told, ['kept live'], 'it may act, and nobody has seen it yet')
    t.equal(recorder.chain().hseq, 0)
    end(0)
    await Promise.all([durable, live])
    t.strictSame(told, ['kept live', 'kept durable', 'seen durable', 'seen live'])
    t.match(await verifyChains(linesOf(stored())), { ok: true, entries: 2 })
  },
)

void t.test(
  'a lazy entry waits for the commit under way, and goes along with the next',
  async (t) => {
    const { log, appends, end } = gatedLog()
    const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
    const all = [recorder.record([event('a')], 'durable'), recorder.record([event('b')], 'lazy')]
    t.equal(appends.length, 1, 'nothing is started beside the first')
    all.push(recorder.record([event('c')], 'live'))
    t.equal(appends.length, 2, 'control: a live one does start one, and takes along what waits')
    t.equal(appends[1]?.bodies.length, 2)
    end(0)
    end(1)
    await Promise.all(all)
  },
)

void t.test(
  'a full disk is told to everybody who waits, and the chain goes on whole',
  async (t) => {
    const { log, appends, end, stored } = gatedLog()
    const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
    const first = recorder.record([event('kept')], 'durable')
    end(0)
    await first
    const a = recorder.record([event('a')], 'durable')
    const b = recorder.record([event('b'), event('b2')], 'live')
    const waiting = recorder.record([event('c')], 'durable')
    t.equal(appends.length, 3)
    end(1, full())
    await t.rejects(a, { code: 'full' })
    t.match(recorder.trouble(), { code: 'full' })
    t.equal(appends.length, 3, 'nothing new is chained to what was not stored')
    end(2, full())
    await t.rejects(b, { code: 'full' })
    t.equal(appends.length, 4, 'then what waited is tried afresh')
    end(3)
    t.match(await waiting, [{ position: '2', hseq: 2 }])
    t.equal(recorder.trouble(), null, 'space is back')
    t.match(await verifyChains(linesOf(stored())), { ok: true, entries: 2 })
  },
)

void t.test(
  'a sync that fails is told to those who already acted, and nobody waits for ever',
  async (t) => {
    const { log, end } = gatedLog()
    const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
    const seen: string[] = []
    recorder.onCommit((batch) => seen.push(...batch.map(reasonOf)))
    const durable = recorder.record([event('durable')], 'durable')
    let acted = false
    const live = recorder.record([event('live')], 'live', () => (acted = true))
    end(1)
    await settled()
    t.ok(acted, 'control: the live one was written, and acted upon')
    const refused = recorder.record([event('later')], 'durable')
    const lost = new LogError('io', 'the disk failed to keep the log')
    end(0, lost)
    await t.rejects(durable, lost)
    await t.rejects(live, lost, 'it stands behind what is lost')
    end(2, lost)
    await t.rejects(refused, lost)
    await recorder.idle()
    t.strictSame(seen, [])
    t.equal(recorder.trouble(), lost)
  },
)

void t.test(
  'while the log is away a press is refused at once, and what was in doubt ends as it is',
  async (t) => {
    const gated = gatedLog()
    let tell: (away: LogError | null) => void = () => {}
    const onAway = (listener: typeof tell) => {
      tell = listener
      return () => {}
    }
    const recorder = openRecorder({ ...gated.log, onAway }, fakeClock(), 'hub-a', start)
    const doubtful = recorder.record([event('doubtful')], 'durable')
    const waiting = recorder.record([event('waiting')], 'durable')
    const gone = new LogError('io', 'the server is away')
    tell(gone)
    await t.rejects(waiting, gone, 'it must not be acted on minutes later')
    await t.rejects(recorder.record([event('pressed')], 'live'), gone)
    t.equal(recorder.trouble(), gone)
    t.equal(gated.appends.length, 1, 'control: only the first had been asked for')
    gated.end(0)
    t.match(await doubtful, [{ hseq: 1 }], 'it was stored')
    tell(null)
    t.equal(recorder.trouble(), null)
    const next = recorder.record([event('next')], 'durable')
    gated.end(1)
    t.match(await next, [{ hseq: 2 }])
    t.match(await verifyChains(linesOf(gated.stored())), { ok: true, entries: 2 })
  },
)

void t.test('an event that JSON cannot say fails alone', async (t) => {
  const log = openMemoryLog()
  const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
  const [before, bad, after] = await Promise.allSettled([
    recorder.record([event('before')], 'durable'),
    recorder.record([event('fine'), event('\ud800')], 'durable'),
    recorder.record([event('after')], 'durable'),
  ])
  t.match(bad, { status: 'rejected', reason: { name: 'TypeError' } })
  t.match([before, after], [{ value: [{ hseq: 1 }] }, { value: [{ hseq: 2 }] }])
  t.equal(recorder.trouble(), null, 'the log is not to blame')
})

void t.test('50,000 at once are one chain, in the order in which they came', async (t) => {
  const log = openMemoryLog()
  let appends = 0
  const counting: EventLog = {
    ...log,
    append(bodies, durability) {
      appends++
      t.ok(bodies.length <= 4096, 'a burst does not hold up the event loop')
      return log.append(bodies, durability)
    },
  }
  const recorder = openRecorder(counting, fakeClock(), 'hub-a', start)
  const seen: string[] = []
  recorder.onCommit((batch) => seen.push(...batch.map(reasonOf)))
  const wanted = Array.from({ length: 50_000 }, (_, i) => String(i))
  const all = await Promise.all(wanted.map((reason) => recorder.record([event(reason)], 'durable')))
  t.ok(all.every(([one], i) => one?.position === String(i + 1) && one.hseq === i + 1))
  t.equal(seen.join(), wanted.join())
  t.ok(appends < 20, `${appends} appends`)
  t.match(await verifyChains(linesOf(await bodiesOf(log))), { ok: true, entries: 50_000 })
})

void t.test('idle waits for what is under way and no longer, however it ends', async (t) => {
  const { log, end } = gatedLog()
  const recorder = openRecorder(log, fakeClock(), 'hub-a', start)
  await recorder.idle()
  const told: string[] = []
  const a = recorder.record([event('a')], 'durable').catch(() => told.push('a failed'))
  const b = recorder.record([event('b')], 'durable').then(() => told.push('b recorded'))
  const idle = recorder.idle().then(() => told.push('idle'))
  end(0, full())
  await a
  end(1)
  await Promise.all([b, idle])
  t.strictSame(told, ['a failed', 'b recorded', 'idle'])
})

void t.test(
  'a first entry is chained to nothing, and another hub’s entries are not its own',
  (t) => {
    t.strictSame(start, { hseq: 0, hash: firstPrevious })
    const body = '{"at":1,"event":{"type":"x"},"hprev":"","hseq":7,"hub":"hub-b"}'
    t.equal(tipOf('hub-b', [body]).hseq, 7)
    t.strictSame(tipOf('hub-a', [body]), start)
    t.end()
  },
)

void t.test(
  'in a shared log an entry counts as recorded when it comes back, before what stands behind it and though the answer is late',
  async (t) => {
    const shared = openMemoryLog(undefined, true)
    let answer = () => {}
    const late: EventLog = {
      ...shared,
      async append(bodies, durability) {
        const positions = await shared.append(bodies, durability)
        await new Promise<void>((resolve) => (answer = resolve))
        return positions
      },
    }
    const [a, b] = [
      openRecorder(late, fakeClock(), 'hub-a', start),
      openRecorder(shared, fakeClock(), 'hub-b', tipOf('hub-b', [])),
    ]
    const over = new AbortController()
    const following = Promise.all([a.follow(null, over.signal), b.follow(null, over.signal)])
    const told: string[] = []
    a.onCommit((batch) => void told.push(...batch.map((entry) => `saw ${reasonOf(entry)}`)))
    const mine = a.record([event('mine')], 'durable', () => told.push('kept mine'))
    await settled()
    await b.record([event('other')], 'durable')
    await settled()
    t.strictSame(told, ['saw mine', 'kept mine', 'saw other'])
    t.match(await mine, [{ position: '1', hseq: 1 }], 'control: the log has not answered yet')
    answer()
    await a.idle()
    over.abort()
    await following
  },
)
