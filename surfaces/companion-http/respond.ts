import { setMaxListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Failure, failed } from '../../intents/failure.ts'
import type { Json } from '../../intents/json.ts'
import { succeeded } from '../../intents/outcome.ts'
import { either } from '../../wire/either.ts'
import { type Answer, ask, type Asker } from '../ask.ts'
import { understood, type Variables, type Wanted } from '../companion.ts'
import { hostName, isLoopback, sameOrigin } from '../origin.ts'
import type { SurfaceHost } from '../surface.ts'
import { bodyOf, jsonBody, newValue } from './request.ts'
import { routeOf } from './route.ts'

export interface Serving {
  readonly host: SurfaceHost
  readonly asker: Asker
  readonly options: {
    readonly host: string
    readonly variables: Variables
    readonly answerMs: number
    readonly deprecated: boolean
  }
  /** Aborts when the surface closes. */
  readonly closing: AbortSignal
}

/** Nothing that is answered may run in a browser: a variable's value is somebody else's text. */
const safeHeaders = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** Answers one request. Never rejects: a peer that went away is closed. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
): Promise<void> {
  const { host, asker } = serving
  try {
    const turnedAway = foreign(request, serving.options.host)
    if (turnedAway !== null) {
      host.rejected(asker.source, failed('refused', turnedAway))
      return send(response, 403, turnedAway)
    }
    const body = await bodyOf(request)
    if (!body.ok) {
      host.rejected(asker.source, failed('malformed', body.detail))
      response.setHeader('connection', 'close')
      return send(response, body.status, body.detail)
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub')
    const route = routeOf(
      {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        value: () => newValue(searchParams, request.headers['content-type'], body.bytes),
        body: () => jsonBody(request.headers['content-type'], body.bytes),
      },
      host,
      serving.options.variables,
      serving.options.deprecated,
    )
    if (route.kind === 'ask') return await carryOut(route.wanted, response, serving)
    // what somebody only wanted to read is no input
    const isInVain = route.status >= 400 || route.status === 204
    if (isInVain && request.method === 'POST')
      host.rejected(
        asker.source,
        failed('malformed', `POST ${pathname.slice(0, 100)}: answered with ${route.status}`),
      )
    send(response, route.status, route.value)
  } catch {
    // the peer went away, or said what is no URL: there is nobody to answer
    response.destroy()
  }
}

/**
 * Why a browser's request is turned away: another site's page may send a POST without asking first (CSRF), and a name may be
 * rebound to this machine (DNS rebinding). Programs send no Origin.
 */
function foreign({ headers }: IncomingMessage, host: string): string | null {
  const name = hostName(headers.host)
  if (name === null || (isLoopback(host) && !isLoopback(name)))
    return 'The Host header must name this machine: localhost or 127.0.0.1.'
  // a picture's address is asked for without an Origin; browsers of today say this
  const site = headers['sec-fetch-site'] ?? 'none'
  return (headers.origin === undefined || sameOrigin(headers.origin, headers.host)) &&
    (site === 'none' || site === 'same-origin')
    ? null
    : 'Pages of other sites may not use this hub.'
}

async function carryOut(
  wanted: Wanted,
  response: ServerResponse,
  { host, asker, options, closing }: Serving,
): Promise<void> {
  const answers = await Promise.all(
    understood(wanted, host, options.variables).map((asked) => ask(host, asked, asker)),
  )
  const wrong = answers.find(({ ok }) => !ok)
  if (wrong?.ok === false) return send(response, ...statusOf(wrong, wanted))
  const all = answers.flatMap((answer) => (answer.ok ? [answer] : []))
  const receipts = all.flatMap((answer) => answer.receipts)
  const said = all[0]?.said ?? ''
  const ids = receipts.map(({ id }) => id)
  if (ids.length > 0) response.setHeader('x-intent-id', ids.join(', '))
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { signal, done } = either([closing, gone.signal], options.answerMs)
  setMaxListeners(0, signal)
  try {
    const failures = await Promise.all(
      receipts.map(async ({ id, refusal }): Promise<Failure | null> => {
        if (refusal !== null) return refusal.failure
        const { outcome, failure } = await host.ended(id, signal)
        return succeeded(outcome) ? null : (failure ?? failed('unknown-outcome', outcome))
      }),
    )
    const failure = failures.find((found) => found !== null)
    if (failure === undefined) send(response, 200, said === '' ? 'ok' : said)
    else send(response, failureStatus(failure), failure.detail)
  } catch {
    // it is recorded and goes on: who asked can look it up by its id
    send(response, 202, `accepted, its outcome is not known yet: ${ids.join(', ')}`)
  } finally {
    done()
  }
}

/** Companion's statuses and texts where it has them. */
function statusOf(
  { code, detail }: Extract<Answer, { readonly ok: false }>,
  wanted: Wanted,
): readonly [status: number, text: string] {
  if (code === 'not-recorded') return [503, detail]
  if (code === 'not-found') return wanted.kind === 'write' ? [404, 'Not found'] : [204, '']
  if (code === 'refused' && wanted.kind === 'step') return [400, 'Bad step']
  return code === 'refused' ? [501, detail] : [400, detail]
}

/** What Companion never says: that it was not done. */
function failureStatus({ code }: Failure): number {
  switch (code) {
    case 'refused':
    case 'held':
    case 'expired':
    case 'malformed':
    case 'not-found':
      return 409
    case 'unreachable':
      return 502
    case 'timeout':
    case 'unknown-outcome':
      return 504
    default:
      return code satisfies never
  }
}

/** Text as HTML, a number as text, all else as JSON: what a Companion sends. */
function send(response: ServerResponse, status: number, value: Json): void {
  if (response.headersSent || response.destroyed) return
  const text = typeof value === 'number' ? String(value) : value
  const type = typeof text === 'string' ? 'text/html' : 'application/json'
  response.writeHead(status, { ...safeHeaders, 'content-type': `${type}; charset=utf-8` })
  response.end(typeof text === 'string' ? text : JSON.stringify(text))
}
