import type { Json } from '../../intents/json.ts'
import type { InputName } from './input-names.ts'
import { faderOf } from './volume.ts'
import {
  attribute,
  attributeNames,
  booleanOf,
  child,
  children,
  numberOf,
  textOf,
  type Node,
} from './xml.ts'

/** Notes a value; null and undefined are not said. */
export type Put = (path: string, value: Json | null | undefined) => void

/** 200: a title with more fields, a list with more items or an input with more layers is none that a person made. */
const maxParts = 200

const texts = ['key', 'title', 'shortTitle', 'type', 'state', 'callVideoSource', 'callAudioSource']
const numbers = [
  'position',
  'duration',
  'selectedIndex',
  'balance',
  'markIn',
  'markOut',
  'frameDelay',
  'rate',
]
const flags = ['loop', 'solo', 'soloPFL', 'audioAuto', 'callConnected']
const busNames = ['M', 'A', 'B', 'C', 'D', 'E', 'F', 'G']
/** What vMix does not write where nothing was changed. */
const unmoved: readonly (readonly [string, number])[] = [
  ['panX', 0],
  ['panY', 0],
  ['zoomX', 1],
  ['zoomY', 1],
]

/** What the state says of one input, at `input/<number>`. Meters are no state, and a caller's password is nobody's business. */
export function readInput(
  input: unknown,
  name: InputName,
  keys: ReadonlyMap<string, number>,
  tellsPlaces: boolean,
  put: Put,
): void {
  const path = `input/${name.number}`
  for (const each of texts) put(`${path}/${each}`, attribute(input, each))
  for (const each of numbers) put(`${path}/${each}`, numberOf(attribute(input, each)))
  for (const each of flags) put(`${path}/${each}`, booleanOf(attribute(input, each)))
  put(`${path}/gain`, numberOf(attribute(input, 'gainDb')))
  readAudio(path, input, put)
  const buses = attribute(input, 'audiobusses')?.split(',')
  if (buses !== undefined)
    for (const bus of busNames) put(`${path}/bus/${bus}`, buses.includes(bus))
  for (const kind of ['text', 'image', 'color'])
    for (const field of children(input, kind).slice(0, maxParts)) {
      const named = attribute(field, 'name')
      if (named !== null) put(`${path}/${kind}/${named}`, textOf(field) ?? '')
    }
  if (tellsPlaces) for (const [each, value] of unmoved) put(`${path}/${each}`, value)
  readPlace(path, input, put)
  for (const each of attributeNames(child(input, 'cc')).slice(0, maxParts))
    put(`${path}/cc/${each}`, numberOf(attribute(child(input, 'cc'), each)))
  for (const layer of children(input, 'overlay').slice(0, maxParts)) {
    const index = numberOf(attribute(layer, 'index'))
    if (index === null) continue
    const key = attribute(layer, 'key') ?? ''
    // from 1, as the functions count them; a layer of an input that is gone has only its key
    const at = `${path}/layer/${index + 1}`
    put(`${at}/key`, key)
    put(`${at}/input`, keys.get(key))
    readPlace(at, layer, put)
  }
  const items = children(child(input, 'list'), 'item').slice(0, maxParts)
  for (const [index, item] of items.entries()) {
    put(`${path}/list/${index + 1}`, textOf(item) ?? '')
    if (booleanOf(attribute(item, 'selected')) === true) put(`${path}/list/selected`, index + 1)
  }
}

/** Volume as the position of the fader, and mute. */
export function readAudio(path: string, node: unknown, put: Put): void {
  const amplitude = numberOf(attribute(node, 'volume'))
  put(`${path}/volume`, amplitude === null ? null : faderOf(amplitude / 100))
  put(`${path}/muted`, booleanOf(attribute(node, 'muted')))
}

function readPlace(path: string, node: unknown, put: Put): void {
  const position = child(node, 'position')
  for (const each of ['panX', 'panY', 'zoomX', 'zoomY', 'x', 'y', 'width', 'height'])
    put(`${path}/${each}`, numberOf(attribute(position, each)))
  const crop = child(node, 'crop')
  for (const each of ['X1', 'X2', 'Y1', 'Y2'])
    put(`${path}/crop/${each}`, numberOf(attribute(crop, each)))
}

const replayFlags = ['recording', 'live', 'forward']
const replayNumbers = [
  'events',
  'eventsA',
  'eventsB',
  'cameraA',
  'cameraB',
  'speed',
  'speedA',
  'speedB',
]

/** Instant replay: vMix has one, and it is told inside its input. */
export function readReplay(replay: Node, put: Put): void {
  for (const each of replayFlags) put(`replay/${each}`, booleanOf(attribute(replay, each)))
  for (const each of replayNumbers) put(`replay/${each}`, numberOf(attribute(replay, each)))
  put('replay/channelMode', attribute(replay, 'channelMode'))
  for (const each of ['timecode', 'timecodeA', 'timecodeB'])
    put(`replay/${each}`, textOf(replay[each]))
}
