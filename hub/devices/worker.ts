import { systemClock } from '../../bus/clock.ts'
import { openLaneWorker } from '../../bus/lane-bullmq/worker.ts'
import { openCarrier } from './carrier.ts'
import { ConfigError, readConfig } from '../configure.ts'
import { loadParts, type Parts } from '../parts.ts'
import { redisUrlOf } from '../site/redis-url.ts'
import { stopSignal } from '../stop-signal.ts'

export interface WorkOptions {
  /** The hub's config: names the site and its Redis. */
  readonly config: string | undefined
  /** `redis://…`, or a reference such as `${env:REDIS_URL}`; default: the config's. */
  readonly redis: string | undefined
  /** Default: the config's. */
  readonly site: string | undefined
  /** Jobs at once, from 1. */
  readonly concurrency: number
  readonly out: (line: string) => void
  readonly note: (line: string) => void
}

/**
 * Carries out a site's slow jobs until it is told to stop (SIGINT, SIGTERM); then it ends those it has and takes no more. Secrets of the
 * jobs' devices are resolved from this process's environment and files. @throws ConfigError, Error where site or URL are missing or wrong
 */
export async function work({ concurrency, out, note, ...options }: WorkOptions): Promise<void> {
  const clock = systemClock()
  const parts = await loadParts()
  const { redis, site } = placeOf(options, parts)
  const carrier = openCarrier(parts.adapters, clock)
  let told = ''
  const worker = openLaneWorker({
    url: redisUrlOf(redis),
    site,
    concurrency,
    clock,
    carry: (job) => carrier.carry(job),
    trouble(detail) {
      // once for each kind: a Redis that is away says so at every try
      if (detail !== told) note(`the slow lane’s Redis: ${detail}`)
      told = detail
    },
  })
  const stopped = stopSignal()
  const first = await Promise.race([worker.ready().then(() => null), stopped])
  if (first === null) out(`ready  slow jobs of site ${site}, ${concurrency} at once`)
  const signal = await stopped
  out(`stopping (${signal}): ends the jobs it has`)
  await worker.close()
  await carrier.close()
}

function placeOf(
  { config: file, ...said }: Pick<WorkOptions, 'config' | 'redis' | 'site'>,
  parts: Parts,
): { readonly redis: string; readonly site: string } {
  const loaded = file === undefined ? null : readConfig(file, parts)
  if (loaded?.ok === false) throw new ConfigError(loaded.faults)
  const redis = said.redis ?? loaded?.config.slowLane?.redis
  const site = said.site ?? loaded?.config.site
  if (redis === undefined) throw new Error('name the Redis: --redis URL, or slowLane in --config')
  if (site === undefined) throw new Error('name the site: --site NAME, or --config FILE')
  return { redis, site }
}
