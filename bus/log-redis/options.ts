import type { RedisOptions } from 'ioredis'
import type { Position } from '../log.ts'

export interface Node {
  readonly host: string
  readonly port: number
}

/** Where the server is: one server, whoever the sentinels say, or the node of a cluster that has the site's key. */
export type Servers =
  | { readonly type: 'single'; readonly node: Node }
  | {
      readonly type: 'sentinel'
      readonly sentinels: readonly Node[]
      /** The name that the sentinels know the master by. */
      readonly name: string
      readonly username?: string | undefined
      readonly password?: string | undefined
      /** Whether the sentinels are spoken to by TLS, too. */
      readonly tls?: boolean | undefined
    }
  | { readonly type: 'cluster'; readonly nodes: readonly Node[] }

/** Certificates as PEM text. `ca` absent: the machine's own authorities. */
export interface Tls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Entries that the server had confirmed, and has no more. */
export interface Gap {
  /** The newest entry that is still there; null: nothing is. */
  readonly after: Position | null
  /** The newest that this process had seen. */
  readonly until: Position
  readonly detail: string
}

export interface RedisLogOptions {
  /** The site: its stream is `if:{<site>}:journal`. */
  readonly site: string
  readonly servers: Servers
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** The numbered database; 0 by default, and always 0 in a cluster. */
  readonly db?: number | undefined
  /** Null or absent: no TLS. */
  readonly tls?: Tls | null | undefined
  /** After so long without an answer the connection is given up. Milliseconds; {@link commandTimeoutMs} by default. */
  readonly commandTimeoutMs?: number | undefined
  /** How long opening waits for a server that is not there yet. Milliseconds; {@link openWithinMs} by default. */
  readonly openWithinMs?: number | undefined
  /** When a body was stamped, in ms since the epoch: for `before`, which knows no intents. */
  readonly timeOf: (body: string) => number
  /** The keys of what is kept beside a body, as far as they stand in it; absent: nothing is. */
  readonly keysIn?: ((body: string) => readonly string[]) | undefined
  /** Told of each gap that is found, before anything more is appended. */
  readonly onGap?: ((gap: Gap) => void) | undefined
}

/** 2 s: longer than any pause of a healthy server, a fork for a snapshot included. */
export const commandTimeoutMs = 2000
/** 5 s: a server that starts with the hub is there by then. */
export const openWithinMs = 5000

/** The stream of a site. The braces put all keys of a site on one node of a cluster. */
export function keyOf(site: string): string {
  return `if:{${site}}:journal`
}

/** The servers in words, without secrets. */
export function addressOf(servers: Servers): string {
  switch (servers.type) {
    case 'single':
      return hostPort(servers.node)
    case 'sentinel':
      return `'${servers.name}' of the sentinels ${servers.sentinels.map(hostPort).join(', ')}`
    case 'cluster':
      return `in the cluster ${servers.nodes.map(hostPort).join(', ')}`
    default:
      return servers satisfies never
  }
}

export function hostPort({ host, port }: Node): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * What ioredis is told for one connection. It never reconnects and never sends anything again by itself: each
 * connection is an object of its own, and whether a command was carried out is found out in `link.ts`.
 */
export function clientOptions(
  options: RedisLogOptions,
  target: Exclude<Servers, { type: 'cluster' }>,
  timeoutMs: number,
): Omit<RedisOptions, 'replyMapping'> {
  const tls = options.tls == null ? {} : { tls: { ...options.tls } }
  return {
    ...(target.type === 'single'
      ? target.node
      : {
          name: target.name,
          sentinels: target.sentinels.map((node) => ({ ...node })),
          sentinelRetryStrategy: () => null,
          sentinelCommandTimeout: timeoutMs,
          ...(target.username === undefined ? {} : { sentinelUsername: target.username }),
          ...(target.password === undefined ? {} : { sentinelPassword: target.password }),
          ...(options.tls == null ? {} : { enableTLSForSentinelMode: target.tls === true }),
          ...(target.tls === true ? { sentinelTLS: { ...options.tls } } : {}),
        }),
    ...tls,
    lazyConnect: true,
    protocol: 2,
    retryStrategy: () => null,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    enableAutoPipelining: false,
    disableClientInfo: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    keepAlive: 1000,
  }
}
