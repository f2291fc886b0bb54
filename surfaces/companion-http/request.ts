import type { IncomingMessage } from 'node:http'
import { isObject, type Json } from '../../intents/json.ts'

/** 64 KiB: a variable's value, or a style with a small picture. */
const maxBodyBytes = 65_536
/** Of a JSON body; everything that walks a value may then recurse. */
const maxDepth = 32

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly status: 400 | 413; readonly detail: string }

/** All of a body. Hostile: at most 64 KiB are kept. Rejects where the peer goes away. */
export async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes)
      return { ok: false, status: 413, detail: `a body has at most ${maxBodyBytes} bytes` }
    chunks.push(chunk)
  }
  return { ok: true, bytes: Buffer.concat(chunks) }
}

/** A custom variable's new value, as Companion finds it; undefined where there is none. */
export type NewValue =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly text: 'No value' | 'Bad value' }

/**
 * `?value=` counts first, then a JSON body of exactly that type, then any other body as text. (Source of its `HttpApi` service,
 * 5.0: an empty object or list, and null, are no value that could be kept.)
 */
export function newValue(
  query: URLSearchParams,
  contentType: string | undefined,
  bytes: Buffer,
): NewValue {
  const asked = query.get('value')
  if (asked !== null) return { ok: true, value: asked }
  const text = decoded(bytes)
  if (text === null) return { ok: false, text: 'Bad value' }
  if (contentType?.toLowerCase() !== 'application/json') {
    const value = text.trim()
    return value === '' ? { ok: false, text: 'No value' } : { ok: true, value }
  }
  const value = parsed(text)
  if (value === undefined) return { ok: false, text: 'Bad value' }
  const isEmpty = value === null || (isObject(value) && Object.keys(value).length === 0)
  if (isEmpty || (Array.isArray(value) && value.length === 0))
    return { ok: false, text: 'No value' }
  return { ok: true, value }
}

/** What is in a body of JSON: an empty object where it is empty or of another type; undefined where it cannot be read. */
export function jsonBody(contentType: string | undefined, bytes: Buffer): Json | undefined {
  if (contentType?.toLowerCase().startsWith('application/json') !== true || bytes.length === 0)
    return {}
  const text = decoded(bytes)
  return text === null ? undefined : parsed(text)
}

function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json // what JSON.parse returns
    return deeper(value, maxDepth) ? undefined : value
  } catch {
    // its message would say what stands in a body of somebody else
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decoded(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    // the decoder's TypeError says no more than this does
    return null
  }
}

function deeper(value: Json, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return than === 0 || Object.values(value).some((item: Json) => deeper(item, than - 1))
}
