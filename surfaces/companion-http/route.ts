import type { DeviceId } from '../../intents/id.ts'
import { isObject, type Json } from '../../intents/json.ts'
import { gesture, placeFrom } from '../asked.ts'
import { type Variables, variableValue, type Wanted } from '../companion.ts'
import { styleIn, styleOfQuery } from '../companion-style.ts'
import type { ControlPlace, SurfaceHost } from '../surface.ts'
import { deprecatedRoute } from './deprecated.ts'
import type { NewValue } from './request.ts'

/** What a request is for. */
export type Route =
  | { readonly kind: 'ask'; readonly wanted: Wanted }
  | { readonly kind: 'answer'; readonly status: number; readonly value: Json }

const notFound: Route = { kind: 'answer', status: 404, value: 'Not found' }
/** What Companion answers to all else. */
const nothing: Route = { kind: 'answer', status: 404, value: '' }
/** A control that is none. */
const noControl: Route = { kind: 'answer', status: 204, value: '' }

export interface Asking {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly value: () => NewValue
  /** What is in a body of JSON, an empty object where there is none; undefined where it cannot be read. */
  readonly body: () => Json | undefined
}

/**
 * What a request asks for, by the routes of Companion 5.0 (its manual, "HTTP Remote Control", and the source of its `HttpApi`
 * service). `deprecated`: also by those of before.
 */
export function routeOf(
  { method, path, query, value, body }: Asking,
  host: Pick<SurfaceHost, 'states'>,
  variables: Variables,
  deprecated: boolean,
): Route {
  const parts = partsOf(path)
  if (parts === null) return nothing
  if (parts[0] !== 'api') return method === 'GET' && deprecated ? old(parts, query) : nothing
  const [, what, a = '', b = '', c = '', d = ''] = parts
  if (method === 'POST' && what === 'location' && parts.length === 6)
    return atLocation(a, b, c, d, query, body)
  if (what === 'custom-variable' && b === 'value' && parts.length === 4) {
    if (method === 'GET') return read(variableValue(a, host, variables))
    if (method !== 'POST') return nothing
    const given = value()
    return given.ok
      ? { kind: 'ask', wanted: { kind: 'write', name: a, value: given.value } }
      : { kind: 'answer', status: 400, value: given.text }
  }
  if (method === 'GET' && what === 'variable' && c === 'value' && parts.length === 5)
    return read(
      a === 'custom' ? variableValue(b, host, variables) : host.states.at(a as DeviceId, b), // a look-up: any text may be asked for
    )
  if (method === 'POST' && what === 'surfaces' && a === 'rescan' && parts.length === 3)
    return { kind: 'ask', wanted: { kind: 'rescan' } }
  return nothing
}

function atLocation(
  page: string,
  row: string,
  col: string,
  word: string,
  query: URLSearchParams,
  body: () => Json | undefined,
): Route {
  const place = placeFrom(page, row, col)
  switch (word) {
    case 'press':
    case 'down':
    case 'up':
    case 'rotate-left':
    case 'rotate-right':
      return place === null
        ? noControl
        : { kind: 'ask', wanted: gesture(page, row, col, word, word) }
    case 'step':
      return place === null
        ? noControl
        : { kind: 'ask', wanted: { kind: 'step', place, step: Number(query.get('step')) } }
    case 'style':
      return place === null ? noControl : style(place, query, body())
    default:
      return nothing
  }
}

/** The query counts before a body, as there. */
function style(place: ControlPlace, query: URLSearchParams, body: Json | undefined): Route {
  if (body === undefined) return { kind: 'answer', status: 400, value: 'Bad style' }
  const found = styleIn({ ...(isObject(body) ? body : {}), ...styleOfQuery(query) })
  return 'style' in found
    ? { kind: 'ask', wanted: { kind: 'style', place, style: found.style } }
    : unchangeable(found.others)
}

function old(parts: readonly string[], query: URLSearchParams): Route {
  const wanted = deprecatedRoute(parts, query)
  if (wanted === null) return nothing
  return 'others' in wanted ? unchangeable(wanted.others) : { kind: 'ask', wanted }
}

function unchangeable(others: readonly string[]): Route {
  const value = `${others.join(', ').slice(0, 200)} cannot be changed here: text, color, bgcolor, size and png64 can`
  return { kind: 'answer', status: 501, value }
}

function read(value: Json | undefined): Route {
  return value === undefined ? notFound : { kind: 'answer', status: 200, value }
}

/** A path at its slashes, decoded; null where it cannot be. A part may hold a slash, as `%2F`. */
function partsOf(path: string): readonly string[] | null {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    // a % that begins no byte
    return null
  }
}
