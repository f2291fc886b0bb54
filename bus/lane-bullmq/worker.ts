import { Worker } from 'bullmq'
import type { Clock } from '../clock.ts'
import { inTime } from '../in-time.ts'
import { carried, jobFailed, lostSight, type Carry, type JobResult } from '../lane.ts'
import { failed } from '../../intents/failure.ts'
import { closeMs, jobOf, keptSeconds, prefixOf, queueName } from './job.ts'

export interface LaneWorkerStart {
  /** `redis://` or `rediss://`, with user and password if the server wants them. */
  readonly url: string
  readonly site: string
  /** Jobs at once, from 1. */
  readonly concurrency: number
  readonly clock: Clock
  readonly carry: Carry
  /** Redis cannot be reached, or said no. Called at each failure. */
  readonly trouble: (detail: string) => void
}

export interface LaneWorker {
  /** Resolves when it takes jobs; waits for Redis as long as it is away. */
  ready(): Promise<void>
  /** Takes no more jobs, ends those it has, and leaves their results. */
  close(): Promise<void>
}

/** Takes a site's jobs from Redis and carries them out. */
export function openLaneWorker({
  url,
  site,
  concurrency,
  clock,
  carry,
  trouble,
}: LaneWorkerStart): LaneWorker {
  const carryJob = async (data: unknown, attemptsStarted: number): Promise<JobResult> => {
    const job = jobOf(data)
    if (job === null)
      return jobFailed(failed('malformed', 'this worker does not understand the job: update it'))
    // begun before by a worker that died: whether it was sent nobody knows, and the hub decides what follows
    if (attemptsStarted > 1) return lostSight('its worker died in the middle')
    return carried(carry, job)
  }
  let active = 0
  let idle = () => {}
  const worker = new Worker<unknown, JobResult>(
    queueName,
    async ({ data, attemptsStarted }) => {
      active++
      try {
        return await carryJob(data, attemptsStarted)
      } finally {
        if (--active === 0) idle()
      }
    },
    {
      connection: { url, maxRetriesPerRequest: null },
      prefix: prefixOf(site),
      concurrency,
      // BullMQ must never run a job again by itself: a `fire` would be sent twice
      maxStalledCount: 0,
      maxStartedAttempts: 1,
      removeOnComplete: { age: keptSeconds },
      removeOnFail: { age: keptSeconds },
    },
  )
  worker.on('error', (error) => trouble(error.message))
  return {
    ready: () => worker.waitUntilReady().then(() => {}),
    async close() {
      const closing = worker.close()
      if (active > 0) await new Promise<void>((resolve) => (idle = resolve))
      if (!(await inTime(clock, closing, closeMs))) void worker.disconnect().catch(() => {})
    },
  }
}
