import { readFileSync } from 'node:fs'
import { timeOf } from '../../bus/entry.ts'
import { commitmentsOfBody } from '../../witness/commitment.ts'
import { LogError } from '../../bus/log.ts'
import type { Node, RedisLogOptions, Servers, Tls } from '../../bus/log-redis/options.ts'
import type { Config } from '../../config/config.ts'
import type { RedisLogConfig, RedisTlsConfig } from '../../config/log.ts'
import { resolveSecrets } from '../../config/secret.ts'
import type { JsonObject } from '../../intents/json.ts'

/**
 * What the config's `log` says to the Redis engine: secrets read, files read, addresses taken apart.
 * @throws LogError `io` that names the key, never a secret
 */
export function redisOptions(config: Pick<Config, 'site'>, log: RedisLogConfig): RedisLogOptions {
  // its type is JSON through and through
  const resolved = resolveSecrets(log as unknown as JsonObject, process.env, (path) =>
    readFileSync(path, 'utf8'),
  )
  if (!resolved.ok) throw new LogError('io', `the config's log: ${resolved.detail}`)
  const real = resolved.options as unknown as RedisLogConfig // the same members, with other strings
  const { servers, db, isTls } = serversOf(real)
  return {
    site: config.site,
    servers,
    db,
    username: real.username ?? undefined,
    password: real.password ?? undefined,
    tls: real.tls === null ? (isTls ? {} : null) : tlsOf(real.tls),
    commandTimeoutMs: real.commandTimeoutMs,
    openWithinMs: real.openWithinMs,
    timeOf,
    keysIn: commitmentsOfBody,
  }
}

/** The port of Redis: IANA's entry `redis`. */
const redisPort = 6379

function serversOf({ servers }: RedisLogConfig): {
  readonly servers: Servers
  readonly db: number
  readonly isTls: boolean
} {
  switch (servers.type) {
    case 'single': {
      if (!URL.canParse(servers.url))
        throw new LogError('io', `the config's log.url is not an address: redis://host:port`)
      const url = new URL(servers.url)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const port = url.port === '' ? redisPort : Number(url.port)
      const db = Number(url.pathname.slice(1))
      return {
        servers: { type: 'single', node: { host, port } },
        db,
        isTls: url.protocol === 'rediss:',
      }
    }
    case 'sentinel': {
      const { name, nodes, tls, username, password } = servers
      return {
        servers: {
          type: 'sentinel',
          name,
          sentinels: nodes.map(nodeOf),
          tls,
          username: username ?? undefined,
          password: password ?? undefined,
        },
        db: 0,
        isTls: false,
      }
    }
    case 'cluster':
      return {
        servers: { type: 'cluster', nodes: servers.nodes.map(nodeOf) },
        db: 0,
        isTls: false,
      }
    default:
      return servers satisfies never
  }
}

function nodeOf(text: string): Node {
  const colon = text.lastIndexOf(':')
  return {
    host: text.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(text.slice(colon + 1)),
  }
}

function tlsOf({ caFile, certFile, keyFile }: RedisTlsConfig): Tls {
  return {
    ...(caFile === null ? {} : { ca: fileOf('caFile', caFile) }),
    ...(certFile === null ? {} : { cert: fileOf('certFile', certFile) }),
    ...(keyFile === null ? {} : { key: fileOf('keyFile', keyFile) }),
  }
}

function fileOf(key: keyof RedisTlsConfig, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new LogError('io', `the config's log.tls.${key} ${path} cannot be read`, { cause })
  }
}
