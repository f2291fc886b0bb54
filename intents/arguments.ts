import type { Json } from './json.ts'

// Values and arguments as people type them, on a line to a surface and on the command line. Hostile: bounded depth.

export type ParsedValue =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly detail: string }

/** JSON typed by hand nests at most so deep; everything that walks a value may then recurse. */
const maxValueDepth = 32

const key = /^[A-Za-z_][A-Za-z0-9_.-]*$/

/**
 * One value: JSON where it is JSON (`1`, `true`, `null`, `"two words"`, `[1,2]`, `{"a":1}`), else the word itself.
 * A whole number that a double cannot hold exactly stays text. An opening `"` promises a JSON string.
 */
export function parseValue(word: string): ParsedValue {
  let value: Json
  try {
    value = JSON.parse(word) as Json // what JSON.parse returns
  } catch {
    // not JSON: that is the bare word
    return word.startsWith('"')
      ? { ok: false, detail: `${shown(word)} opens with " but is no JSON string` }
      : { ok: true, value: word }
  }
  if (typeof value === 'number' && !exact(value, word)) return { ok: true, value: word }
  return deeper(value, maxValueDepth)
    ? { ok: false, detail: `the value nests deeper than ${maxValueDepth}` }
    : { ok: true, value }
}

/**
 * The arguments of an action: `k=v` words are an object, other words a list, no words `{}`. A key is a letter or
 * `_`, then letters, digits, `_`, `.`, `-`; so `http://x?a=b` is a plain word.
 */
export function parseArguments(words: readonly string[]): ParsedValue {
  const list: Json[] = []
  const named = new Map<string, Json>()
  for (const word of words) {
    const equals = word.indexOf('=')
    const name = equals > 0 ? word.slice(0, equals) : ''
    const isNamed = key.test(name)
    const parsed = parseValue(isNamed ? word.slice(equals + 1) : word)
    if (!parsed.ok) return parsed
    if (!isNamed) list.push(parsed.value)
    else if (named.has(name)) return { ok: false, detail: `${shown(name)} is given twice` }
    else named.set(name, parsed.value)
  }
  if (list.length > 0 && named.size > 0)
    return { ok: false, detail: 'either all arguments are k=v or none is' }
  // fromEntries makes own properties only, `__proto__` too
  return { ok: true, value: list.length > 0 ? list : Object.fromEntries(named) }
}

function exact(value: number, word: string): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(word))
}

function deeper(value: Json, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return than === 0 || Object.values(value).some((item: Json) => deeper(item, than - 1))
}

/** Quoted and short enough for an error text. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
