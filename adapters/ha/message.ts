import { isObject, jsonIn, type Json, type JsonObject } from '../../intents/json.ts'

/** What Home Assistant sends (developer documents, "WebSocket API"), as far as this adapter uses it. */
export type Message =
  | { readonly type: 'auth_required' }
  | { readonly type: 'auth_ok'; readonly version: string }
  | { readonly type: 'auth_invalid'; readonly text: string }
  | { readonly type: 'result'; readonly id: number; readonly result: Json }
  | { readonly type: 'error'; readonly id: number; readonly code: string; readonly text: string }
  | { readonly type: 'event'; readonly id: number; readonly event: JsonObject }
  | { readonly type: 'pong'; readonly id: number }
  /** Something newer: not ours, and no fault. */
  | { readonly type: 'other' }

/** The messages of one frame, which holds one or, where that was agreed, a list. Null: it is none of this protocol. */
export function messagesOf(text: string): readonly Message[] | null {
  const parsed = jsonIn(text)
  if (parsed === undefined) return null
  const list: readonly Json[] = Array.isArray(parsed) ? (parsed as readonly Json[]) : [parsed]
  const messages: Message[] = []
  for (const each of list) {
    const message = messageOf(each)
    if (message === null) return null
    messages.push(message)
  }
  return messages
}

/** Hostile: each field is looked at before it is used. */
function messageOf(value: Json): Message | null {
  if (!isObject(value)) return null
  const { type, id, ha_version: version } = value
  switch (type) {
    case 'auth_required':
      return { type }
    case 'auth_ok':
      return { type, version: typeof version === 'string' ? shown(version, 32) : '' }
    case 'auth_invalid':
      return { type, text: shown(value['message'] ?? '') }
    case 'pong':
      return typeof id === 'number' ? { type, id } : null
    case 'event': {
      const { event } = value
      return typeof id === 'number' && isObject(event) ? { type, id, event } : null
    }
    case 'result':
      return typeof id === 'number' ? resultOf(id, value) : null
    default:
      return typeof type === 'string' ? { type: 'other' } : null
  }
}

function resultOf(id: number, { success, result, error }: JsonObject): Message | null {
  if (success === true) return { type: 'result', id, result: result ?? null }
  if (success !== false) return null
  const told = isObject(error) ? error : {}
  return {
    type: 'error',
    id,
    code: shown(told['code'] ?? '', 64),
    text: shown(told['message'] ?? ''),
  }
}

/** 64 KiB: what a service answers is recorded. */
const longestResponse = 64 * 1024

/** What a service answered (since 2023.7), as it can be reported. */
export function responseIn(result: Json): Json {
  const response = isObject(result) ? (result['response'] ?? null) : null
  const { length } = JSON.stringify(response)
  return length <= longestResponse ? response : { tooLong: length }
}

/** A text or a number as text; empty for anything else. */
export function wordOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Text of the device in a line for people: no control characters, at most `most` characters. */
export function shown(value: Json, most = 200): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = text.slice(0, 4 * most).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain
}

/** Whether `version` (`2024.5.1`, `2021.3.0.dev0`) is at least that of a year and month. */
export function atLeast(version: string, year: number, month: number): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,3})(?:\.|$)/.exec(version) ?? []
  if (major === undefined || minor === undefined) return false
  return Number(major) > year || (Number(major) === year && Number(minor) >= month)
}
