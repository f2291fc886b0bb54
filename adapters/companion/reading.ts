import { isObject, jsonIn, type Json } from '../../intents/json.ts'
import type { Answer } from './ask.ts'

/** The paths that can be read and are reported: names as Companion allows them. */
export const readForm =
  '^(?:custom-variable/\\w{1,100}|variable/[\\w-]{1,100}/\\w[\\w.:-]{0,199}|connection/[\\w-]{1,100})$'

/** The request that reads `path`, which {@link readForm} allows. */
export function urlOf(path: string): string {
  return path.startsWith('connection/')
    ? `/api/connections/${path.slice('connection/'.length)}/status`
    : `/api/${path}/value`
}

/**
 * What stands at a path: Companion sends text and numbers alike as text, all else as JSON. So what JSON would write as a
 * number is taken for one; undefined where the answer makes no sense. Hostile: bounded by `ask`.
 */
export function valueOf({
  contentType,
  text,
}: Extract<Answer, { type: 'answer' }>): Json | undefined {
  return contentType.includes('json') ? jsonIn(text) : plain(text)
}

/** A value as it is read back: text that is a number's is one. */
export function plain(value: Json): Json {
  return typeof value === 'string' && value === String(Number(value)) && isFinite(Number(value))
    ? Number(value)
    : value
}

/** Whether a connection's status says that it is switched on; null where it does not say. */
export function isEnabled(status: Json): boolean | null {
  const enabled = isObject(status) ? status['enabled'] : null
  return typeof enabled === 'boolean' ? enabled : null
}
