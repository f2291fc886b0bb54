import { Buffer } from 'node:buffer'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { hexTemplate } from './template-hex.ts'
import { jsonTemplate } from './template-json.ts'
import { fill, lineText, type Read, template, type Values } from './template.ts'

/** What a request is made of: a text, bytes or JSON of the config, compiled. */
export interface Body {
  readonly ok: true
  readonly names: readonly string[]
  readonly typed: ReadonlySet<string>
  readonly words: readonly string[]
  readonly binary: boolean
  make(values: Values): Read<{ readonly bytes: Buffer; readonly json: JsonObject | null }>
  /** An argument as it stands in what is sent. */
  write(name: string, value: Json): string
}

const none: ReadonlySet<string> = new Set()

/** The body, or why the config's cannot be used. */
export function bodyOf(
  {
    text,
    hex,
    json,
  }: { readonly text?: string; readonly hex?: string; readonly json?: Json | undefined },
  terminator: string,
): Body | { readonly ok: false; readonly detail: string } {
  if (text !== undefined) {
    const compiled = template(text)
    return {
      ok: true,
      names: [...new Set(compiled.names)],
      typed: none,
      words: compiled.texts.flatMap(wordsOf),
      binary: false,
      make(values) {
        const filled = fill(compiled, values, lineText)
        return filled.ok
          ? { ok: true, value: { bytes: Buffer.from(ended(filled.value, terminator)), json: null } }
          : filled
      },
      write: (_, value) => (typeof value === 'object' ? '' : String(value)),
    }
  }
  if (hex !== undefined) {
    const compiled = hexTemplate(hex)
    if (!compiled.ok) return { ok: false, detail: `hex: ${compiled.detail}` }
    const { names, make, write } = compiled.template
    const literal = hex.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[\s:]/g, ''))
    return {
      ok: true,
      names,
      typed: none,
      words: literal.flatMap((digits) => [
        ...wordsOf(digits.toLowerCase()),
        ...(Buffer.from(digits, 'hex')
          .toString('latin1')
          .match(/[!-~]{4,}/g) ?? []),
      ]),
      binary: true,
      make(values) {
        const bytes = make(values)
        return bytes.ok ? { ok: true, value: { bytes: bytes.value, json: null } } : bytes
      },
      write(name, value) {
        const digits = write(name, value)
        return digits.ok ? digits.value : ''
      },
    }
  }
  const compiled = jsonTemplate(json ?? null)
  return {
    ok: true,
    names: compiled.names,
    typed: compiled.typed,
    words: wordsOf(JSON.stringify(json ?? null)),
    binary: false,
    make(values) {
      const made = compiled.make(values)
      if (!made.ok) return made
      const bytes = Buffer.from(ended(JSON.stringify(made.value), terminator))
      return { ok: true, value: { bytes, json: isObject(made.value) ? made.value : null } }
    },
    write: (_, value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  }
}

/** Shorter than 4 letters is no secret, and blanking `OK` out of an answer would hide the answer. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,;:="'{}]+/).filter((word) => word.length >= 4)
}

/** A text with its terminator, once. */
export function ended(text: string, terminator: string): string {
  return text.endsWith(terminator) ? text : text + terminator
}
