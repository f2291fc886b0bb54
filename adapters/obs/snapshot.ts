import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { type Items, level, mediaState } from './events.ts'
import { filterPath, inputPath, itemPath, maxNameLength } from './names.ts'
import type { Asked, Response } from './protocol.ts'

/** The whole state as OBS told it when asked. */
export interface Snapshot {
  readonly values: ReadonlyMap<string, Json>
  readonly items: Items
}

/** Asks OBS many things at once; an answer for each, in order. */
export type Batch = (asked: readonly Asked[]) => Promise<readonly Response[]>

/** 5,000 scenes, inputs and groups together: beyond that only the lists are reported, not what is in them. */
const maxSources = 5000
/** 400 requests a batch: some hundred kilobytes of answer. */
const batchSize = 400

const ask = (name: string, data: JsonObject = {}): Asked => ({ name, data })

/** What is asked first: what there is, and everything of which there is one. */
const first: readonly Asked[] = [
  'GetSceneList',
  'GetInputList',
  'GetGroupList',
  'GetStudioModeEnabled',
  'GetSceneTransitionList',
  'GetCurrentSceneTransition',
  'GetRecordStatus',
  'GetStreamStatus',
  'GetVirtualCamStatus',
  'GetReplayBufferStatus',
  'GetSceneCollectionList',
  'GetProfileList',
].map((name) => ask(name))

/** Reads the whole state. @throws DeliveryError */
export async function readState(batch: Batch): Promise<Snapshot> {
  const values = new Map<string, Json>()
  const items = new Map<string, Map<number, string | null>>()
  const put = (path: string, value: Json | undefined) => {
    if (value !== undefined && value !== null) values.set(path, value)
  }
  const answers = await batch(first)
  for (const { name, ok, data } of answers) if (ok) one(name, data, put)
  const data = (name: string) => answers.find((each) => each.name === name && each.ok)?.data ?? {}
  const inputs = namesIn(data('GetInputList')['inputs'], 'inputName')
  // OBS counts scenes from the bottom of its list
  const scenes = namesIn(data('GetSceneList')['scenes'], 'sceneName').toReversed()
  const groups = texts(data('GetGroupList')['groups'])
  values.set('scenes', scenes).set('inputs', inputs)

  const asked = [
    ...scenes.flatMap((sceneName) => [
      ask('GetSceneItemList', { sceneName }),
      ask('GetSourceFilterList', { sourceName: sceneName }),
    ]),
    ...groups.map((sceneName) => ask('GetGroupSceneItemList', { sceneName })),
    ...inputs.flatMap((inputName) => [
      ask('GetSourceFilterList', { sourceName: inputName }),
      ...['Mute', 'Volume', 'AudioBalance', 'AudioSyncOffset', 'AudioMonitorType'].map((what) =>
        ask(`GetInput${what}`, { inputName }),
      ),
      ask('GetMediaInputStatus', { inputName }),
    ]),
  ]
  const most = inputs.length + scenes.length + groups.length <= maxSources ? asked.length : 0
  for (let from = 0; from < most; from += batchSize) {
    const page = asked.slice(from, from + batchSize)
    const told = await batch(page)
    for (const [index, { ok, data }] of told.entries()) {
      const question = page[index]
      // what an input does not have (sound, a medium) is refused, and so is what was removed meanwhile
      if (ok && question !== undefined) ofSource(question, data, put, items)
    }
  }
  return { values, items }
}

type Put = (path: string, value: Json | undefined) => void

/** What there is one of. */
function one(name: string, data: JsonObject, put: Put): void {
  const output = (base: string) => {
    const { outputActive, outputPaused } = data
    if (typeof outputActive !== 'boolean') return
    put(base, outputActive)
    put(`${base}/state`, outputActive ? (outputPaused === true ? 'paused' : 'started') : 'stopped')
  }
  switch (name) {
    case 'GetSceneList':
      put('program', text(data['currentProgramSceneName']))
      put('preview', text(data['currentPreviewSceneName']))
      return
    case 'GetStudioModeEnabled':
      return put('studioMode', flag(data['studioModeEnabled']))
    case 'GetSceneTransitionList':
      return put('transitions', namesIn(data['transitions'], 'transitionName'))
    case 'GetCurrentSceneTransition':
      put('transition', text(data['transitionName']))
      return put('transition/duration', number(data['transitionDuration']))
    case 'GetRecordStatus':
      output('recording')
      return put('recording/paused', flag(data['outputPaused']))
    case 'GetStreamStatus':
      output('streaming')
      return put('streaming/reconnecting', flag(data['outputReconnecting']))
    case 'GetVirtualCamStatus':
      return output('virtualCamera')
    case 'GetReplayBufferStatus':
      return output('replayBuffer')
    case 'GetSceneCollectionList':
      put('sceneCollection', text(data['currentSceneCollectionName']))
      return put('sceneCollections', texts(data['sceneCollections']))
    case 'GetProfileList':
      put('profile', text(data['currentProfileName']))
      return put('profiles', texts(data['profiles']))
    default: // the lists of inputs and groups are read by the caller
  }
}

/** What there is of each scene and input. */
function ofSource(
  question: Asked,
  data: JsonObject,
  put: Put,
  items: Map<string, Map<number, string | null>>,
): void {
  const { inputName, sceneName, sourceName } = question.data
  const input = (what: string) => inputPath(text(inputName) ?? '', what)
  switch (question.name) {
    case 'GetInputMute':
      return put(input('muted'), flag(data['inputMuted']))
    case 'GetInputVolume':
      return put(input('volume'), number(data['inputVolumeMul']))
    case 'GetInputAudioBalance':
      return put(input('balance'), number(data['inputAudioBalance']))
    case 'GetInputAudioSyncOffset':
      return put(input('syncOffset'), number(data['inputAudioSyncOffset']))
    case 'GetInputAudioMonitorType':
      return put(input('monitor'), text(data['monitorType']))
    case 'GetMediaInputStatus':
      return put(input('media'), mediaState(data['mediaState']))
    case 'GetSourceFilterList':
      for (const filter of objects(data['filters'])) {
        const name = text(filter['filterName'])
        if (name !== undefined)
          put(filterPath(text(sourceName) ?? '', name), flag(filter['filterEnabled']))
      }
      return
    default: // GetSceneItemList and GetGroupSceneItemList
      return itemsOf(text(sceneName) ?? '', data, put, items)
  }
}

/** Of two items of the same source the first has the path: the one that OBS finds by name. */
function itemsOf(
  scene: string,
  data: JsonObject,
  put: Put,
  items: Map<string, Map<number, string | null>>,
): void {
  const known = new Map<number, string | null>()
  const seen = new Set<string>()
  for (const { sceneItemId, sourceName, sceneItemEnabled } of objects(data['sceneItems'])) {
    const name = text(sourceName)
    if (typeof sceneItemId !== 'number' || name === undefined) continue
    known.set(sceneItemId, seen.has(name) ? null : name)
    if (!seen.has(name)) put(itemPath(scene, name), flag(sceneItemEnabled))
    seen.add(name)
  }
  items.set(scene, known)
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.length <= maxNameLength ? value : undefined
}
function flag(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? level(value) : undefined
}
function objects(value: Json | undefined): readonly JsonObject[] {
  return value instanceof Array ? value.filter((each): each is JsonObject => isObject(each)) : []
}
function texts(value: Json | undefined): readonly string[] {
  return value instanceof Array ? value.map(text).filter((each) => each !== undefined) : []
}
function namesIn(value: Json | undefined, field: string): readonly string[] {
  return objects(value)
    .map((each) => text(each[field]))
    .filter((each) => each !== undefined)
}
