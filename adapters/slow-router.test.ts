import t from 'tap'
import { openLocalLane } from '../bus/lane-local/lane.ts'
import { lostSight, type Job, type JobResult, type SlowLane } from '../bus/lane.ts'
import { fakeClock } from '../bus/clock.ts'
import { endOf } from '../intents/end.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Delivery, DeviceSubmission } from './delivery.ts'
import { openSlowRouter, type SlowPolicy } from './slow-router.ts'

const device = 'mail' as DeviceId
const policy: SlowPolicy = {
  attempts: 3,
  backoffMs: 1000,
  backoffCapMs: 10_000,
  timeoutMs: 30_000,
  fireDeadlineMs: 600_000,
  setDeadlineMs: 600_000,
  concurrency: 1,
  rate: null,
}
const busy = failed('unreachable', 'too busy (429)')
const maybe: Failure = { code: 'timeout', reached: 'maybe', detail: 'no answer' }

interface RoomOptions {
  readonly policy?: Partial<SlowPolicy>
  readonly open?: readonly Delivery[]
  readonly started?: readonly Instant[]
  /** What the lane knows of an attempt that an earlier process handed in. */
  readonly known?: JobResult | null
}

/** A service whose answers the test gives: `begun` is what was handed over, `end` its answer. */
function room(options: RoomOptions = {}) {
  const clock = fakeClock()
  const recorded: BusEvent[] = []
  const begun: string[] = []
  const jobs: Job[] = []
  const ends: ((result: JobResult) => void)[] = []
  const forgotten: string[] = []
  const local = openLocalLane((job) => {
    begun.push(word(job.wish))
    jobs.push(job)
    return new Promise((resolve) => ends.push(resolve))
  })
  const lane: SlowLane = {
    ...local,
    resume: () => Promise.resolve(options.known ?? null),
    forget: ({ attempt }) => forgotten.push(`${recorded.at(-1)?.type} ${attempt}`),
  }
  const router = openSlowRouter(
    {
      device,
      protocol: 'http',
      options: { token: '${env:TOKEN}' },
      policy: { ...policy, ...options.policy },
      reported: new Map(),
      open: options.open ?? [],
      started: options.started ?? [],
    },
    {
      clock,
      random: () => 0.5,
      token: () => undefined,
      isSure: () => true,
      bars: () => null,
      lane,
      record(events, _urgency, kept) {
        recorded.push(...events)
        return Promise.resolve().then(() => kept?.())
      },
    },
  )
  /** As the hub does it: claim, record with the acceptance, then keep. */
  async function ask(intent: DeviceIntent, expiresAt: Instant | null = null): Promise<IntentId> {
    const submission = submit(intent, clock.now(), expiresAt)
    const claim = router.claim(submission, 'durable')
    recorded.push({ type: 'IntentAccepted', submission }, ...claim.events)
    claim.kept()
    await settle()
    return submission.id
  }
  async function end(
    nth: number,
    result: JobResult | Failure = { type: 'delivered', ack: 'confirmed' },
  ) {
    ends[nth]?.('type' in result ? result : { type: 'failed', failure: result })
    await settle()
  }
  async function advance(ms: number) {
    clock.advance(ms)
    await settle()
  }
  const outcome = (id: IntentId) =>
    recorded.flatMap((e) => endOf(e) ?? []).flatMap((e) => (e.intent === id ? [e.outcome] : []))
  return { clock, recorded, begun, jobs, forgotten, router, ask, end, advance, outcome }
}

function submit(
  intent: DeviceIntent,
  at: Instant,
  expiresAt: Instant | null = null,
): DeviceSubmission {
  const id = newId(at)
  const actor = { type: 'api', id: 'a' } as const
  return { id, intent, actor, source: 's', trace: id, at, expiresAt, cause: null }
}

const fire = (action: string): DeviceIntent => ({ verb: 'fire', device, action, args: [] })
const set = (path: string, value: Json): DeviceIntent => ({ verb: 'set', device, path, value })
const word = (wish: DeviceIntent | null) =>
  wish === null ? 'test' : wish.verb === 'fire' ? wish.action : `${wish.path}=${String(wish.value)}`
/** Lets promises settle: a bounded number of turns of the microtask queue. */
const settle = async () => {
  for (let i = 0; i < 100; i++) await Promise.resolve()
}

t.test(
  'an attempt is recorded, then handed over; its end is recorded, then forgotten',
  async (t) => {
    const { recorded, begun, jobs, forgotten, ask, end, outcome } = room()
    const id = await ask(fire('a'))
    t.same(
      recorded.map((e) => e.type),
      ['IntentAccepted', 'AttemptStarted'],
    )
    t.same(begun, ['a'])
    t.match(
      jobs[0],
      { intent: id, attempt: 1, options: { token: '${env:TOKEN}' } },
      'no secret in it',
    )
    t.same(forgotten, [])
    await end(0)
    t.same(forgotten, ['Delivered 1'])
    t.same(outcome(id), ['confirmed'])
  },
)

t.test('with one at a time the order holds, also behind a retry', async (t) => {
  const { begun, ask, end, advance } = room()
  await ask(fire('a'))
  await ask(fire('b'))
  await end(0, busy)
  t.same(begun, ['a'], 'b waits for its turn')
  await advance(1000)
  t.same(begun, ['a', 'a'])
  await end(1)
  t.same(begun, ['a', 'a', 'b'])
})

t.test('with more at a time nothing waits behind a retry', async (t) => {
  const { begun, ask, end } = room({ policy: { concurrency: 2 } })
  for (const name of ['a', 'b', 'c', 'd']) await ask(fire(name))
  t.same(begun, ['a', 'b'])
  await end(0, busy)
  t.same(begun, ['a', 'b', 'c'])
  await end(1)
  t.same(begun, ['a', 'b', 'c', 'd'])
})

t.test('a fire is tried again where nothing has left, and never where it may have', async (t) => {
  const { begun, ask, end, advance, outcome } = room()
  const away = await ask(fire('a'))
  await end(0, busy)
  await advance(1000)
  await end(1, busy)
  await advance(2000)
  await end(2, busy)
  t.same(begun, ['a', 'a', 'a'])
  t.same(outcome(away), ['failed'], 'after its tries it has failed')
  const unclear = await ask(fire('b'))
  await end(3, maybe)
  await advance(60_000)
  t.same(outcome(unclear), ['unknown'])
  t.same(begun, ['a', 'a', 'a', 'b'])
})

t.test('a value is tried again also where it may have arrived, and until it is due', async (t) => {
  const { begun, ask, end, advance, outcome } = room()
  const id = await ask(set('/level', 1))
  await end(0, maybe)
  await advance(1000)
  for (let n = 1; n < 6; n++) {
    await end(n, busy)
    await advance(10_000)
  }
  t.equal(begun.length, 7, 'a service that is away costs no tries')
  t.same(outcome(id), [])
  await end(6)
  t.same(outcome(id), ['confirmed'])
})

t.test('the rate holds: no more begin in a window than the service allows', async (t) => {
  const { begun, ask, end, advance } = room({
    policy: { concurrency: 8, rate: { most: 2, perMs: 1000 } },
  })
  for (let n = 0; n < 6; n++) await ask(fire(String(n)))
  t.equal(begun.length, 2)
  await end(0)
  await end(1)
  t.equal(begun.length, 2, 'those that ended count, too')
  await advance(999)
  t.equal(begun.length, 2)
  await advance(1)
  t.equal(begun.length, 4)
  await advance(1000)
  t.equal(begun.length, 6, 'control: the rest had its turn')
})

t.test('a restart does not open the window again', async (t) => {
  const now = fakeClock().now()
  const started = [now - 900, now - 100] as Instant[] // ms since the epoch
  const { begun, ask, advance } = room({ policy: { rate: { most: 2, perMs: 1000 } }, started })
  await ask(fire('a'))
  t.same(begun, [])
  await advance(100)
  t.same(begun, ['a'])
})

t.test('HOLD refuses what waits and what comes; what has begun goes on to its end', async (t) => {
  const { begun, router, ask, end, outcome } = room()
  const first = await ask(fire('a'))
  const second = await ask(fire('b'))
  router.hold(true)
  await settle()
  const third = await ask(fire('c'))
  t.same([outcome(second), outcome(third)], [['refused'], ['refused']])
  await end(0)
  t.same(outcome(first), ['confirmed'])
  router.hold(false)
  await ask(fire('d'))
  t.same(begun, ['a', 'd'])
})

t.test('what waits expires in time, and is never begun', async (t) => {
  const { clock, begun, ask, end, advance, outcome } = room()
  await ask(fire('a'))
  const late = await ask(fire('b'), (clock.now() + 500) as Instant) // ms since the epoch
  await advance(500)
  t.same(outcome(late), ['expired'])
  await end(0)
  t.same(begun, ['a'])
})

t.test('of a path only the newest value is worth a call, and two of them never race', async (t) => {
  const { begun, ask, end, outcome } = room({ policy: { concurrency: 4 } })
  const first = await ask(set('/level', 1))
  const second = await ask(set('/level', 2))
  t.same(begun, ['/level=1'], 'the next of its path waits, though there is room')
  const third = await ask(set('/level', 3))
  await ask(set('/other', 9))
  t.same(begun, ['/level=1', '/other=9'], 'control: there was room')
  t.same(outcome(second), ['cancelled'])
  await end(0, maybe)
  t.same(outcome(first), ['cancelled'], 'not tried again: a newer one has come')
  await end(2)
  t.same(begun, ['/level=1', '/other=9', '/level=3'])
  t.same(outcome(third), ['confirmed'])
})

/** An intent whose attempt was under way when the hub stopped. */
function underWay(intent: DeviceIntent): Delivery & { readonly submission: DeviceSubmission } {
  return { phase: 'attempting', submission: submit(intent, fakeClock().now()), attempt: 1 }
}

t.test('after a crash the lane tells how it ended, and the end is recorded once', async (t) => {
  const open = underWay(fire('a'))
  const { begun, forgotten, outcome } = room({
    open: [open],
    known: { type: 'delivered', ack: 'confirmed' },
  })
  await settle()
  t.same(outcome(open.submission.id), ['confirmed'])
  t.same(forgotten, ['Delivered 1'])
  t.same(begun, [])
})

t.test('where the lane does not know, a fire is unknown and a value is sent again', async (t) => {
  const [press, value] = [underWay(fire('a')), underWay(set('/level', 1))]
  const { begun, end, outcome } = room({ open: [press, value] })
  await settle()
  t.same(outcome(press.submission.id), ['unknown'])
  t.same(begun, ['/level=1'])
  await end(0)
  t.same(outcome(value.submission.id), ['confirmed'])
})

t.test('a worker that died in the middle: a fire is unknown, a value is tried again', async (t) => {
  const { begun, ask, end, advance, outcome } = room({ policy: { concurrency: 2 } })
  const press = await ask(fire('a'))
  const value = await ask(set('/level', 1))
  await end(0, lostSight('its worker died in the middle'))
  await end(1, lostSight('its worker died in the middle'))
  await advance(1000)
  await end(2)
  t.same(outcome(press), ['unknown'])
  t.same(outcome(value), ['confirmed'])
  t.same(begun, ['a', '/level=1', '/level=1'])
})

t.test(
  'a device that leaves the config: what waits is refused, what is begun may end',
  async (t) => {
    const { router, ask, end, outcome } = room()
    const [first, second] = [await ask(fire('a')), await ask(fire('b'))]
    let gone = false
    void router.retire(failed('refused', 'removed')).then(() => (gone = true))
    await settle()
    t.same(outcome(second), ['refused'])
    t.equal(gone, false)
    await end(0)
    t.same(outcome(first), ['confirmed'])
    t.equal(gone, true)
  },
)

t.test('a sign of life goes the same way', async (t) => {
  const { router, begun, end } = room()
  const sign = router.test(new AbortController().signal)
  await end(0, { type: 'alive', detail: 'here' })
  t.equal(await sign, 'here')
  t.same(begun, ['test'])
  const silent = router.test(new AbortController().signal)
  await end(1, busy)
  await t.rejects(silent, { message: busy.detail })
})
