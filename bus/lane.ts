import type { Ack } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import type { DeviceId, Instant, IntentId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'

// The slow lane: where attempts are carried out that take seconds, cost money or are limited in rate (docs/slow-lane.md).
// It carries out and nothing more. Whether an attempt may be made, when, and what its failure leads to is decided by
// the hub that owns the device, which records the attempt before it hands it in and its end before it forgets it.

/** One attempt to be carried out, once. It leaves this process: secrets stand in it as references only. */
export interface Job {
  /** With `attempt` its identity: handed in twice, it is one job. */
  readonly intent: IntentId
  /** From 1; 0 for a sign of life, which is no intent's. */
  readonly attempt: number
  readonly device: DeviceId
  /** The folder under `adapters/`. */
  readonly protocol: string
  /** The device's keys as the config has them. */
  readonly options: JsonObject
  /** What is to be done; null asks for a sign of life. */
  readonly wish: DeviceIntent | null
  /** What the device is known to have reported: some plans depend on it. */
  readonly reported: readonly (readonly [path: string, value: Json])[]
  /** How long it may take once it is begun. */
  readonly timeoutMs: number
  /** It MUST NOT be begun at this moment or later: late is wrong. */
  readonly beginBy: Instant
}

export type JobId = Pick<Job, 'intent' | 'attempt'>

/** What became of a job. */
export type JobResult =
  | { readonly type: 'delivered'; readonly ack: Ack }
  /** The device gave a sign of life; `detail` is for people. */
  | { readonly type: 'alive'; readonly detail: string }
  | { readonly type: 'failed'; readonly failure: Failure }

/** Carries a job out: plans, sends, waits for the answer, all within its `timeoutMs`. MUST NOT reject. */
export type Carry = (job: Job) => Promise<JobResult>

/** Where jobs are carried out. Every promise it gives settles, at the latest when it is closed. Nothing rejects. */
export interface SlowLane {
  /**
   * Has a job carried out and says what became of it. Never begun twice. When `withdrawn` aborts a job that is not
   * begun MUST NOT be begun any more, and fails with `reached: 'no'`; one that is begun goes on to its end.
   */
  run(job: Job, withdrawn: AbortSignal): Promise<JobResult>
  /**
   * What becomes of a job that was handed in before this process started; null: it is not known here, and whether it
   * was begun cannot be said.
   */
  resume(job: Job, withdrawn: AbortSignal): Promise<JobResult | null>
  /** The end of a job is recorded: its result may go. */
  forget(job: JobId): void
  /** Told when the lane can be reached again after it could not. Returns its own removal. */
  onBack(listener: () => void): () => void
  /** Stops waiting for what is under way. Idempotent. */
  close(): Promise<void>
}

export function jobFailed(failure: Failure): JobResult {
  return { type: 'failed', failure }
}

/** It was taken back, or nobody took it in time: nothing has left. */
export function notBegun(detail: string): JobResult {
  return jobFailed(failed('unreachable', detail))
}

/** It may have been begun, and nobody can say how it ended. */
export function lostSight(detail: string): JobResult {
  return jobFailed({ code: 'timeout', reached: 'maybe', detail })
}

/** Carries out with a net: what `carry` throws against its promise is a fault that may have come after the send. */
export async function carried(carry: Carry, job: Job): Promise<JobResult> {
  try {
    return await carry(job)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return lostSight(`the adapter itself failed: ${why}`.slice(0, 500))
  }
}
