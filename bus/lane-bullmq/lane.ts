import { Queue, QueueEvents } from 'bullmq'
import { Redis, ReplyError } from 'ioredis'
import type { Clock } from '../clock.ts'
import { inTime } from '../in-time.ts'
import { notBegun, type Job, type SlowLane } from '../lane.ts'
import { closeMs, keptSeconds, keyOf, prefixOf, queueName } from './job.ts'
import { openWatch, type Seen, type Watch } from './watch.ts'

/** 2 s: a Redis that takes longer for one command is treated as away; what it may have done is looked up. */
const commandTimeoutMs = 2000
/** Between two tries to reach a Redis that is away. */
const longestRetryMs = 1000

export interface BullLaneStart {
  readonly url: string
  readonly site: string
  readonly clock: Clock
}

/** The slow lane through Redis: jobs are carried out by `infra worker` processes, here or elsewhere. */
export function openBullLane({ url, site, clock }: BullLaneStart): SlowLane {
  const prefix = prefixOf(site)
  const watches = new Map<string, Watch>()
  const listeners = new Set<() => void>()
  let why = 'it has not answered yet'
  let closed = false
  let wasAway = false
  /** null until Redis answered for the first time. */
  let opened: { readonly queue: Queue; readonly events: QueueEvents } | null = null

  // no offline queue: what cannot be said now fails now, and the hub's own rules decide what follows
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    retryStrategy: (tries) => Math.min(tries * 50, longestRetryMs),
  })
  redis.on('error', (error: Error) => {
    why = error.message
  })
  redis.on('close', () => {
    wasAway = true
  })
  redis.on('ready', () => {
    opened ??= open()
    for (const watch of watches.values()) watch.look()
    if (wasAway) for (const listener of listeners) listener()
    wasAway = false
  })

  function open() {
    const queue = new Queue(queueName, { connection: redis, prefix, skipWaitingForReady: true })
    const events = new QueueEvents(queueName, {
      connection: { url, maxRetriesPerRequest: null },
      prefix,
    })
    const look = ({ jobId }: { jobId: string }) => watches.get(jobId)?.look()
    events.on('active', look)
    events.on('completed', look)
    events.on('failed', look)
    // the connection's own state is kept above; a missed event is made up for by the next look
    queue.on('error', () => {})
    events.on('error', () => {})
    // BullMQ asks for the server's version once; where the connection breaks just then the queue is of no use
    queue.waitUntilReady().catch(() => {
      if (closed || opened?.queue !== queue) return
      opened = null
      void events.close()
      redis.disconnect(true)
    })
    return { queue, events }
  }

  const isReady = () => redis.status === 'ready' && opened !== null

  async function see(key: string): Promise<Seen> {
    if (opened === null || !isReady()) return { type: 'blind' }
    try {
      const found = await opened.queue.getJob(key)
      if (found === undefined || found === null) return { type: 'gone' }
      if (found.finishedOn !== undefined)
        return found.failedReason === undefined || found.failedReason === ''
          ? { type: 'ended', value: found.returnvalue }
          : { type: 'broken', why: found.failedReason }
      return found.processedOn === undefined ? { type: 'waiting' } : { type: 'begun' }
    } catch {
      return { type: 'blind' } // the next look tells
    }
  }

  /** Whether a job that waits was taken out: one that a worker has begun stays. */
  async function takeOut(key: string): Promise<boolean> {
    if (opened === null || !isReady()) return false
    try {
      return (await opened.queue.remove(key)) === 1
    } catch {
      return false
    }
  }

  function watch(job: Job, withdrawn: AbortSignal, isOurs: boolean): Watch {
    const key = keyOf(job)
    const host = { clock, see: () => see(key), takeOut: () => takeOut(key) }
    const watch = openWatch(job, withdrawn, isOurs, host)
    watches.set(key, watch)
    void watch.result.then(() => watches.delete(key))
    return watch
  }

  return {
    async run(job, withdrawn) {
      if (withdrawn.aborted) return notBegun('it was taken back before it was begun')
      if (opened === null || !isReady()) return notBegun(`the slow lane’s Redis is away: ${why}`)
      const watching = watch(job, withdrawn, true)
      try {
        await opened.queue.add('attempt', job, {
          jobId: keyOf(job),
          attempts: 1,
          removeOnComplete: { age: keptSeconds },
          removeOnFail: { age: keptSeconds },
        })
        watching.look()
      } catch (error) {
        // Redis itself said no, for example for want of memory: nothing was put in
        if (error instanceof ReplyError || (error as Error).name === 'ReplyError')
          watching.settle(notBegun(`the slow lane’s Redis said no: ${(error as Error).message}`))
        // else it may stand there: handing it in again could have it carried out twice, so it is only looked for
      }
      return (await watching.result) ?? notBegun('its job is not known')
    },
    resume: (job, withdrawn) => watch(job, withdrawn, false).result,
    forget(job) {
      // what cannot be removed now goes by its age
      if (opened !== null && isReady()) opened.queue.remove(keyOf(job)).catch(() => {})
    },
    onBack(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      if (closed) return
      closed = true
      for (const watch of watches.values()) watch.close()
      const { events = null, queue = null } = opened ?? {}
      const ended = Promise.allSettled([events?.close(), queue?.close()])
      if (!(await inTime(clock, ended, closeMs))) void events?.disconnect().catch(() => {})
      redis.disconnect()
    },
  }
}
