import type { TObject } from 'typebox'
import type { Adapter } from '../../adapters/adapter.ts'
import type { Clock } from '../../bus/clock.ts'
import { openLocalLane } from '../../bus/lane-local/lane.ts'
import type { SlowLane } from '../../bus/lane.ts'
import type { Config } from '../../config/config.ts'
import { openCarrier } from './carrier.ts'
import { redisUrlOf } from '../site/redis-url.ts'

/**
 * The hub's slow lane: through Redis where the config says so, else in this process. BullMQ is loaded only where it is
 * used. @throws Error where the config's reference to the URL has no value
 */
export async function openLane(
  config: Config,
  adapters: ReadonlyMap<string, Adapter<TObject, unknown>>,
  clock: Clock,
): Promise<SlowLane> {
  if (config.slowLane !== null) {
    const { openBullLane } = await import('../../bus/lane-bullmq/lane.ts')
    return openBullLane({ url: redisUrlOf(config.slowLane.redis), site: config.site, clock })
  }
  const carrier = openCarrier(adapters, clock)
  const lane = openLocalLane((job) => carrier.carry(job))
  return {
    ...lane,
    async close() {
      await lane.close()
      await carrier.close()
    },
  }
}
