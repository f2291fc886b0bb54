import type { FastifyRequest } from 'fastify'
import type { DeviceId, IntentId, MacroId, RunId } from '../../intents/id.ts'
import type { Actor, Intent } from '../../intents/intent.ts'
import type { Json } from '../../intents/json.ts'
import type { Console } from './console.ts'
import type { LogRead } from './record-view.ts'
import { placeName, type ControlPlace, type Wish } from '../surface.ts'
import type { IntentRequest } from './schema/request.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the token's owner; null on loopback without a token. Set by the guard. */
    owner: string | null
  }
}

/** Where a request came from, as it is recorded: `http:127.0.0.1`. */
export function sourceOf(request: FastifyRequest): string {
  return `http:${request.ip.replace(/^::ffff:/, '')}`
}

/** Tells the hub that the caller reads the journal. */
export function tellRead(
  hub: Pick<Console, 'read'>,
  request: FastifyRequest,
  route: LogRead['route'],
  from: string | null,
  to: string | null,
): void {
  hub.read({ actor: apiActor(request.owner), source: sourceOf(request), route, from, to })
}

/** Who calls the API. */
export function apiActor(owner: string | null): Actor {
  return { type: 'api', id: owner ?? 'local' }
}

/**
 * Who asks for an intent: the person whom the request names, else the caller. A name is the caller's word, so where a
 * token says who calls, it stands behind the name: `anna@panel-2`.
 */
export function askerOf(
  control: string,
  operator: string | undefined,
  owner: string | null,
): Actor {
  return operator === undefined
    ? apiActor(owner)
    : { type: 'operator', id: named(operator, owner), surface: 'console', control }
}

function named(operator: string, owner: string | null): string {
  return owner === null ? operator : `${operator}@${owner}`
}

/** Whose hand is on a control of the panel. */
export function handOn(
  place: ControlPlace,
  operator: string | undefined,
  owner: string | null,
): Actor {
  return {
    type: 'operator',
    id: operator === undefined ? (owner ?? 'unidentified') : named(operator, owner),
    surface: 'console',
    control: placeName(place),
  }
}

/** What a checked body says about its submission beside the intent. */
export function submissionOf(body: {
  readonly id?: string
  readonly trace?: string
  readonly expiresInMs?: number
}): Pick<Wish, 'id' | 'trace' | 'expiresInMs'> {
  return {
    ...(body.id === undefined ? {} : { id: body.id as IntentId }), // the schema's pattern is an id's
    ...(body.trace === undefined ? {} : { trace: body.trace }),
    ...(body.expiresInMs === undefined ? {} : { expiresInMs: body.expiresInMs }),
  }
}

/** A checked request as the hub's own type. Names become ids here; whether they exist is for the hub to say. */
export function intentOf(request: IntentRequest): Intent {
  switch (request.verb) {
    case 'set':
      return { ...request, device: request.device as DeviceId, value: request.value as Json }
    case 'fire':
      return { ...request, device: request.device as DeviceId, args: argsOf(request.args) }
    case 'do':
      return { ...request, args: argsOf(request.args) }
    case 'run':
      return { ...request, macro: request.macro as MacroId, args: argsOf(request.args) }
    case 'cancel':
      return { ...request, run: request.run as RunId }
    case 'hold':
      return request
    default:
      return request satisfies never
  }
}

/** The body came out of JSON.parse: what is there is JSON. */
function argsOf(args: unknown): Json {
  return args === undefined ? {} : (args as Json)
}
