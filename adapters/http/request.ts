import type { Failure } from '../../intents/failure.ts'
import { isObject, type Json } from '../../intents/json.ts'
import { template, fill, type Read, type Template, type Values, type Writing } from '../template.ts'
import { malformed } from '../template.ts'
import { headerFault } from './header.ts'
import type { HttpCommand, RequestOptions } from './options.ts'

/** One request of the config, compiled. */
export interface Prepared {
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  /** Names that stand alone in the JSON, and so may have any value. */
  readonly typed: ReadonlySet<string>
  command(values: Values): Read<HttpCommand>
}

type Json0 = (values: Values) => Json

/** 1 MiB: what a device may be sent at once. */
const maxBodyBytes = 1024 * 1024

const path: Writing = {
  // a segment of dots would climb out of the path of the config, and encoding does not change that (RFC 3986 5.2.4)
  write: (text) => (/^\.{1,2}$/.test(text) ? null : encoded(text)),
  expected: 'text that is not . or .. in a path',
}
const query: Writing = { write: encoded, expected: 'text of whole Unicode characters' }
const header: Writing = {
  write: (text) => (headerFault('x', text) === null ? text : null),
  expected: 'printable ASCII without line breaks in a header',
}
const free: Writing = { write: (text) => text, expected: 'text' }

function encoded(text: string): string | null {
  // half of a surrogate pair has no UTF-8
  return text.isWellFormed() ? encodeURIComponent(text) : null
}

export function prepare(request: RequestOptions): Prepared {
  const names: string[] = []
  const use = (text: string): Template => {
    const made = template(text)
    names.push(...made.names)
    return made
  }
  const pathOf = use(request.path)
  const queries = Object.entries(request.query ?? {}).map(
    ([name, text]) => [encodeURIComponent(name), use(text)] as const,
  )
  const headers = Object.entries(request.headers ?? {}).map(
    ([name, text]) => [name, use(text)] as const,
  )
  const typed = new Set<string>()
  const json = request.json === undefined ? null : jsonTemplate(request.json, use, typed)
  const body = request.body === undefined ? null : use(request.body)

  const command = (values: Values): Read<HttpCommand> => {
    if (json !== null && body !== null)
      return malformed('config: a request has `json` or `body`, not both')
    try {
      const parts = queries.map(([name, text]) => `${name}=${filled(text, values, query)}`)
      const start = filled(pathOf, values, path)
      const question = parts.length === 0 ? '' : (start.includes('?') ? '&' : '?') + parts.join('&')
      const sent: Record<string, string> = {}
      if (json !== null) sent['content-type'] = 'application/json'
      if (body !== null) sent['content-type'] = 'text/plain; charset=utf-8'
      for (const [name, text] of headers) sent[name.toLowerCase()] = filled(text, values, header)
      const text = json === null ? body && filled(body, values, free) : JSON.stringify(json(values))
      return checked({ method: request.method, path: start + question, headers: sent, body: text })
    } catch (error) {
      if (error instanceof Refused) return { ok: false, failure: error.failure }
      throw error
    }
  }
  return { names: [...new Set(names)], typed, command }
}

/** Carries a refusal out of the depth of a JSON template; never leaves this file. */
class Refused extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.detail)
    this.failure = failure
  }
}

function filled(text: Template, values: Values, writing: Writing): string {
  const read = fill(text, values, writing)
  if (!read.ok) throw new Refused(read.failure)
  return read.value
}

/** A function that makes the JSON; keys are as they stand, texts are templates. */
function jsonTemplate(json: Json, use: (text: string) => Template, typed: Set<string>): Json0 {
  if (typeof json === 'string') {
    const text = use(json)
    const [name] = text.names
    if (name !== undefined && text.names.length === 1 && text.texts.every((each) => each === '')) {
      typed.add(name)
      return (values) => values.get(name) ?? null
    }
    return (values) => filled(text, values, free)
  }
  if (json instanceof Array) {
    const items = json.map((item) => jsonTemplate(item, use, typed))
    return (values) => items.map((item) => item(values))
  }
  if (!isObject(json)) return () => json
  const entries = Object.entries(json).map(
    ([key, item]) => [key, jsonTemplate(item, use, typed)] as const,
  )
  return (values) => Object.fromEntries(entries.map(([key, item]) => [key, item(values)]))
}

/** The rules for every request, of the config or native. */
export function checked(command: HttpCommand): Read<HttpCommand> {
  const { path, headers, body } = command
  // `//` or a backslash at the start would name another host to some readers of URLs
  if (!/^\/(?![/\\])/.test(path)) return malformed('path: expected / and then no second one')
  if (path.length > 8000 || !/^[\u0021-\u007e]*$/.test(path) || path.includes('#'))
    return malformed(
      'path: expected URL-encoded ASCII without spaces or #, at most 8000 characters',
    )
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:$|[/?])/i.test(path))
    return malformed('path: expected no . or .. in it')
  for (const [name, text] of Object.entries(headers)) {
    const fault = headerFault(name, text)
    if (fault !== null) return malformed(`header ${JSON.stringify(name.slice(0, 64))}: ${fault}`)
  }
  if (body !== null && Buffer.byteLength(body) > maxBodyBytes)
    return malformed(`body: at most ${maxBodyBytes} bytes`)
  return { ok: true, value: command }
}
