import type { Extent } from './press.ts'
import { hubsBench } from './redis-hubs.ts'
import { redisPressBench } from './redis-press.ts'
import { isInstalled } from './redis-server.ts'
import { takeoverBench } from './redis-takeover.ts'

/** What the log on Redis costs, and what a second hub is worth: a real redis-server, started here and ended. */
export async function redisBench({ quick, folder }: Extent): Promise<void> {
  if (!isInstalled()) {
    console.log(
      'Redis: NOT MEASURED, redis-server is not installed: apt-get install redis-server\n',
    )
    return
  }
  const extent = { quick, folder, rounds: quick ? 1 : 3, seconds: quick ? 1 : 2 }
  await redisPressBench(extent)
  await hubsBench(extent)
  await takeoverBench(extent)
}
