import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Console } from './console.ts'
import { hostName, isLoopback, sameOrigin } from '../origin.ts'
import { fault, type ProblemError } from './problem.ts'
import { hookPath } from './routes/hooks.ts'
import { sourceOf } from './wish.ts'

/** The cookie of a browser that signed in. */
export const sessionCookie = 'infra_session'

/** Served to everybody: liveness, the console's own files (they hold no secret), and the way to sign in. */
const open = new Set(['/health', '/*', '/api/v1/session'])

/**
 * Turns away, before a body is read, whoever may not ask: another site's page (CSRF, RFC 6454), a name that was
 * rebound to this machine (DNS rebinding), a wrong token, and on any address but loopback a missing one.
 */
export function addGuard(app: FastifyInstance, hub: Console, loopback: boolean): void {
  app.decorateRequest('owner', null)
  app.addHook('onRequest', (request, _reply, done) => {
    const refused = check(request, hub, loopback)
    if (refused !== null) hub.accessRefused(sourceOf(request), refused.problem.detail)
    done(refused ?? undefined)
  })
}

function check(request: FastifyRequest, hub: Console, loopback: boolean): ProblemError | null {
  const { host, origin, authorization, cookie } = request.headers
  const name = hostName(host)
  if (name === null || (loopback && !isLoopback(name)))
    return fault('foreign-host', 'The Host header must name this machine: localhost or 127.0.0.1.')
  if (origin !== undefined && !sameOrigin(origin, host))
    return fault('foreign-origin', 'Pages of other sites may not use this hub.')
  // a device that calls: its address is what it knows, and what else it sends is for others
  if (request.routeOptions.url === hookPath) return null
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    request.owner = token === undefined ? null : hub.tokenOwner(token)
    return request.owner === null ? fault('bad-token', 'This hub knows no such token.') : null
  }
  const session = sessionOf(cookie)
  request.owner = session === null ? null : hub.tokenOwner(session)
  if (request.owner !== null || loopback || open.has(request.routeOptions.url ?? '')) return null
  return session === null
    ? fault('token-required', 'Send Authorization: Bearer TOKEN; infra token add NAME makes one.')
    : fault('bad-token', 'The token of this session is not valid any more: sign in again.')
}

function sessionOf(cookie: string | undefined): string | null {
  if (cookie === undefined) return null
  const pairs = cookie.split(';').map((pair) => pair.trim())
  const value = pairs.find((pair) => pair.startsWith(`${sessionCookie}=`))
  return value === undefined ? null : value.slice(sessionCookie.length + 1)
}
