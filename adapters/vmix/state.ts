import { XMLParser } from 'fast-xml-parser'
import type { Json } from '../../intents/json.ts'
import { maxDataBytes, shown } from './protocol.ts'
import { faderOf } from './volume.ts'

/** An input, by the four things it can be called. */
export interface InputName {
  readonly number: number
  readonly key: string
  readonly title: string
  readonly shortTitle: string
}

/** vMix's XML state as reported paths. */
export interface Snapshot {
  readonly values: ReadonlyMap<string, Json>
  readonly inputs: readonly InputName[]
}

export type Parsed =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly detail: string }

/** 1,000: what the TCP API's tally is limited to. */
const maxInputs = 1000
/** 200: a title with more fields is none that a person made. */
const maxTexts = 200

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // off, so that no document can grow in memory; the five of XML itself are decoded in `plain`
  processEntities: false,
  // vMix nests five deep
  maxNestedTags: 32,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

const flags = ['recording', 'external', 'multiCorder', 'fadeToBlack', 'fullscreen', 'playList']
/** The stream numbers of vMix; the XML names them `channel1` and on. */
const streams = [1, 2, 3, 4, 5]

/**
 * Parses the state of `/api/` or of the `XML` command. The document is hostile: its size and depth are bounded, a
 * document type is refused, and no entity is expanded. Real states hold a raw `&` in titles; it is kept as it is.
 */
export function parseState(xml: string): Parsed {
  if (Buffer.byteLength(xml) > maxDataBytes)
    return { ok: false, detail: `a state of more than ${maxDataBytes} bytes` }
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
    return { ok: false, detail: 'a state with a document type, which vMix never sends' }
  if (!/<\/vmix>\s*$/.test(xml))
    return { ok: false, detail: `not a whole vMix state: ${shown(xml) || 'empty'}` }
  let root: Node
  try {
    root = child(parser.parse(xml) as unknown, 'vmix')
  } catch (cause) {
    return { ok: false, detail: `not a vMix state: ${shown(String(cause))}` }
  }
  if (Object.keys(root).length === 0) return { ok: false, detail: 'a state without content' }
  return { ok: true, snapshot: read(root) }
}

type Node = Readonly<Record<string, unknown>>

function read(root: Node): Snapshot {
  const values = new Map<string, Json>()
  const put = (path: string, value: Json | null | undefined) => {
    if (value !== null && value !== undefined) values.set(path, value)
  }
  for (const name of ['version', 'edition', 'preset']) put(name, textOf(root[name]))
  for (const name of flags) put(name, booleanOf(textOf(root[name])))
  for (const name of ['active', 'preview']) put(name, numberOf(textOf(root[name])))
  readStreams(root, put)

  for (const overlay of children(child(root, 'overlays'), 'overlay')) {
    const number = numberOf(attribute(overlay, 'number'))
    const onPreview = booleanOf(attribute(overlay, 'preview')) === true
    // set, not put: an empty channel is reported as null, and one that is only in preview is not on air
    if (number !== null)
      values.set(`overlay/${number}`, onPreview ? null : numberOf(textOf(overlay)))
  }
  for (const transition of children(child(root, 'transitions'), 'transition')) {
    const number = numberOf(attribute(transition, 'number'))
    if (number === null) continue
    put(`transition/${number}/effect`, attribute(transition, 'effect'))
    put(`transition/${number}/duration`, numberOf(attribute(transition, 'duration')))
  }
  for (const [name, bus] of Object.entries(child(root, 'audio'))) {
    if (!/^(?:master|bus[A-G])$/.test(name)) continue
    putAudio(`audio/${name}`, bus, put)
  }
  const inputs: InputName[] = []
  for (const input of children(child(root, 'inputs'), 'input').slice(0, maxInputs)) {
    const number = numberOf(attribute(input, 'number'))
    if (number === null) continue
    const title = attribute(input, 'title') ?? ''
    const shortTitle = attribute(input, 'shortTitle') ?? title
    inputs.push({ number, key: attribute(input, 'key') ?? '', title, shortTitle })
    for (const name of ['key', 'title', 'type', 'state'])
      put(`input/${number}/${name}`, attribute(input, name))
    putAudio(`input/${number}`, input, put)
    for (const text of children(input, 'text').slice(0, maxTexts)) {
      const name = attribute(text, 'name')
      if (name !== null) put(`input/${number}/text/${name}`, textOf(text) ?? '')
    }
  }
  return { values, inputs }
}

/** `<streaming channel1="True" channel2="False">True</streaming>`; a vMix with one stream has no attributes. */
function readStreams(root: Node, put: (path: string, value: Json | null) => void): void {
  const node = root['streaming']
  const whole = booleanOf(textOf(node))
  put('streaming', whole)
  const each = streams.map((n) => booleanOf(attribute(node, `channel${n}`)))
  const single = each.every((on) => on === null)
  for (const [index, n] of streams.entries())
    put(`streaming/${n}`, (single && n === 1 ? whole : each[index]) ?? false)
}

function putAudio(path: string, node: unknown, put: (path: string, value: Json | null) => void) {
  const amplitude = numberOf(attribute(node, 'volume'))
  put(`${path}/volume`, amplitude === null ? null : faderOf(amplitude / 100))
  put(`${path}/muted`, booleanOf(attribute(node, 'muted')))
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The one child of that name; an empty node where there is none. */
function child(node: unknown, name: string): Node {
  const found = isNode(node) ? node[name] : undefined
  return isNode(found) ? found : {}
}

/** The parser gives one child as itself, several as an array, and one without attributes or content as a string. */
function children(node: unknown, name: string): readonly unknown[] {
  const found = isNode(node) ? node[name] : undefined
  if (found === undefined) return []
  return Array.isArray(found) ? (found as readonly unknown[]) : [found]
}

function attribute(node: unknown, name: string): string | null {
  const found = isNode(node) ? node[`@${name}`] : undefined
  return typeof found === 'string' ? plain(found) : null
}

function textOf(node: unknown): string | null {
  const found = isNode(node) ? node['#text'] : node
  return typeof found === 'string' ? plain(found) : null
}

function booleanOf(text: string | null): boolean | null {
  const word = text?.trim().toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : null
}

/** vMix writes `1.229964E-05` too; what is no finite number is as good as absent. */
function numberOf(text: string | null): number | null {
  if (text === null || text.trim() === '') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The five entities of XML 1.0 section 4.6 and character references, once; every other `&` is itself. */
function plain(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (...found) => {
    const [whole, name, decimal, hex] = found as readonly (string | undefined)[]
    if (name !== undefined) return named.get(name) ?? ''
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : (whole ?? '')
  })
}
