import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject, type Json } from '../../intents/json.ts'
import type { Said, Simulated } from './simulated.ts'

// Companion's HTTP API as its source and its manual say: statuses, bodies and all.

const statuses: Readonly<Record<Said, readonly [status: number, text: string]>> = {
  ok: [200, 'ok'],
  'no control': [204, ''],
  'bad step': [400, 'Bad step'],
  'unknown name': [404, 'Not found'],
  'no page': [404, 'Not found'],
}

/** Answers one request whose body is here. */
export function answerHttp(
  of: Simulated,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://companion')
  response.setHeader('X-App', 'Bitfocus Companion')
  const [api, what = '', ...rest] = pathname.split('/').slice(1).map(decodeURIComponent)
  if (api !== 'api') return send(response, 200, 'a page')
  if (request.method === 'GET') return answerRead(of, what, rest, response)
  const [a = '', b = '', c = '', verb = ''] = rest
  if (what === 'location') {
    const at = [Number(a), Number(b), Number(c)] as const
    if (verb === 'step') return say(response, of.step(...at, Number(searchParams.get('step'))))
    if (verb === 'style') return say(response, of.style(...at, objectOf(body)))
    if (['press', 'down', 'up', 'rotate-left', 'rotate-right'].includes(verb))
      return say(response, of.control(...at))
  }
  if (what === 'custom-variable' && b === 'value') {
    // the very type, without a charset
    const isJson = request.headers['content-type'] === 'application/json'
    const value = searchParams.get('value') ?? (isJson ? jsonOf(body) : body.trim())
    return value === undefined ? send(response, 400, 'No value') : say(response, of.write(a, value))
  }
  if (what === 'surfaces' && a === 'rescan') return say(response, 'ok')
  if (what === 'connections') return changeConnection(of, a, b, response)
  send(response, 404, '')
}

function changeConnection(
  of: Simulated,
  id: string,
  change: string,
  response: ServerResponse,
): void {
  if (of.enabled(id) === undefined)
    return send(response, 404, { status: 404, message: 'Connection not found' })
  if (change === 'restart')
    return of.enabled(id) === true
      ? send(response, 200, { id, message: 'Restart triggered' })
      : send(response, 409, { status: 409, message: 'Connection is inactive' })
  if (change !== 'enable' && change !== 'disable') return send(response, 404, '')
  const enabled = of.enabled(id, change === 'enable') ?? null
  send(response, 200, { id, enabled })
}

function answerRead(
  of: Simulated,
  what: string,
  [a = '', b = '', c = '']: readonly string[],
  response: ServerResponse,
): void {
  if (what === 'connections' && b === 'status') {
    const enabled = of.enabled(a)
    return enabled === undefined
      ? send(response, 404, { status: 404, message: 'Connection not found' })
      : send(response, 200, { id: a, label: a, enabled, status: null })
  }
  const value =
    what === 'custom-variable' && b === 'value'
      ? of.read('custom', a)
      : what === 'variable' && c === 'value'
        ? of.read(a, b)
        : undefined
  if (value === undefined) return send(response, 404, 'Not found')
  send(response, 200, typeof value === 'number' ? String(value) : value)
}

function say(response: ServerResponse, said: Said): void {
  send(response, ...statuses[said])
}

/** Text as HTML, all else as JSON: what Express makes of it. */
function send(response: ServerResponse, status: number, value: Json): void {
  response.statusCode = status
  const type = typeof value === 'string' ? 'text/html' : 'application/json'
  response.setHeader('content-type', `${type}; charset=utf-8`)
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}

function jsonOf(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json // what JSON.parse returns
  } catch {
    return undefined
  }
}

function objectOf(body: string): Readonly<Record<string, Json>> {
  const value = jsonOf(body)
  return isObject(value) ? value : {}
}
