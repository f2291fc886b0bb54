import { XMLParser } from 'fast-xml-parser'
import type { Json } from '../intents/json.ts'
import type { Tree } from './data-path.ts'

/** Something a device said: an answer, a message of its own, a call. Hostile. */
export interface Said {
  readonly text: string
  /** As JSON or XML; null where it is neither. Parsed once, and only when it is asked for. */
  tree(): Tree | null
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // each element is a list: what is there once and what is there twice is read in one way
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
  // off, so that no document can grow in memory; the five of XML itself are put in by `plain`
  processEntities: false,
  // no device nests deeper
  maxNestedTags: 64,
})

/** @param text bounded by whoever read it */
export function saidText(text: string): Said {
  let tree: Tree | null | undefined
  return {
    text,
    tree() {
      if (tree === undefined) tree = parsed(text)
      return tree
    },
  }
}

/** What a form or a row of arguments says, by name. */
export function saidFields(text: string, fields: Json): Said {
  return { text, tree: () => ({ kind: 'fields', value: fields }) }
}

/** How JSON begins: most lines of devices are none, and an error of JSON.parse takes ten times as long as a look. */
const asJson = /^\s*(?:[[{"\-\d]|true|false|null)/

function parsed(text: string): Tree | null {
  const isXml = /^\s*</.test(text)
  if (!isXml && !asJson.test(text)) return null
  try {
    if (!isXml) return { kind: 'json', value: JSON.parse(text) as Json } // JSON.parse makes nothing else
    // a document type could define what the text does not show
    if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return null
    return { kind: 'xml', value: plain(parser.parse(text) as Json) } // texts, lists and objects of them
  } catch {
    // neither: the text is there for patterns
    return null
  }
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
}

/** The five entities of XML itself in every text. The parser bounds the depth. */
function plain(value: Json): Json {
  if (typeof value === 'string')
    return value.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity)
  if (Array.isArray(value)) return value.map((each: Json) => plain(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}
