import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { HookAnswer, HookCall } from '../adapter.ts'
import { saidFields, type Said, saidText } from '../said.ts'
import type { ReportOptions } from '../report-rule.ts'
import type { HttpOptions } from './options.ts'

/** 256: more fields than any device has. */
const mostFields = 256

/** Calls of the device at its URL of the hub. */
export function hookOf(
  { secret, reports }: NonNullable<HttpOptions['hook']>,
  told: (said: Said, own?: readonly ReportOptions[]) => void,
): (call: HookCall) => HookAnswer {
  const wanted = digest(secret)
  return (call) => {
    // hostile: the same time for every secret, of whatever length
    if (!timingSafeEqual(wanted, digest(call.secret))) return 'unknown'
    const said = saidBy(call)
    if (said === null) return 'malformed'
    told(said, reports)
    return 'taken'
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** What a call says: its body, or the fields of its address where it has none. */
function saidBy({ type, query, body }: HookCall): Said | null {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    // the TypeError says no more than that
    return null
  }
  if (text.trim() === '') return fields(query)
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return fields(text)
  const said = saidText(text)
  const claims = /\bjson\b/i.test(type) ? 'json' : /\bxml\b/i.test(type) ? 'xml' : null
  return claims !== null && said.tree()?.kind !== claims ? null : said
}

function fields(text: string): Said {
  const all = [...new URLSearchParams(text)].slice(0, mostFields)
  return saidFields(text, Object.fromEntries(all))
}
