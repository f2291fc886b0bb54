import { Worker } from 'bullmq'
import { carried, jobFailed, lostSight, type Carry, type JobResult } from '../lane.ts'
import { failed } from '../../intents/failure.ts'
import { jobOf, keptSeconds, prefixOf, queueName } from './job.ts'

export interface LaneWorkerStart {
  /** `redis://` or `rediss://`, with user and password if the server wants them. */
  readonly url: string
  readonly site: string
  /** Jobs at once, from 1. */
  readonly concurrency: number
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
  carry,
  trouble,
}: LaneWorkerStart): LaneWorker {
  const worker = new Worker<unknown, JobResult>(
    queueName,
    async (found) => {
      const job = jobOf(found.data)
      if (job === null)
        return jobFailed(failed('malformed', 'this worker does not understand the job: update it'))
      // begun before by a worker that died: whether it was sent nobody knows, and the hub decides what follows
      if (found.attemptsStarted > 1) return lostSight('its worker died in the middle')
      return carried(carry, job)
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
    close: () => worker.close(),
  }
}
