import type { Failure } from '../../intents/failure.ts'
import { reports } from '../report-rule.ts'
import { jsonTemplate } from '../template-json.ts'
import { template, fill, type Read, type Template, type Values, type Writing } from '../template.ts'
import { malformed } from '../template.ts'
import { headerFault } from './header.ts'
import type { HttpCommand, PollOptions, RequestOptions } from './options.ts'

/** One request of the config, compiled. */
export interface Prepared {
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  /** Names that stand alone in the JSON, and so may have any value. */
  readonly typed: ReadonlySet<string>
  command(values: Values): Read<HttpCommand>
}

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

export function prepare(request: RequestOptions | PollOptions): Prepared {
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
  const json = request.json === undefined ? null : jsonTemplate(request.json)
  names.push(...(json?.names ?? []))
  const body = request.body === undefined ? null : use(request.body)

  const told = reports(request.reports ?? [])

  const command = (values: Values): Read<HttpCommand> => {
    if (json !== null && body !== null)
      return malformed('config: a request has `json` or `body`, not both')
    if (!told.ok) return malformed(`config: ${told.detail}`)
    const faults: Failure[] = []
    const filled = (text: Template, writing: Writing): string => {
      const read = fill(text, values, writing)
      if (!read.ok) faults.push(read.failure)
      return read.ok ? read.value : ''
    }
    const pairs = queries.map(([name, text]) => `${name}=${filled(text, query)}`)
    const start = filled(pathOf, path)
    const question = pairs.length === 0 ? '' : (start.includes('?') ? '&' : '?') + pairs.join('&')
    const sent: Record<string, string> = {}
    if (json !== null) sent['content-type'] = 'application/json'
    if (body !== null) sent['content-type'] = 'text/plain; charset=utf-8'
    for (const [name, text] of headers) sent[name.toLowerCase()] = filled(text, header)
    const made = json?.make(values) ?? null
    if (made?.ok === false) faults.push(made.failure)
    const text = made?.ok === true ? JSON.stringify(made.value) : body && filled(body, free)
    const [fault] = faults
    if (fault !== undefined) return { ok: false, failure: fault }
    return checked({
      method: request.method ?? 'GET',
      path: start + question,
      headers: sent,
      body: text,
      ...(request.reports === undefined ? {} : { reports: request.reports }),
    })
  }
  const typed = json?.typed ?? new Set()
  return { names: [...new Set(names)], typed, command }
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
