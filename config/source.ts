import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Json } from '../intents/json.ts'
import { maxDepth, tooDeepAt } from './nesting.ts'
import {
  configFault,
  type ConfigFault,
  foundText,
  mostFaults,
  type Path,
  type Place,
} from './fault.ts'

/** A value of the file with where it stands: offsets into the text. */
export interface Located {
  readonly value: Json
  readonly at: number
  /** Where its key stands; for what has no key the same as `at`. */
  readonly keyAt: number
  /** What is inside a mapping, by key. */
  readonly entries: ReadonlyMap<string, Located> | null
  /** What is inside a list. */
  readonly items: readonly Located[] | null
  /** How many values it holds, itself included: the price of an alias to it. */
  readonly size: number
}

/** The file as values with positions, and what is wrong with it as YAML. */
export interface Source {
  /** Null where the text is not YAML at all. */
  readonly root: Located | null
  readonly faults: readonly ConfigFault[]
  place(offset: number): Place
}

/** 1 MiB: ten thousand controls; more is not a config that a person wrote. */
const maxFileBytes = 1024 * 1024
/** How many values aliases may add: a bomb of nested aliases ends here. */
const maxAliasValues = 100_000

/** Reads YAML 1.2 text. Hostile text is bounded in size, depth and aliases; this MUST NOT throw. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const faults: ConfigFault[] = []
  const fault = (offset: number, path: Path, expected: string, found: string) => {
    if (faults.length < mostFaults)
      faults.push(configFault(file, place(offset), path, expected, found))
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > maxFileBytes) {
    fault(0, [], `a file of at most ${maxFileBytes} bytes`, `${bytes} bytes`)
    return { root: null, faults, place }
  }
  const deep = tooDeepAt(text)
  if (deep !== null) {
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at >= 0 && at < deep; at = text.indexOf('\n', at + 1))
      lines.addNewLine(at + 1)
    fault(deep, [], `values nested at most ${maxDepth} deep`, 'deeper nesting')
    return { root: null, faults, place }
  }
  let contents: unknown
  try {
    // our own walk finds duplicate keys, in linear time and also where 1 and "1" meet
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      version: '1.2',
      logLevel: 'error',
    })
    for (const { pos, message } of [...document.errors, ...document.warnings])
      fault(pos[0], [], 'valid YAML', JSON.stringify(message))
    contents = document.contents
  } catch {
    // a fault of yaml itself is no reason for the hub to stop: the file is refused, without a position
    fault(0, [], 'YAML that can be read', 'something that its reader fails on')
  }
  if (faults.length > 0) return { root: null, faults, place }
  return { root: locate(contents, fault), faults, place }
}

type Report = (offset: number, path: Path, expected: string, found: string) => void

/** Turns yaml's nodes into values with positions. */
function locate(contents: unknown, fault: Report): Located {
  const anchors = new Map<string, Located>()
  let aliasValues = 0

  const leaf = (value: Json, at: number, keyAt: number): Located => {
    return { value, at, keyAt, entries: null, items: null, size: 1 }
  }

  const convert = (node: unknown, path: Path, keyAt: number): Located => {
    const at = offsetOf(node) ?? keyAt
    const keyOrAt = path.length === 0 ? at : keyAt
    if (path.length > maxDepth) {
      fault(at, path.slice(0, 3), `values nested at most ${maxDepth} deep`, 'deeper nesting')
      return leaf(null, at, keyOrAt)
    }
    if (isAlias(node)) return follow(node.source, path, at, keyOrAt)
    const located = value(node, path, at, keyOrAt)
    // after its inside was read: an alias to what it stands in finds nothing, so there are no loops
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined)
      anchors.set(node.anchor, located)
    return located
  }

  const follow = (name: string, path: Path, at: number, keyAt: number): Located => {
    const target = anchors.get(name)
    if (target === undefined) {
      fault(at, path, 'an alias of an anchor before it', `"*${name}"`)
      return leaf(null, at, keyAt)
    }
    aliasValues += target.size
    if (aliasValues <= maxAliasValues) return { ...target, keyAt }
    // reported once: by here a bomb has thousands more
    if (aliasValues - target.size <= maxAliasValues)
      fault(at, path, `aliases that add at most ${maxAliasValues} values`, 'more')
    return leaf(null, at, keyAt)
  }

  const value = (node: unknown, path: Path, at: number, keyAt: number): Located => {
    if (isMap(node)) return mapping(node.items, path, at, keyAt)
    if (isSeq(node)) {
      const items = node.items.map((item, i) => convert(item, [...path, i], offsetOf(item) ?? at))
      return {
        value: items.map((item) => item.value),
        at,
        keyAt,
        entries: null,
        items,
        size: items.reduce((sum, item) => sum + item.size, 1),
      }
    }
    const scalar: unknown = isScalar(node) ? node.value : null
    if (isPlain(scalar)) return leaf(scalar, at, keyAt)
    const shown = isScalar(node) ? JSON.stringify(node.source ?? '') : 'something else'
    fault(at, path, 'a string, a finite number, true, false, null, a list or a mapping', shown)
    return leaf(null, at, keyAt)
  }

  const mapping = (pairs: readonly unknown[], path: Path, at: number, keyAt: number): Located => {
    const entries = new Map<string, Located>()
    for (const pair of pairs) {
      if (!isPair(pair)) continue
      const pairAt = offsetOf(pair.key) ?? at
      const key: unknown = isScalar(pair.key) ? pair.key.value : null
      if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'boolean') {
        fault(pairAt, path, 'a key that is a word or a number', 'something else')
        continue
      }
      const name = String(key)
      const inside = [...path, name]
      if (entries.has(name)) {
        fault(pairAt, inside, 'each key once', `${foundText(name, [])} again`)
        continue
      }
      entries.set(name, convert(pair.value, inside, pairAt))
    }
    const all = [...entries]
    return {
      value: Object.fromEntries(all.map(([key, child]) => [key, child.value])),
      at,
      keyAt,
      entries,
      items: null,
      size: all.reduce((sum, [, child]) => sum + child.size, 1),
    }
  }

  return convert(contents, [], 0)
}

/** Where a node of yaml starts in the text; null for one that is not written. */
function offsetOf(node: unknown): number | null {
  return (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) && node.range
    ? node.range[0]
    : null
}

function isPlain(value: unknown): value is null | boolean | number | string {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  )
}

/** A value that stands in no file, such as a schema's default, with the position of what it belongs to. */
export function unwritten(value: Json, at: number): Located {
  const items = Array.isArray(value) ? value.map((item: Json) => unwritten(item, at)) : null
  const entries =
    typeof value === 'object' && value !== null && items === null
      ? new Map(
          Object.entries(value).map(([key, inner]: [string, Json]) => [key, unwritten(inner, at)]),
        )
      : null
  return { value, at, keyAt: at, entries, items, size: 1 }
}
