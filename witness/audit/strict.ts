import type { Broken } from './lines.ts'
import { isPlainCanonical } from './plain.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * What is wrong with a line that must be its own canonical form (RFC 8785); null for nothing. So there is one way to read
 * it: no name twice in an object, no number that two programs read as two.
 */
export function strictFault(bytes: Buffer, from: number, end: number, seq: number): Broken | null {
  if (isPlainCanonical(bytes, from, end)) return null
  try {
    const line = utf8.decode(bytes.subarray(from, end))
    if (canonicalForm(JSON.parse(line)) === line) return null
    return {
      fault: 'form',
      seq,
      detail: 'it is not its own canonical form: two programs may read it as two',
    }
  } catch {
    return { fault: 'form', seq, detail: 'it is not JSON in UTF-8' }
  }
}

/** RFC 8785 of what JSON.parse gives. */
export function canonicalForm(value: unknown): string {
  if (typeof value === 'string') return textForm(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((one: unknown) => canonicalForm(one)).join(',')}]`
  const object = value as Readonly<Record<string, unknown>> // what is left of JSON
  const members = Object.keys(object)
    .sort()
    .map((key) => `${textForm(key)}:${canonicalForm(object[key])}`)
  return `{${members.join(',')}}`
}

/** A lone surrogate has no canonical form (RFC 8785, section 3.2.2.2), and JSON.stringify writes it as an escape. */
function textForm(text: string): string {
  return text.isWellFormed() ? JSON.stringify(text) : ''
}
