import { type Agent, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
// unlike decodeURIComponent it never throws
import { unescape } from 'node:querystring'
import type { HttpOptions } from './options.ts'

/** 4 s: below the 5 s after which many servers close an idle connection, so that a request seldom meets that end. */
const idleMs = 4000

/** Whom to ask, and as whom. */
export interface Peer {
  /** For people; holds no secret. */
  readonly name: string
  readonly origin: string
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** The path of the config's url, without a slash at its end. */
  readonly prefix: string
  /** Secret; null where nothing is said, or it is made anew for each request. */
  readonly authorization: string | null
  /** Secret; null where digest authentication is not asked for. */
  readonly digest: { readonly user: string; readonly password: string } | null
  readonly agent: Agent
}

/** Why the config cannot be used; null where it can. Says nothing of the values: they may be secrets. */
export function faultOf(options: HttpOptions): string | null {
  if (!URL.canParse(options.url)) return 'config: url is none'
  if (!/^[\u0021-\u007e]*$/.test(options.token ?? ''))
    return 'config: token: expected printable ASCII without spaces'
  if (options.auth === 'digest' && options.token !== undefined)
    return 'config: auth: digest is for user and password, and there is a token'
  return null
}

/** @param options its `url` can be parsed: see `faultOf` */
export function peerOf(options: HttpOptions): Peer {
  const url = new URL(options.url)
  const secure = url.protocol === 'https:'
  const user = options.user ?? unescape(url.username)
  const password = options.password ?? unescape(url.password)
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const agentOptions = { keepAlive: true, maxFreeSockets: 1, timeout: idleMs }
  return {
    // neither user nor path, nor query: any of them may hold a secret
    name: url.origin,
    origin: url.origin,
    secure,
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    prefix: url.pathname.replace(/\/$/, ''),
    authorization:
      options.token !== undefined
        ? `Bearer ${options.token}`
        : user === '' || options.auth === 'digest'
          ? null
          : basic,
    digest: options.auth === 'digest' ? { user, password } : null,
    agent: secure
      ? new HttpsAgent({ ...agentOptions, rejectUnauthorized: options.verifyTls })
      : new HttpAgent(agentOptions),
  }
}
