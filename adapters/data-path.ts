import { isObject, type Json } from '../intents/json.ts'

/** What a device said as a tree. XML: each element is a list of its occurrences, an attribute is `@name`. Fields: texts by name. */
export interface Tree {
  readonly kind: 'json' | 'xml' | 'fields'
  readonly value: Json
}

/** Where in a tree something stands: names, numbers of lists, and `*` for each of them. */
export type DataPath = readonly string[]

/** Something found, with what each `*` of the path stood for. */
export interface Found {
  readonly value: Json
  readonly stars: readonly string[]
}

/** Deeper is no value that a device is asked for. */
const longestPath = 32
/** Found at once: more is an answer that floods. */
const mostFound = 1000
/** A value that is reported: an answer is hostile, and a report is recorded. */
const deepestValue = 16
const mostNodes = 10_000
const mostCharacters = 64 * 1024

/**
 * `scene.items.0.name`; `inputs.*.name` for each; a name with a dot in it stands in quotes, `a."b.c"`; an empty path
 * is the whole.
 */
export function dataPath(
  source: string,
):
  { readonly ok: true; readonly path: DataPath } | { readonly ok: false; readonly detail: string } {
  if (source === '') return { ok: true, path: [] }
  const path: string[] = []
  // each match begins where the one before ended, so it is linear
  const segment = /(?:"([^"]+)"|([^".]+))(\.|$)/y
  while (segment.lastIndex < source.length) {
    const found = segment.exec(source)
    if (found === null || path.length >= longestPath)
      return { ok: false, detail: 'is no path: expected names with dots between, a.0."b.c".*' }
    path.push(found[1] ?? found[2] ?? '')
  }
  return source.endsWith('.')
    ? { ok: false, detail: 'is no path: it ends with a dot' }
    : { ok: true, path }
}

/** All that stands there, at most 1,000; values that are too large to be reported are left out. */
export function findAll({ kind, value }: Tree, path: DataPath): readonly Found[] {
  let found: readonly Found[] = [{ value, stars: [] }]
  for (const name of path) {
    found = found
      .flatMap((at) => step(at, name, kind))
      // hostile: a star after a star multiplies
      .slice(0, mostFound)
  }
  return found
    .map(({ value, stars }) => ({ value: kind === 'xml' ? textOf(value) : value, stars }))
    .filter(({ value }) => isReportable(value))
}

/** The one value that stands there; undefined where none does. */
export function find(tree: Tree, path: DataPath): Json | undefined {
  return findAll(tree, path)[0]?.value
}

function step({ value, stars }: Found, name: string, kind: Tree['kind']): readonly Found[] {
  if (name === '*') {
    const entries: readonly (readonly [string, Json])[] = Array.isArray(value)
      ? value.slice(0, mostFound).map((item: Json, i) => [String(i), item])
      : isObject(value)
        ? Object.entries(value).slice(0, mostFound)
        : []
    return entries.map(([key, item]) => ({ value: item, stars: [...stars, key] }))
  }
  const next = child(value, name, kind)
  return next === undefined ? [] : [{ value: next, stars }]
}

function child(value: Json, name: string, kind: Tree['kind']): Json | undefined {
  if (Array.isArray(value)) {
    if (/^\d{1,9}$/.test(name)) return value[Number(name)] as Json | undefined // a list of Json, any index
    // an element that there is once is named without its number
    return kind === 'xml' && value.length > 0 ? child(value[0] as Json, name, kind) : undefined // not empty
  }
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** The text of an element of XML. */
function textOf(value: Json): Json {
  const first: Json = Array.isArray(value) ? ((value[0] ?? null) as Json) : value // a list of Json
  return isObject(first) ? (first['#text'] ?? '') : first
}

/** Bounds depth and size without recursion. */
function isReportable(root: Json): boolean {
  let nodes = 0
  let characters = 0
  const todo: { readonly value: Json; readonly depth: number }[] = [{ value: root, depth: 0 }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { value, depth } = item
    if (++nodes > mostNodes || depth > deepestValue) return false
    if (typeof value === 'string') characters += value.length
    if (characters > mostCharacters) return false
    if (typeof value !== 'object' || value === null) continue
    for (const [key, each] of Object.entries(value) as readonly [string, Json][]) {
      characters += key.length
      todo.push({ value: each, depth: depth + 1 })
      if (todo.length > mostNodes) return false
    }
  }
  return true
}
