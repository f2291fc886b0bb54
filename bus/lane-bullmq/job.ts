import type { Failure, FailureCode } from '../../intents/failure.ts'
import { isObject, type Json } from '../../intents/json.ts'
import { lostSight, type Job, type JobId, type JobResult } from '../lane.ts'

// What stands in Redis. Whoever may write there may hand in jobs: the server is to be guarded like the hub itself.

/** The queue's name; its keys are `if:{site}:slow:…`. */
export const queueName = 'slow'

/** The braces are the hash tag of a Redis Cluster: all keys of a site on one node. */
export function prefixOf(site: string): string {
  return `if:{${site}}`
}

/** BullMQ refuses colons in ids. */
export function keyOf({ intent, attempt }: JobId): string {
  return `${intent}-${attempt}`
}

/**
 * 3 s: BullMQ's own close may never end where its connection broke and is just being made again; then the connection is
 * cut. Far above what closing takes, and what a stop of a hub may wait for one that hangs. Milliseconds.
 */
export const closeMs = 3000

/**
 * A day, in seconds: how long the result of a job stays for a hub that died before it recorded it. BullMQ removes
 * what is older when another job ends; a hub that lives removes it at once.
 */
export const keptSeconds = 24 * 3600

/** The job in `data`; null where it is none: another version may have written it. */
export function jobOf(data: unknown): Job | null {
  if (!isObject(data as Json)) return null
  const job = data as Partial<Job>
  return typeof job.intent === 'string' &&
    typeof job.attempt === 'number' &&
    typeof job.device === 'string' &&
    typeof job.protocol === 'string' &&
    isObject(job.options) &&
    (job.wish === null || isObject(job.wish)) &&
    Array.isArray(job.reported) &&
    typeof job.timeoutMs === 'number' &&
    typeof job.beginBy === 'number'
    ? (job as Job)
    : null
}

const reaches: readonly unknown[] = ['no', 'maybe', 'yes'] satisfies readonly Failure['reached'][]
const codes: readonly unknown[] = [
  'unreachable',
  'timeout',
  'refused',
  'malformed',
  'not-found',
  'held',
  'expired',
  'unknown-outcome',
] satisfies readonly FailureCode[]

function isFailure(value: unknown): value is Failure {
  if (!isObject(value as Json)) return false
  const { code, reached, detail } = value as Partial<Failure>
  return codes.includes(code) && reaches.includes(reached) && typeof detail === 'string'
}

/** The result that a worker left; what is none tells nothing of how far the job got. */
export function resultOf(value: unknown): JobResult {
  const nonsense = lostSight('the worker left a result that is none')
  if (!isObject(value as Json)) return nonsense
  const result = value as Partial<JobResult>
  switch (result.type) {
    case 'delivered':
      return result.ack === 'sent' || result.ack === 'confirmed'
        ? { type: 'delivered', ack: result.ack }
        : nonsense
    case 'alive':
      return { type: 'alive', detail: String(result.detail).slice(0, 500) }
    case 'failed':
      return isFailure(result.failure)
        ? {
            type: 'failed',
            failure: { ...result.failure, detail: result.failure.detail.slice(0, 500) },
          }
        : nonsense
    case undefined:
    default:
      return nonsense
  }
}
