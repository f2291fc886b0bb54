import type { Test } from 'tap'
import { newId, type DeviceId, type Instant } from '../intents/id.ts'
import type { Carry, Job, JobResult, SlowLane } from './lane.ts'

/** Opens a lane whose jobs are carried out by `carry`, at most two at once; all of it closes with the test. */
export type OpenLane = (t: Test, carry: Carry) => Promise<SlowLane>

export function aJob(n: number, more: Partial<Job> = {}): Job {
  const now = Date.now()
  return {
    intent: newId(now),
    attempt: 1,
    device: 'mail' as DeviceId, // any name will do
    protocol: 'http',
    options: { url: 'http://127.0.0.1:9', token: '${env:TOKEN}' },
    wish: { verb: 'fire', device: 'mail' as DeviceId, action: 'send', args: { n } }, // as above
    reported: [['state', { n }]],
    timeoutMs: 20_000,
    beginBy: (now + 20_000) as Instant, // ms since the epoch
    ...more,
  }
}

/** Nobody takes it back. */
export const never = () => new AbortController().signal

/** A target whose jobs end when the test says so. */
export function target() {
  const begun: Job[] = []
  const ends: ((result: JobResult) => void)[] = []
  let look = () => {}
  return {
    begun,
    carry: ((job) => {
      begun.push(job)
      const end = new Promise<JobResult>((resolve) => ends.push(resolve))
      look()
      return end
    }) satisfies Carry,
    /** Resolves when so many were begun. */
    until: (count: number) =>
      new Promise<void>((resolve) => {
        look = () => begun.length >= count && resolve()
        look()
      }),
    end: (nth: number, result: JobResult = { type: 'delivered', ack: 'confirmed' }) =>
      ends[nth]?.(result),
  }
}

/** The promises of bus/lane.ts, the same for every lane. */
export function laneContract(t: Test, open: OpenLane): void {
  void t.test(
    'a job is carried out once, as it was handed in, and its end comes back',
    async (t) => {
      const service = target()
      const lane = await open(t, service.carry)
      const job = aJob(1)
      const result = lane.run(job, never())
      await service.until(1)
      service.end(0)
      t.same(await result, { type: 'delivered', ack: 'confirmed' })
      t.same(service.begun, [job])
      lane.forget(job)
    },
  )

  void t.test('a failure comes back with how far it got, and is not tried again', async (t) => {
    for (const reached of ['no', 'maybe', 'yes'] as const) {
      const failure = { code: 'refused', reached, detail: 'said no' } as const
      let count = 0
      const lane = await open(t, () => {
        count++
        return Promise.resolve({ type: 'failed', failure })
      })
      t.same(await lane.run(aJob(1), never()), { type: 'failed', failure })
      t.equal(count, 1)
    }
  })

  void t.test('an adapter that throws may have sent', async (t) => {
    const lane = await open(t, () => Promise.reject(new Error('bug')))
    t.match(await lane.run(aJob(1), never()), { type: 'failed', failure: { reached: 'maybe' } })
  })

  void t.test('a sign of life is a job, too', async (t) => {
    const lane = await open(t, (job) =>
      Promise.resolve({ type: 'alive', detail: job.wish === null ? 'here' : 'what?' }),
    )
    const result = await lane.run(aJob(1, { wish: null, attempt: 0 }), never())
    t.same(result, { type: 'alive', detail: 'here' })
  })

  void t.test(
    'what is taken back before its begin is never begun; what is begun goes on',
    async (t) => {
      const service = target()
      const lane = await open(t, service.carry)
      const begun = [new AbortController(), new AbortController()]
      const running = begun.map(({ signal }, n) => lane.run(aJob(n), signal))
      await service.until(2)
      const withdraw = new AbortController()
      const waiting = lane.run(aJob(3), withdraw.signal)
      withdraw.abort()
      t.match(await waiting, { type: 'failed', failure: { reached: 'no' } })
      for (const one of begun) one.abort()
      service.end(0)
      service.end(1)
      t.match(await Promise.all(running), [{ type: 'delivered' }, { type: 'delivered' }])
      const last = lane.run(aJob(4), never())
      await service.until(3)
      service.end(2)
      t.match(await last, { type: 'delivered' }, 'control: there was room for it')
      t.equal(service.begun.length, 3)
      const already = await lane.run(aJob(5), AbortSignal.abort())
      t.match(already, { type: 'failed', failure: { reached: 'no' } })
      t.equal(service.begun.length, 3)
    },
  )

  void t.test(
    'no more are under way than there is room for, and all have their turn',
    async (t) => {
      let busy = 0
      let most = 0
      let second = () => {}
      const beside = new Promise<void>((resolve) => (second = resolve))
      const lane = await open(t, async () => {
        most = Math.max(most, ++busy)
        if (most > 1) second()
        await beside // so that the control does not hang on how fast jobs are handed out
        await new Promise((resolve) => setImmediate(resolve))
        busy--
        return { type: 'delivered', ack: 'sent' }
      })
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => lane.run(aJob(n), never())),
      )
      t.equal(results.filter(({ type }) => type === 'delivered').length, 20)
      t.equal(most, 2, 'control: two were under way at once')
    },
  )

  void t.test('a job that nobody handed in is not known', async (t) => {
    const lane = await open(t, target().carry)
    t.equal(await lane.resume(aJob(1), never()), null)
  })

  void t.test('closing ends every wait', async (t) => {
    const service = target()
    const lane = await open(t, service.carry)
    const result = lane.run(aJob(1), never())
    await service.until(1)
    await lane.close()
    t.match(await result, { type: 'failed', failure: { reached: 'maybe' } })
    await lane.close()
    service.end(0)
  })
}
