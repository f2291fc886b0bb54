import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { own, text } from '../field.ts'
import type { Action } from '../model.ts'
import { type Acted, type Drafted, type Module, no, unknownAction } from './module.ts'

// companion-module-generic-http, src/index.js: get, post, put, patch, delete, each with a whole URL or one below the base. To us
// each origin is a device.

const methods: Readonly<Record<string, string>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  head: 'HEAD',
}

interface Origin {
  readonly name: string
  readonly url: string
  /** Bodies that are not JSON have to be declared. */
  readonly actions: Map<string, JsonObject>
}

export const http: Module = {
  ids: ['generic-http', 'http', 'direct_http'],
  open({ config }, name) {
    const base = text(config, 'prefix') ?? ''
    const verifyTls = own(config, 'rejectUnauthorized') !== false
    const origins = new Map<string, Origin>()
    const at = (url: string): Origin => {
      const known = origins.get(url)
      if (known !== undefined) return known
      const made = {
        name: origins.size === 0 ? name : `${name.slice(0, 58)}_at${origins.size + 1}`,
        url,
        actions: new Map<string, JsonObject>(),
      }
      origins.set(url, made)
      return made
    }
    const proxy = text(config, 'proxyAddress') ?? ''
    return {
      devices: () => [...origins.values()].map((origin) => drafted(origin, verifyTls)),
      act: (action) => acted(action, base, at),
      lit: () => null,
      notes:
        proxy === '' ? [] : ['its proxy is not carried over: requests go straight to the device'],
    }
  },
}

function drafted({ name, url, actions }: Origin, verifyTls: boolean): Drafted {
  return {
    name,
    protocol: 'http',
    options: {
      url,
      ...(verifyTls ? {} : { verifyTls }),
      ...(actions.size === 0 ? {} : { actions: Object.fromEntries(actions) }),
    },
  }
}

function acted(action: Action, base: string, at: (url: string) => Origin): Acted {
  const { options } = action
  const method = Object.hasOwn(methods, action.name) ? methods[action.name] : undefined
  const given = (text(options, 'url') ?? '').trim()
  if (method === undefined) return unknownAction('generic-http', action)
  const whole = /^https?:\/\//i.test(given) ? given : base + given
  if (!/^https?:\/\//i.test(whole) || !URL.canParse(whole)) return no('it has no URL that is whole')
  const { origin, pathname, search, username, password } = new URL(whole)
  if (username !== '' || password !== '')
    return no('its URL holds a password: give the device user and password, as references')
  const headers = headersOf(own(options, 'header'))
  if (headers === null) return no('its headers are no JSON')
  const secret = Object.keys(headers).find((key) => /auth|token|key|cookie|secret/i.test(key))
  if (secret !== undefined)
    return no(
      `its header ${secret.slice(0, 40)} may hold a secret: give the device token, as a reference`,
    )
  const path = pathname + search
  const extra = Object.keys(headers).length === 0 ? {} : { headers }
  const device = at(origin)
  const body = own(options, 'body')
  const fire = (called: string, args: JsonObject): Acted => ({
    ok: true,
    fires: [{ device: device.name, action: called, args }],
  })
  const hasBody = method !== 'GET' && method !== 'HEAD' && body != null && body !== ''
  if (!hasBody) return fire('request', { method, path, ...extra })
  const type = text(options, 'contenttype') ?? 'application/json'
  if (type === 'application/json') {
    const json = jsonOf(body)
    return json === null
      ? no('its body is said to be JSON, and is none')
      : fire('request', { method, path, json: json.json, ...extra })
  }
  const words = typeof body === 'string' ? body : JSON.stringify(body)
  // there a place for an argument would begin, and nobody gives it
  if (/\{[A-Za-z_][A-Za-z0-9_-]*\}|[{}]/.test(path + words))
    return no('its body or path has braces, which stand for arguments here')
  const called = declare(device, {
    method,
    path,
    body: words,
    headers: { ...headers, 'Content-Type': type },
  })
  return fire(called, {})
}

/** The name of the device's action that is exactly this request. */
function declare({ actions }: Origin, request: JsonObject & { readonly method: string }): string {
  const same = JSON.stringify(request)
  for (const [name, each] of actions) if (JSON.stringify(each) === same) return name
  const name = `${request.method.toLowerCase()}_${actions.size + 1}`
  actions.set(name, request)
  return name
}

function headersOf(value: Json | undefined): JsonObject | null {
  if (value == null || value === '') return {}
  const read = isObject(value) ? value : typeof value === 'string' ? jsonOf(value)?.json : undefined
  if (!isObject(read)) return null
  return Object.fromEntries(
    Object.entries(read).map(([key, each]) => [
      key,
      typeof each === 'string' ? each : JSON.stringify(each),
    ]),
  )
}

function jsonOf(value: Json): { readonly json: Json } | null {
  if (typeof value !== 'string') return { json: value }
  try {
    return { json: JSON.parse(value) as Json } // what JSON.parse gives is JSON
  } catch {
    return null // the caller says so
  }
}
