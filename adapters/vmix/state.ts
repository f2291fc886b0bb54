import type { Json } from '../../intents/json.ts'
import type { InputName } from './input-names.ts'
import { maxDataBytes, shown } from './protocol.ts'
import { readAudio, readInput, readReplay, type Put } from './state-input.ts'
import {
  attribute,
  attributeNames,
  booleanOf,
  child,
  children,
  numberOf,
  parseXml,
  textOf,
  type Node,
} from './xml.ts'
import { faderOf } from './volume.ts'

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
/** 50,000: 1,000 inputs with all they have; what a hostile peer adds beyond is not kept. */
const maxPaths = 50_000
/** vMix 27 is the first whose inputs say where they stand also where that was changed back. */
const tellsPlacesSince = 27

const flags = ['recording', 'external', 'multiCorder', 'fadeToBlack', 'fullscreen', 'playList']
/** What records or sends says more of itself in attributes: `duration`, `filename1`. */
const outputs = ['recording', 'external', 'multiCorder']
/** The stream numbers of vMix; the XML names them `channel1` and on. */
const streams = [1, 2, 3, 4, 5]
const dynamics = [1, 2, 3, 4]

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
    root = child(parseXml(xml), 'vmix')
  } catch (cause) {
    return { ok: false, detail: `not a vMix state: ${shown(String(cause))}` }
  }
  if (Object.keys(root).length === 0) return { ok: false, detail: 'a state without content' }
  return { ok: true, snapshot: read(root) }
}

function read(root: Node): Snapshot {
  const values = new Map<string, Json>()
  const put: Put = (path, value) => {
    if (value !== null && value !== undefined && values.size < maxPaths) values.set(path, value)
  }
  for (const name of ['version', 'edition', 'preset']) put(name, textOf(root[name]))
  for (const name of flags) put(name, booleanOf(textOf(root[name])))
  for (const name of outputs)
    for (const each of attributeNames(root[name]).slice(0, 16)) {
      const text = attribute(root[name], each)
      put(`${name}/${each}`, numberOf(text) ?? text)
    }
  for (const name of ['active', 'preview']) put(name, numberOf(textOf(root[name])))
  for (const mix of children(root, 'mix')) {
    const number = numberOf(attribute(mix, 'number'))
    for (const name of number === null ? [] : ['active', 'preview'])
      put(`mix/${number}/${name}`, numberOf(textOf(children(mix, name)[0])))
  }
  readStreams(root, put)
  readOutputs(root, put)

  for (const overlay of children(child(root, 'overlays'), 'overlay')) {
    const number = numberOf(attribute(overlay, 'number'))
    if (number === null) continue
    const shows = numberOf(textOf(overlay))
    const onPreview = booleanOf(attribute(overlay, 'preview')) === true
    // set, not put: an empty channel is reported as null, and one that is only in preview is not on air
    values.set(`overlay/${number}`, onPreview ? null : shows)
    values.set(`overlay/${number}/preview`, onPreview ? shows : null)
  }
  for (const transition of children(child(root, 'transitions'), 'transition')) {
    const number = numberOf(attribute(transition, 'number'))
    if (number === null) continue
    put(`transition/${number}/effect`, attribute(transition, 'effect'))
    put(`transition/${number}/duration`, numberOf(attribute(transition, 'duration')))
  }
  for (const [name, bus] of Object.entries(child(root, 'audio'))) {
    if (!/^(?:master|bus[A-G])$/.test(name)) continue
    readAudio(`audio/${name}`, bus, put)
    for (const flag of ['solo', 'sendToMaster'])
      put(`audio/${name}/${flag}`, booleanOf(attribute(bus, flag)))
    const headphones = numberOf(attribute(bus, 'headphonesVolume'))
    put('audio/headphones/volume', headphones === null ? null : faderOf(headphones / 100))
  }
  for (const n of dynamics)
    for (const what of ['input', 'value'])
      put(`dynamic/${what}${n}`, textOf(child(root, 'dynamic')[`${what}${n}`]))
  return { values, inputs: readInputs(root, put) }
}

function readInputs(root: Node, put: Put): readonly InputName[] {
  const found = children(child(root, 'inputs'), 'input').slice(0, maxInputs)
  const inputs = found.flatMap((input): readonly (InputName & { readonly node: unknown })[] => {
    const number = numberOf(attribute(input, 'number'))
    if (number === null) return []
    const title = attribute(input, 'title') ?? ''
    const shortTitle = attribute(input, 'shortTitle') ?? title
    return [{ number, key: attribute(input, 'key') ?? '', title, shortTitle, node: input }]
  })
  const keys = new Map(inputs.map(({ key, number }) => [key, number]))
  const tellsPlaces = Number.parseInt(textOf(root['version']) ?? '', 10) >= tellsPlacesSince
  return inputs.map(({ node, ...name }) => {
    readInput(node, name, keys, tellsPlaces, put)
    readReplay(child(node, 'replay'), put)
    return name
  })
}

/** `<streaming channel1="True" channel2="False">True</streaming>`; a vMix with one stream has no attributes. */
function readStreams(root: Node, put: Put): void {
  const node = root['streaming']
  const whole = booleanOf(textOf(node))
  put('streaming', whole)
  const each = streams.map((n) => booleanOf(attribute(node, `channel${n}`)))
  const single = each.every((on) => on === null)
  for (const [index, n] of streams.entries())
    put(`streaming/${n}`, (single && n === 1 ? whole : each[index]) ?? false)
}

/** What the outputs show: `output/2/source`, `fullscreen/1/source`. */
function readOutputs(root: Node, put: Put): void {
  for (const output of children(child(root, 'outputs'), 'output').slice(0, 16)) {
    const number = numberOf(attribute(output, 'number'))
    const kind = attribute(output, 'type') === 'fullscreen' ? 'fullscreen' : 'output'
    if (number === null) continue
    put(`${kind}/${number}/source`, attribute(output, 'source'))
    put(`${kind}/${number}/input`, numberOf(attribute(output, 'inputNumber')))
    put(`${kind}/${number}/mix`, numberOf(attribute(output, 'mix')))
    for (const sent of ['ndi', 'omt', 'srt'])
      put(`${kind}/${number}/${sent}`, booleanOf(attribute(output, sent)))
  }
}
