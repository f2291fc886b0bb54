import { Document, isMap, isPair, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import type { JsonObject } from '../intents/json.ts'

// yaml's own printing would set every line of the file anew. So its Document only tells where things stand, and
// the text between stays as it is, byte for byte.

/**
 * The text with one more device at the end of `devices`. The caller loads the result before it writes it.
 * @throws RangeError where `text` is not YAML with a mapping, or has a device of that name
 */
export function addDevice(text: string, name: string, entry: JsonObject): string {
  const { root, devices } = parsed(text)
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const line = `${printed(name)}: ${printed(entry)}`
  if (devices.map?.has(name) === true) throw new RangeError(`there is a device ${name} already`)

  if (devices.map !== null && devices.map.flow === true) {
    const [start, end] = devices.map.range ?? [0, 0]
    const last = endOfLast(devices.map)
    // right behind the brace where there is none yet
    return last === null
      ? splice(text, start + 1, end - 1, ` ${line} `)
      : splice(text, last, last, `, ${line}`)
  }
  if (devices.map !== null) {
    const first = keyStart(devices.map, 0)
    const indent = text.slice(lineStart(text, first), first)
    return insertLine(text, endOfLast(devices.map) ?? first, `${indent}${line}`, eol)
  }
  if (devices.keyEnd !== null) return insertLine(text, devices.keyEnd, `  ${line}`, eol)
  if (root?.flow === true)
    throw new RangeError('the config is one flow mapping without devices: add devices: {} first')
  const body = text === '' || text.endsWith('\n') ? text : `${text}${eol}`
  return `${body}devices:${eol}  ${line}${eol}`
}

/**
 * The text without one device; comments on lines of their own stay. Unchanged where there is no such device.
 * @throws RangeError where `text` is not YAML with a mapping
 */
export function removeDevice(text: string, name: string): string {
  const { map } = parsed(text).devices
  const index = map?.items.findIndex(({ key }) => isScalar(key) && String(key.value) === name) ?? -1
  if (map === null || index < 0) return text
  const start = keyStart(map, index)
  const end = valueEnd(map, index)
  if (map.flow === true) {
    const next = index + 1 < map.items.length ? keyStart(map, index + 1) : null
    if (next !== null) return splice(text, start, next, '')
    return splice(text, index > 0 ? valueEnd(map, index - 1) : start, end, '')
  }
  const from = lineStart(text, start)
  return splice(text, from, nextLine(text, end), '')
}

interface Devices {
  /** Null where the key has no value yet. */
  readonly map: YAMLMap | null
  /** Where the key ends; null where there is none. */
  readonly keyEnd: number | null
}

function parsed(text: string): { readonly root: YAMLMap | null; readonly devices: Devices } {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw new RangeError(error.message)
  const root: unknown = document.contents
  if (root === null) return { root, devices: { map: null, keyEnd: null } }
  if (!isMap(root)) throw new RangeError('the config is not a mapping')
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === 'devices')
  if (pair === undefined) return { root, devices: { map: null, keyEnd: null } }
  const { key, value } = pair
  // behind the colon, so that a comment on that line stays on it
  const keyEnd = isScalar(key) && key.range ? key.range[1] : 0
  if (isMap(value)) return { root, devices: { map: value, keyEnd } }
  if (value !== null && !(isScalar(value) && value.value === null))
    throw new RangeError('devices is not a mapping')
  return { root, devices: { map: null, keyEnd } }
}

/** One value on one line. */
function printed(value: string | JsonObject): string {
  const document = new Document(value)
  if (isMap(document.contents)) document.contents.flow = true
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trimEnd()
}

function keyStart(map: YAMLMap, index: number): number {
  const key: unknown = map.items[index]?.key
  return isScalar(key) && key.range ? key.range[0] : (map.range?.[0] ?? 0)
}

/** Where a pair's value ends, its trailing comment not included. */
function valueEnd(map: YAMLMap, index: number): number {
  const pair = map.items[index]
  if (!isPair(pair)) return keyStart(map, index)
  for (const node of [pair.value, pair.key])
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return Number(node.range[1])
  return keyStart(map, index)
}

function endOfLast(map: YAMLMap): number | null {
  return map.items.length === 0 ? null : valueEnd(map, map.items.length - 1)
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** Where the line after `at` starts. A block's end may already be the start of a line. */
function nextLine(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

function insertLine(text: string, after: number, line: string, eol: string): string {
  const at = nextLine(text, after)
  const isOpen = at > 0 && text[at - 1] !== '\n'
  return splice(text, at, at, `${isOpen ? eol : ''}${line}${eol}`)
}

function splice(text: string, from: number, to: number, inside: string): string {
  return text.slice(0, from) + inside + text.slice(to)
}
