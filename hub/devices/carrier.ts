import { readFileSync } from 'node:fs'
import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import type { Adapter, Link, LinkContext } from '../../adapters/adapter.ts'
import { sendFailure } from '../../adapters/send-failure.ts'
import type { Clock } from '../../bus/clock.ts'
import { jobFailed, lostSight, type Job, type JobResult } from '../../bus/lane.ts'
import { resolveSecrets } from '../../config/secret.ts'
import { failed } from '../../intents/failure.ts'

/** Carries out jobs of the slow lane with this process's adapters, in the hub or in a worker. */
export interface Carrier {
  /** Never rejects, and settles within the job's time. */
  carry(job: Job): Promise<JobResult>
  /** Ends every link: what is under way fails as its adapter says. */
  close(): Promise<void>
}

/** A minute without a job: long enough for a row of them, short enough for a service that closes idle connections. */
const idleMs = 60_000
/** After a deadline, how long a link may take to settle by itself before its answer no longer counts. */
const graceMs = 250

/** A link and what hangs on it. Its options are as resolved when it was opened: a secret lives here and only here. */
interface Open {
  readonly key: string
  readonly link: Link<unknown>
  readonly options: Static<TObject>
  /** Sends it may carry at once. */
  readonly pipeline: number
  busy: number
  cancelIdle: () => void
}

/** Nobody follows what a service says between jobs: its outcome is what is recorded. */
const deaf: LinkContext = {
  report: () => {},
  barred: () => null,
  changed: () => {},
  picture: () => {},
}

export function openCarrier(
  adapters: ReadonlyMap<string, Adapter<TObject, unknown>>,
  clock: Clock,
  env: NodeJS.ProcessEnv = process.env,
): Carrier {
  const links = new Set<Open>()

  function linkFor(job: Job, adapter: Adapter<TObject, unknown>): Open | string {
    const key = JSON.stringify([job.device, job.protocol, job.options])
    for (const open of links) if (open.key === key && open.busy < open.pipeline) return open
    const resolved = resolveSecrets(job.options, env, (path) => readFileSync(path, 'utf8'))
    if (!resolved.ok) return resolved.detail
    // a job may come from a hub of another version
    if (!Value.Check(adapter.options, resolved.options))
      return 'its options are not what the adapter wants here'
    const options = resolved.options as Static<TObject> // checked above
    const link = adapter.open(options, deaf)
    const pipeline = Math.max(1, adapter.pipeline(options))
    const open = { key, link, options, pipeline, busy: 0, cancelIdle: () => {} }
    links.add(open)
    return open
  }

  function free(open: Open): void {
    open.busy--
    if (open.busy > 0) return
    open.cancelIdle = clock.after(idleMs, () => {
      links.delete(open)
      void open.link.close()
    })
  }

  async function use(
    { wish, reported, timeoutMs }: Job,
    adapter: Adapter<TObject, unknown>,
    { link, options }: Open,
  ): Promise<JobResult> {
    const deadline = new AbortController()
    const late = `no answer within ${timeoutMs} ms`
    let cancelGrace = () => {}
    const overdue = new Promise<JobResult>((resolve) => {
      cancelGrace = clock.after(timeoutMs + graceMs, () => resolve(lostSight(late)))
    })
    const cancel = clock.after(timeoutMs, () => deadline.abort(new Error(late)))
    const send = async (): Promise<JobResult> => {
      if (wish === null) return { type: 'alive', detail: await link.test(deadline.signal) }
      const plan = adapter.plan(wish, options, new Map(reported))
      if (!plan.ok) return jobFailed(plan.failure)
      return { type: 'delivered', ack: await link.send(plan.command, deadline.signal) }
    }
    try {
      return await Promise.race([
        send().catch((error: unknown) => jobFailed(sendFailure(error))),
        overdue,
      ])
    } finally {
      cancel()
      cancelGrace()
    }
  }

  return {
    async carry(job) {
      const adapter = adapters.get(job.protocol)
      if (adapter === undefined)
        return jobFailed(failed('malformed', `there is no adapter ${job.protocol} here`))
      if (clock.now() >= job.beginBy)
        return jobFailed(failed('unreachable', 'it came too late to be begun'))
      const open = linkFor(job, adapter)
      if (typeof open === 'string') return jobFailed(failed('unreachable', open))
      open.cancelIdle()
      open.busy++
      try {
        return await use(job, adapter, open)
      } finally {
        free(open)
      }
    },
    async close() {
      const all = [...links]
      links.clear()
      for (const open of all) open.cancelIdle()
      await Promise.all(all.map(({ link }) => link.close()))
    },
  }
}
