import type { Clock } from '../clock.ts'
import type { Instant } from '../../intents/id.ts'
import { lostSight, notBegun, type Job, type JobResult } from '../lane.ts'
import { resultOf } from './job.ts'

// One job in Redis, watched from the hub until its end is known. Events only say when to look: what counts is what
// stands there, so that a missed event or a connection that broke costs a second and nothing else.
//
//   waiting ──▶ begun ──▶ ended (a worker's word) or broken (BullMQ's: the worker died)
//      │          └─ longer than it may take ──▶ sight of it is lost: `maybe`
//      └─ taken back, or too late ──▶ taken out: `no`
//   gone: never there (asked for after a restart) ──▶ null; there before ──▶ `maybe`

/** What a look found. */
export type Seen =
  /** Redis did not answer. */
  | { readonly type: 'blind' }
  | { readonly type: 'gone' }
  | { readonly type: 'waiting' }
  | { readonly type: 'begun' }
  | { readonly type: 'ended'; readonly value: unknown }
  | { readonly type: 'broken'; readonly why: string }

export interface WatchHost {
  readonly clock: Clock
  see(): Promise<Seen>
  /** Whether it was taken out of the queue, not begun. */
  takeOut(): Promise<boolean>
}

export interface Watch {
  /** Null only for a job that is not ours and was never there. */
  readonly result: Promise<JobResult | null>
  /** Look now: something happened. */
  look(): void
  settle(result: JobResult): void
  close(): void
}

/** 1 s: how late an end is seen at worst when its event was missed. */
const lookEveryMs = 1000
/** 2 s above the job's own time: for the way of its result through Redis. */
const graceMs = 2000
/** 30 s: how long after a start of the hub a Redis that is away is waited for before the crash truth is told. */
const patienceMs = 30_000

/** Looks that find nothing before a job counts as never arrived: its command may still be on its way. */
const enoughMisses = 3

/** @param isOurs this process is handing it in: it may not be there yet, or never have arrived */
export function openWatch(
  job: Job,
  withdrawn: AbortSignal,
  isOurs: boolean,
  { clock, see, takeOut }: WatchHost,
): Watch {
  const openedAt = clock.now()
  /** When it was first seen begun, by this machine's clock. */
  let begunAt: Instant | null = null
  let wasThere = false
  let misses = 0
  let looking = false
  let again = false
  let settled = false
  let cancel = () => {}
  let resolve: (end: JobResult | null) => void = () => {}
  const result = new Promise<JobResult | null>((done) => (resolve = done))

  function settle(end: JobResult | null): void {
    if (settled) return
    settled = true
    cancel()
    withdrawn.removeEventListener('abort', look)
    resolve(end)
  }

  function look(): void {
    if (settled) return
    if (looking) {
      again = true
      return
    }
    looking = true
    again = false
    cancel()
    void step().then(() => {
      looking = false
      if (settled) return
      if (again) look()
      else cancel = clock.after(lookEveryMs, look)
    })
  }

  async function step(): Promise<void> {
    const seen = await see()
    const now = clock.now()
    switch (seen.type) {
      case 'ended':
        return settle(resultOf(seen.value))
      case 'broken':
        return settle(lostSight(`its worker died in the middle (${seen.why})`))
      case 'waiting': {
        wasThere = true
        if (!withdrawn.aborted && now < job.beginBy) return
        if (await takeOut())
          settle(
            notBegun(
              withdrawn.aborted
                ? 'it was taken back before it was begun'
                : 'no worker took it in time: is infra worker running?',
            ),
          )
        return
      }
      case 'begun':
        wasThere = true
        begunAt ??= now
        if (now >= begunAt + job.timeoutMs + graceMs)
          settle(lostSight('its worker said nothing in time'))
        return
      case 'gone':
        if (!isOurs && !wasThere) return settle(null)
        // one that was there and is not any more, or that was never confirmed: Redis may have lost it after its begin
        if (wasThere) return settle(lostSight('the slow lane’s Redis does not know it any more'))
        if (++misses >= enoughMisses)
          settle(lostSight('the connection to Redis broke while its job was put in'))
        return
      case 'blind':
        if (now >= lastSight()) settle(lostSight('the slow lane’s Redis is away'))
        return
      default:
        seen satisfies never
    }
  }

  /** When to give up on a job that nobody can see. */
  function lastSight(): number {
    const latest = Math.max(begunAt ?? 0, job.beginBy) + job.timeoutMs + graceMs
    return isOurs ? latest : Math.max(latest, openedAt + patienceMs)
  }

  withdrawn.addEventListener('abort', look)
  if (!isOurs) look()
  else cancel = clock.after(lookEveryMs, look)
  return {
    result,
    look,
    settle,
    close: () => settle(lostSight('the hub is stopping')),
  }
}
