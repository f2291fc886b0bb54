import { XMLParser } from 'fast-xml-parser'

/** An element of vMix's state: attributes by `@name`, children by name, its text by `#text`. */
export type Node = Readonly<Record<string, unknown>>

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

/** The whole document as a node. @throws Error it is no XML */
export function parseXml(xml: string): unknown {
  return parser.parse(xml)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The one child of that name; an empty node where there is none. */
export function child(node: unknown, name: string): Node {
  const found = isNode(node) ? node[name] : undefined
  return isNode(found) ? found : {}
}

/** The parser gives one child as itself, several as an array, and one without attributes or content as a string. */
export function children(node: unknown, name: string): readonly unknown[] {
  const found = isNode(node) ? node[name] : undefined
  if (found === undefined) return []
  return Array.isArray(found) ? (found as readonly unknown[]) : [found]
}

export function attribute(node: unknown, name: string): string | null {
  const found = isNode(node) ? node[`@${name}`] : undefined
  return typeof found === 'string' ? plain(found) : null
}

/** The names of a node's attributes. */
export function attributeNames(node: unknown): readonly string[] {
  if (!isNode(node)) return []
  return Object.keys(node).flatMap((name) => (name.startsWith('@') ? [name.slice(1)] : []))
}

export function textOf(node: unknown): string | null {
  const found = isNode(node) ? node['#text'] : node
  return typeof found === 'string' ? plain(found) : null
}

export function booleanOf(text: string | null): boolean | null {
  const word = text?.trim().toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : null
}

/** vMix writes `1.229964E-05` too; what is no finite number is as good as absent. */
export function numberOf(text: string | null): number | null {
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
