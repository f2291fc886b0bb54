import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { systemClock } from '../clock.ts'
import { aJob, laneContract, never, target } from '../lane.contract.ts'
import type { Carry, SlowLane } from '../lane.ts'
import type { Instant } from '../../intents/id.ts'
import { openBullLane } from './lane.ts'
import { needsRedis, persistent, type Server, startServer } from '../log-redis/server.fixture.ts'
import { openLaneWorker } from './worker.ts'

t.setTimeout(120_000)

let sites = 0
const newSite = () => `s${++sites}`

/** Hands in once Redis has answered: before that it says that it is away, and is right. */
async function openLane(t: Test, server: Server, site: string): Promise<SlowLane> {
  const lane = openBullLane({ url: server.url, site, clock: systemClock() })
  t.teardown(() => lane.close())
  await lane.resume(aJob(0), never())
  return lane
}

async function openWorker(t: Test, server: Server, site: string, carry: Carry) {
  const start = {
    url: server.url,
    site,
    concurrency: 2,
    clock: systemClock(),
    carry,
    trouble: () => {},
  }
  const worker = openLaneWorker(start)
  t.teardown(() => worker.close())
  await worker.ready()
  return worker
}

void t.test('the slow lane through Redis', needsRedis, async (t) => {
  const server = await startServer(t, persistent)

  void t.test('keeps the promises of every lane', async (t) => {
    laneContract(t, async (t, carry) => {
      const site = newSite()
      const lane = await openLane(t, server, site)
      const ends: (() => void)[] = []
      await openWorker(t, server, site, (job) =>
        // the contract's job that hangs must not hold up the worker's end
        Promise.race([
          carry(job),
          new Promise<never>((_, reject) => ends.push(() => reject(new Error('over')))),
        ]),
      )
      t.teardown(() => {
        for (const end of ends) end()
      })
      return lane
    })
  })

  void t.test('a hub that starts again gets the end of what it had handed in', async (t) => {
    const site = newSite()
    const service = target()
    const [done, running, waiting] = [aJob(1), aJob(2), aJob(3)]
    const first = await openLane(t, server, site)
    const worker = await openWorker(t, server, site, service.carry)
    void first.run(done, never())
    await service.until(1)
    service.end(0)
    void first.run(running, never())
    await service.until(2)
    await first.close()
    const second = await openLane(t, server, site)
    t.match(await second.resume(done, never()), { type: 'delivered', ack: 'confirmed' })
    const end = second.resume(running, never())
    service.end(1, { type: 'delivered', ack: 'sent' })
    t.same(await end, { type: 'delivered', ack: 'sent' })
    t.equal(service.begun.length, 2, 'neither was begun again')

    await worker.close()
    void second.run(waiting, never())
    await second.close()
    const third = await openLane(t, server, site)
    t.equal(
      await third.resume({ ...waiting, attempt: 2 }, never()),
      null,
      'control: another attempt',
    )
    const withdraw = new AbortController()
    withdraw.abort()
    t.match(await third.resume(waiting, withdraw.signal), { failure: { reached: 'no' } })
    t.equal(await third.resume(waiting, never()), null, 'it was taken out')
  })

  void t.test('handed in twice it is one job', async (t) => {
    const site = newSite()
    const service = target()
    const hubs = [await openLane(t, server, site), await openLane(t, server, site)]
    await openWorker(t, server, site, service.carry)
    const job = aJob(1)
    const results = hubs.map((hub) => hub.run(job, never()))
    await service.until(1)
    service.end(0)
    t.match(await Promise.all(results), [{ type: 'delivered' }, { type: 'delivered' }])
    t.equal(service.begun.length, 1)
  })

  void t.test('a job that no worker takes in time is taken out again', async (t) => {
    const site = newSite()
    const service = target()
    const lane = await openLane(t, server, site)
    const job = aJob(1, { beginBy: (Date.now() + 300) as Instant }) // ms since the epoch
    t.match(await lane.run(job, never()), {
      failure: { code: 'unreachable', reached: 'no', detail: /infra worker/ },
    })
    await openWorker(t, server, site, service.carry)
    const next = lane.run(aJob(2), never())
    await service.until(1)
    service.end(0)
    await next
    t.equal(service.begun.length, 1, 'a worker that comes later does not find it')
  })

  void t.test('a job whose worker died is never begun again by another', async (t) => {
    // 5: a worker that lets BullMQ put such jobs back, as its default does
    for (const maxStalledCount of [0, 5]) {
      const site = newSite()
      const service = target()
      const lane = await openLane(t, server, site)
      const dying = new Worker('slow', null, {
        connection: { url: server.url, maxRetriesPerRequest: null },
        prefix: `if:{${site}}`,
        autorun: false,
        lockDuration: 100,
        stalledInterval: 100,
        maxStalledCount,
      })
      t.teardown(() => dying.close())
      const result = lane.run(aJob(1), never())
      let taken = await dying.getNextJob('token')
      for (let i = 0; i < 10 && taken === undefined; i++) taken = await dying.getNextJob('token')
      t.ok(taken, 'control: it was begun')
      const stalled = new Promise((resolve) => dying.once('stalled', resolve))
      await dying.startStalledCheckTimer()
      await stalled
      await openWorker(t, server, site, service.carry)
      t.match(await result, { type: 'failed', failure: { reached: 'maybe', detail: /died/ } })
      const next = lane.run(aJob(2), never())
      await service.until(1)
      service.end(0)
      t.match(await next, { type: 'delivered' }, 'control: it takes jobs')
      t.same(
        service.begun.map(({ wish }) => wish),
        [aJob(2).wish],
      )
    }
  })

  void t.test('what is recorded is forgotten: nothing piles up in Redis', async (t) => {
    const site = newSite()
    const lane = await openLane(t, server, site)
    await openWorker(t, server, site, () => Promise.resolve({ type: 'delivered', ack: 'sent' }))
    const job = aJob(1)
    await lane.run(job, never())
    const redis = new Redis(server.url)
    t.teardown(() => redis.disconnect())
    const left = () => redis.keys(`if:{${site}}:slow:${job.intent}*`)
    t.equal((await left()).length, 1, 'control: it stays until then')
    lane.forget(job)
    for (let i = 0; i < 1000 && (await left()).length > 0; i++) await redis.ping()
    t.same(await left(), [])
  })

  void t.test('what stands in Redis holds references to secrets, never secrets', async (t) => {
    const site = newSite()
    const lane = await openLane(t, server, site)
    const job = aJob(1)
    void lane.run(job, never())
    const withdraw = new AbortController()
    const waiting = lane.run(aJob(2), withdraw.signal)
    withdraw.abort()
    await waiting // what was handed in before it is there, too
    t.match(server.everything(), /\$\{env:TOKEN\}/)
  })
})

void t.test(
  'a lane whose Redis is away says so, and is there again when it is back',
  needsRedis,
  async (t) => {
    const server = await startServer(t, persistent)
    const site = newSite()
    const service = target()
    const lane = await openLane(t, server, site)
    const worker = await openWorker(t, server, site, service.carry)
    const hanging = lane.run(aJob(1), never())
    await service.until(1)
    await server.stop('SIGKILL')
    const back = new Promise<void>((resolve) => lane.onBack(resolve))
    const brief = (n: number) => aJob(n, { beginBy: Date.now() as Instant, timeoutMs: 1 }) // ms since the epoch
    // the connection's end is seen a moment after the process is gone: this one may have been on its way
    t.match(await lane.run(brief(2), never()), { type: 'failed', failure: { reached: /no|maybe/ } })
    t.match(await lane.run(brief(3), never()), {
      type: 'failed',
      failure: { code: 'unreachable', reached: 'no', detail: /Redis is away/ },
    })
    await server.again()
    await back
    service.end(0)
    t.match(await hanging, { type: 'delivered' }, 'what was under way ends as if nothing had been')
    const next = lane.run(aJob(3), never())
    await service.until(2)
    service.end(1)
    t.match(await next, { type: 'delivered' })
    t.equal(service.begun.length, 2)
    await worker.close()
  },
)
