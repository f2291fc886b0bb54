import type { Json, JsonObject } from '../../intents/json.ts'
import type { Call } from './call.ts'
import { mediaAfter } from './events.ts'
import { filterPath, inputPath, itemPath } from './names.ts'
import type { Picture } from './picture.ts'

/** What shows that a request was carried out. */
export interface Expectation {
  readonly path: string
  /** For people: `true`, `a list with "Intro"`. */
  readonly wanted: string
  meets(value: Json | undefined): boolean
  /** Whether it has to be told after the request was sent: what was so before proves nothing. */
  readonly anew: boolean
  /** Told after the request, these say that OBS began and gave up. */
  readonly givenUp: { readonly path: string; readonly value: Json } | null
}

/** Half a percent of full level, and the seventh digit of large numbers: float32 in OBS. */
const tolerance = 0.005
/** An amplitude of 10^(dB/20); OBS has nothing below -100 dB. */
const amplitude = (decibel: number) => 10 ** (decibel / 20)

function is(path: string, value: Json): Expectation {
  const meets = (told: Json | undefined) => told === value
  return { path, wanted: JSON.stringify(value), meets, anew: false, givenUp: null }
}

function near(path: string, value: number): Expectation {
  const within = Math.max(1e-5, Math.min(tolerance, Math.abs(value) * tolerance))
  const meets = (told: Json | undefined) =>
    typeof told === 'number' && Math.abs(told - value) <= within
  return { ...is(path, value), meets }
}

function told(path: string): Expectation {
  return { ...is(path, true), wanted: 'told', meets: () => true, anew: true }
}

function exists(path: string, wanted: boolean): Expectation {
  const meets = (value: Json | undefined) => ((value ?? null) !== null) === wanted
  return { ...is(path, true), wanted: wanted ? 'there' : 'gone', meets }
}

function lists(path: string, name: string, wanted = true): Expectation {
  const meets = (value: Json | undefined) =>
    value instanceof Array && value.includes(name) === wanted
  const words = `a list ${wanted ? 'with' : 'without'} ${JSON.stringify(name)}`
  return { ...is(path, true), wanted: words, meets }
}

/** Starting an output may fail after OBS said yes: no encoder, no server, no space. */
function runs(base: string, on: boolean): Expectation {
  const givenUp = on ? { path: `${base}/state`, value: 'stopped' } : null
  return { ...is(base, on), givenUp }
}

/** A request that OBS answered with success. */
interface Answered {
  readonly data: JsonObject
  readonly response: JsonObject
  /** What was known before it was sent. */
  readonly before: Before
}

/** What has to be remembered from before a request. */
export interface Before {
  readonly preview: Json | undefined
  readonly items: Picture['items']
}

type Expects = (answered: Answered) => Expectation | null

/** A field of the request or of the response that has to be text, a flag or a number; otherwise nothing can be expected. */
const ofText =
  (field: string, make: (text: string, data: JsonObject) => Expectation | null): Expects =>
  ({ data }) => {
    const { [field]: value } = data
    return typeof value === 'string' ? make(value, data) : null
  }
const ofFlag =
  (field: string, make: (on: boolean, data: JsonObject) => Expectation | null): Expects =>
  ({ data, response }) => {
    const value = data[field] ?? response[field]
    return typeof value === 'boolean' ? make(value, data) : null
  }
const ofInput = (what: string, field: string): Expects =>
  ofText('inputName', (input, data) => {
    const { [field]: value } = data
    const path = inputPath(input, what)
    if (typeof value === 'number') return near(path, value)
    return typeof value === 'string' ? is(path, value) : null
  })
const always =
  (make: () => Expectation): Expects =>
  () =>
    make()
const ofFilter = (make: (path: string, data: JsonObject) => Expectation | null): Expects =>
  ofText('sourceName', (source, data) => {
    const { filterName } = data
    return typeof filterName === 'string' ? make(filterPath(source, filterName), data) : null
  })
const toggles = (base: string): Expects => ofFlag('outputActive', (on) => runs(base, on))

/** What each request leads to. Of those that are not here OBS's answer is all there is. */
const table: Readonly<Record<string, Expects>> = {
  SetCurrentProgramScene: ofText('sceneName', (name) => is('program', name)),
  SetCurrentPreviewScene: ofText('sceneName', (name) => is('preview', name)),
  TriggerStudioModeTransition: ({ before: { preview } }) =>
    typeof preview === 'string' ? is('program', preview) : null,
  SetStudioModeEnabled: ofFlag('studioModeEnabled', (on) => is('studioMode', on)),
  StartRecord: always(() => runs('recording', true)),
  StopRecord: always(() => runs('recording', false)),
  ToggleRecord: toggles('recording'),
  PauseRecord: always(() => is('recording/paused', true)),
  ResumeRecord: always(() => is('recording/paused', false)),
  ToggleRecordPause: ofFlag('outputPaused', (on) => is('recording/paused', on)),
  SplitRecordFile: always(() => told('recording/file')),
  StartStream: always(() => runs('streaming', true)),
  StopStream: always(() => runs('streaming', false)),
  ToggleStream: toggles('streaming'),
  StartVirtualCam: always(() => runs('virtualCamera', true)),
  StopVirtualCam: always(() => runs('virtualCamera', false)),
  ToggleVirtualCam: toggles('virtualCamera'),
  StartReplayBuffer: always(() => runs('replayBuffer', true)),
  StopReplayBuffer: always(() => runs('replayBuffer', false)),
  ToggleReplayBuffer: toggles('replayBuffer'),
  SaveReplayBuffer: always(() => told('replayBuffer/file')),
  SetInputMute: ofFlag('inputMuted', muted),
  ToggleInputMute: ofFlag('inputMuted', muted),
  SetInputVolume: ofText('inputName', (input, { inputVolumeMul, inputVolumeDb }) => {
    const path = inputPath(input, 'volume')
    if (typeof inputVolumeMul === 'number') return near(path, inputVolumeMul)
    return typeof inputVolumeDb === 'number' ? near(path, amplitude(inputVolumeDb)) : null
  }),
  SetInputAudioBalance: ofInput('balance', 'inputAudioBalance'),
  SetInputAudioSyncOffset: ofInput('syncOffset', 'inputAudioSyncOffset'),
  SetInputAudioMonitorType: ofInput('monitor', 'monitorType'),
  TriggerMediaInputAction: ofText('inputName', (input, { mediaAction }) => {
    const state = mediaAfter(mediaAction)
    return state === null ? null : { ...is(inputPath(input, 'media'), state), anew: true }
  }),
  SetCurrentSceneTransition: ofText('transitionName', (name) => is('transition', name)),
  SetCurrentSceneTransitionDuration: ({ data: { transitionDuration } }) =>
    typeof transitionDuration === 'number' ? near('transition/duration', transitionDuration) : null,
  SetSourceFilterEnabled: ofFilter((path, { filterEnabled }) => is(path, filterEnabled ?? null)),
  CreateSourceFilter: ofFilter((path) => exists(path, true)),
  RemoveSourceFilter: ofFilter((path) => exists(path, false)),
  SetSourceFilterName: ofText('sourceName', (source, { newFilterName }) =>
    typeof newFilterName === 'string' ? exists(filterPath(source, newFilterName), true) : null,
  ),
  SetSceneItemEnabled: ({ data: { sceneName, sceneItemId, sceneItemEnabled }, before }) => {
    if (typeof sceneName !== 'string' || typeof sceneItemId !== 'number') return null
    const source = before.items.get(sceneName)?.get(sceneItemId)
    return typeof source === 'string'
      ? is(itemPath(sceneName, source), sceneItemEnabled ?? null)
      : null
  },
  CreateScene: ofText('sceneName', (name) => lists('scenes', name)),
  RemoveScene: ofText('sceneName', (name) => lists('scenes', name, false)),
  SetSceneName: ofText('newSceneName', (name) => lists('scenes', name)),
  CreateInput: ofText('inputName', (name) => lists('inputs', name)),
  RemoveInput: ofText('inputName', (name) => lists('inputs', name, false)),
  SetInputName: ofText('newInputName', (name) => lists('inputs', name)),
  SetCurrentSceneCollection: ofText('sceneCollectionName', (name) => is('sceneCollection', name)),
  CreateSceneCollection: ofText('sceneCollectionName', (name) => lists('sceneCollections', name)),
  SetCurrentProfile: ofText('profileName', (name) => is('profile', name)),
  CreateProfile: ofText('profileName', (name) => lists('profiles', name)),
  RemoveProfile: ofText('profileName', (name) => lists('profiles', name, false)),
}

function muted(on: boolean, { inputName }: JsonObject): Expectation | null {
  return typeof inputName === 'string' ? is(inputPath(inputName, 'muted'), on) : null
}

/** What is to be seen after OBS said yes; null where its answer is all there is. */
export function expected(
  call: Pick<Call, 'name' | 'data'>,
  response: JsonObject,
  before: Before,
): Expectation | null {
  const expects = Object.hasOwn(table, call.name) ? table[call.name] : undefined
  return expects?.({ data: call.data, response, before }) ?? null
}
