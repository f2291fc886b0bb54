import type { Presence } from '../../bus/lease/presence.ts'
import type { Config } from '../../config/config.ts'

/** Where the hubs of a site see each other, by the config's log; null where its log has one hub. @throws LogError */
export async function openPresence(config: Pick<Config, 'site' | 'log'>): Promise<Presence | null> {
  const { log } = config
  if (log.engine !== 'redis') return null
  // loaded only here: a hub with the embedded log starts without it
  const [{ openRedisPresence }, { redisOptions }] = await Promise.all([
    import('../../bus/log-redis/presence.ts'),
    import('./redis.ts'),
  ])
  return openRedisPresence(redisOptions(config, log), log.leaseTtlMs)
}
