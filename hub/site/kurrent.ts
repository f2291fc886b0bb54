import { readFileSync } from 'node:fs'
import { timeOf } from '../../bus/entry.ts'
import { LogError } from '../../bus/log.ts'
import type { KurrentLogOptions } from '../../bus/log-kurrent/log.ts'
import type { Config } from '../../config/config.ts'
import type { KurrentLogConfig } from '../../config/log.ts'
import { resolveSecrets } from '../../config/secret.ts'
import type { JsonObject } from '../../intents/json.ts'

/**
 * What the config's `log` says to the EventStoreDB engine: secrets read, and put into the URL, which is where the client wants them.
 * @throws LogError `io` that names the key, never a secret
 */
export function kurrentOptions(
  { site }: Pick<Config, 'site'>,
  log: KurrentLogConfig,
): KurrentLogOptions {
  // its type is JSON through and through
  const resolved = resolveSecrets(log as unknown as JsonObject, process.env, (path) =>
    readFileSync(path, 'utf8'),
  )
  if (!resolved.ok) throw new LogError('io', `the config's log: ${resolved.detail}`)
  const { url, username, password } = resolved.options as unknown as KurrentLogConfig // the same members, with other strings
  if (username === null) return { url, site, timeOf }
  const user = [username, password ?? ''].map(encodeURIComponent).join(':')
  return { url: url.replace('://', `://${user}@`), site, timeOf }
}
