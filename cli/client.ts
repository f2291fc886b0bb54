import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { Stop } from './exit.ts'

/** Where the hub is and who asks. */
export interface Hub {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string | null
}

/** Ten seconds: a hub that is well answers in milliseconds; one that hangs is told apart from one that is away. */
const defaultWithinMs = 10_000

/** The connection broke after the request may have arrived: only what has an id of its own may be sent again. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** From `/api/v1/` on. */
  readonly path: string
  readonly body?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * Sends one request and gives back the hub's answer when it is a good one.
 * @throws Stop where the hub says no or is not there; ConnectionLost where nobody knows whether it arrived
 */
export async function send(hub: Hub, request: Question): Promise<Response> {
  let response: Response
  try {
    response = await fetch(hub.url + request.path, {
      method: request.method,
      headers: {
        ...request.headers,
        ...(hub.token === null ? {} : { authorization: `Bearer ${hub.token}` }),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      // a hub redirects nobody: following one could hand the token to somebody else
      redirect: 'error',
      signal: request.signal,
    })
  } catch (cause) {
    throw lost(hub, cause)
  }
  if (!response.ok) throw await refusal(response)
  return response
}

/**
 * Asks and reads a JSON object that has at least `fields`, or an empty one where the hub has nothing to say (204).
 * `withinMs` limits the whole exchange.
 * @throws Stop, ConnectionLost
 */
export async function ask<Answer>(
  hub: Hub,
  request: Omit<Question, 'signal'> & { readonly withinMs?: number },
  fields: readonly (keyof Answer & string)[],
): Promise<Answer> {
  const { withinMs = defaultWithinMs, ...rest } = request
  const response = await send(hub, { ...rest, signal: AbortSignal.timeout(withinMs) })
  if (response.status === 204) return {} as Answer // done, and nothing to say
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    throw lost(hub, cause)
  }
  const answer = parse(text)
  const missing = fields.filter((field) => !isObject(answer) || !Object.hasOwn(answer, field))
  if (missing.length > 0)
    throw new Stop(
      'unreachable',
      `what answers at ${hub.url} is not an InfraFabric hub of this version (no ${missing.join(', ')} in ${request.path})`,
      { hint: 'check --url or INFRA_URL' },
    )
  // the fields were looked for just above; what is in them is the hub's word, and only shown
  return answer as Answer
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // not JSON: the caller says that no hub answers here
    return undefined
  }
}

/** Codes of connections that never came about: nothing was sent. */
const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

function lost(hub: Hub, cause: unknown): Error {
  if (cause instanceof DOMException && cause.name === 'TimeoutError')
    return new ConnectionLost(`the hub at ${hub.url} did not answer in time`, { cause })
  if (cause instanceof DOMException) return cause // the caller's own abort
  const code = codeOf(cause)
  if (!neverArrived.has(code))
    return new ConnectionLost(`the connection to the hub at ${hub.url} broke (${code})`, { cause })
  return unreachable(hub, code === 'ECONNREFUSED' ? 'nothing listens there' : code, cause)
}

/** The exit of a hub that is not there. */
function unreachable(hub: Hub, why: string, cause?: unknown): Stop {
  return new Stop('unreachable', `no hub at ${hub.url}: ${why}`, {
    hint: 'start one with: infra up    (or say where it is: --url URL or INFRA_URL)',
    cause,
  })
}

/** The system's code inside fetch's error, which hides it one or two levels down. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    at = at instanceof AggregateError ? at.errors[0] : at.cause
  }
  return error instanceof Error ? error.message : 'no reason given'
}

/** Makes the hub's no readable: its detail, its stable code and the field at fault (RFC 9457). */
async function refusal(response: Response): Promise<Stop> {
  // the status alone still says enough where the rest did not come through
  const answer = parse(await response.text().catch(() => ''))
  const problem = isObject(answer) ? answer : {}
  const word = (key: string) => (typeof problem[key] === 'string' ? problem[key] : null)
  const detail = word('detail') ?? word('title') ?? `the hub answered ${response.status}`
  const about = [word('code'), word('field') === null ? null : `field ${word('field')}`]
  const said = about.filter((text) => text !== null).join(', ')
  return new Stop('failed', said === '' ? detail : `${detail} (${said})`, {
    ...(response.status === 401
      ? {
          hint: 'this hub asks for a token: --token T or INFRA_TOKEN; made with: infra token add NAME',
        }
      : {}),
    problem: { status: response.status, ...problem },
  })
}
