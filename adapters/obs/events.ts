import type { Json, JsonObject } from '../../intents/json.ts'
import { filterPath, inputPath, itemPath } from './names.ts'

export type Change = readonly [path: string, value: Json]

/** What an event says of the state. */
export interface Said {
  readonly changes: readonly Change[]
  /** The event says that something is there or gone, but not all of it: the whole state is to be read. */
  readonly reread: boolean
}

/** By scene, the source of each item by its number; null for a further item of the same source, which has no path. */
export type Items = ReadonlyMap<string, ReadonlyMap<number, string | null>>

const nothing: Said = { changes: [], reread: false }
const readAgain: Said = { changes: [], reread: true }
const says = (...changes: readonly Change[]): Said => ({ changes, reread: false })

/** obs-websocket's name of an output's state as this adapter says it: `OBS_WEBSOCKET_OUTPUT_STARTED` is `started`. */
function outputState(value: Json | undefined): string | null {
  const found =
    typeof value === 'string' ? /^OBS_WEBSOCKET_OUTPUT_([A-Z]{1,20})$/.exec(value) : null
  return found?.[1]?.toLowerCase() ?? null
}

/** `OBS_MEDIA_STATE_PLAYING` is `playing`; null for what is no medium. */
export function mediaState(value: Json | undefined): string | null {
  const found = typeof value === 'string' ? /^OBS_MEDIA_STATE_([A-Z]{1,20})$/.exec(value) : null
  const state = found?.[1]?.toLowerCase() ?? null
  return state === 'none' ? null : state
}

/** What the state of a medium becomes by an action; null: the action does not tell. */
export function mediaAfter(action: Json | undefined): string | null {
  if (typeof action !== 'string') return null
  const [, word = ''] = /^OBS_WEBSOCKET_MEDIA_INPUT_ACTION_(\w+)$/.exec(action) ?? []
  if (word === 'PLAY' || word === 'RESTART') return 'playing'
  if (word === 'PAUSE') return 'paused'
  return word === 'STOP' ? 'stopped' : null
}

/** Float32 in OBS: six digits are what was meant. */
export function level(value: number): number {
  return Number(value.toPrecision(6))
}

/** The outputs of which OBS tells starting and stopping, and where that is reported. */
const outputs: Readonly<Record<string, string>> = {
  RecordStateChanged: 'recording',
  StreamStateChanged: 'streaming',
  VirtualcamStateChanged: 'virtualCamera',
  ReplayBufferStateChanged: 'replayBuffer',
}

/** It runs from `started` until `stopped`: only then is a recording's file complete. */
function ofOutput(base: string, data: JsonObject): Said {
  const state = outputState(data['outputState'])
  if (state === null) return nothing
  const changes: Change[] = [[`${base}/state`, state]]
  if (state === 'started' || state === 'resumed' || state === 'reconnected')
    changes.push([base, true])
  if (state === 'stopped') changes.push([base, false])
  if (base === 'recording') {
    changes.push(['recording/paused', state === 'paused'])
    const { outputPath } = data
    if (typeof outputPath === 'string') changes.push(['recording/file', outputPath])
  }
  if (base === 'streaming') changes.push(['streaming/reconnecting', state === 'reconnecting'])
  return { changes, reread: false }
}

/** Events after which the lists are no longer those that were read. */
const structural: ReadonlySet<string> = new Set([
  'SceneCreated',
  'SceneRemoved',
  'SceneNameChanged',
  'SceneListChanged',
  'InputCreated',
  'InputRemoved',
  'InputNameChanged',
  'SceneItemCreated',
  'SceneItemRemoved',
  'SceneItemListReindexed',
  'SourceFilterCreated',
  'SourceFilterRemoved',
  'SourceFilterNameChanged',
  'CurrentSceneCollectionChanged',
  'SceneCollectionListChanged',
  'CurrentProfileChanged',
  'ProfileListChanged',
])

/** Paths under an input that one event with one field reports. */
const ofInput: Readonly<Record<string, readonly [field: string, what: string]>> = {
  InputMuteStateChanged: ['inputMuted', 'muted'],
  InputVolumeChanged: ['inputVolumeMul', 'volume'],
  InputAudioBalanceChanged: ['inputAudioBalance', 'balance'],
  InputAudioSyncOffsetChanged: ['inputAudioSyncOffset', 'syncOffset'],
  InputAudioMonitorTypeChanged: ['monitorType', 'monitor'],
}

/** Events that report one field under one path. */
const single: Readonly<Record<string, readonly [field: string, path: string]>> = {
  CurrentProgramSceneChanged: ['sceneName', 'program'],
  CurrentPreviewSceneChanged: ['sceneName', 'preview'],
  CurrentSceneTransitionChanged: ['transitionName', 'transition'],
  CurrentSceneTransitionDurationChanged: ['transitionDuration', 'transition/duration'],
  ReplayBufferSaved: ['savedReplayPath', 'replayBuffer/file'],
  RecordFileChanged: ['newOutputPath', 'recording/file'],
  ScreenshotSaved: ['savedScreenshotPath', 'screenshot/file'],
}

/** What an event says. Hostile: fields of the wrong type say nothing. */
export function said(name: string, data: JsonObject, items: Items): Said {
  if (structural.has(name)) return readAgain
  const { [name]: output } = outputs
  if (output !== undefined) return ofOutput(output, data)
  // a transition that studio mode's end cuts short is never told to have ended
  if (name === 'StudioModeStateChanged')
    return {
      changes: [
        ['transition/active', false],
        ...ofField('studioMode', data['studioModeEnabled']).changes,
      ],
      reread: true,
    }
  const { [name]: one } = single
  // the length of the transition changes with it
  if (one !== undefined)
    return { ...ofField(one[1], data[one[0]]), reread: name === 'CurrentSceneTransitionChanged' }
  const { inputName, sourceName, filterName, sceneName, sceneItemId } = data
  const { [name]: input } = ofInput
  if (input !== undefined && typeof inputName === 'string')
    return ofField(inputPath(inputName, input[1]), data[input[0]])
  switch (name) {
    case 'SceneTransitionStarted':
      return says(['transition/active', true])
    // either may come late: OBS tells its events from several threads
    case 'SceneTransitionVideoEnded':
    case 'SceneTransitionEnded':
      return says(['transition/active', false])
    case 'MediaInputPlaybackStarted':
      return typeof inputName === 'string'
        ? says([inputPath(inputName, 'media'), 'playing'])
        : nothing
    case 'MediaInputPlaybackEnded':
      return typeof inputName === 'string'
        ? says([inputPath(inputName, 'media'), 'ended'])
        : nothing
    case 'MediaInputActionTriggered': {
      const after = mediaAfter(data['mediaAction'])
      return typeof inputName === 'string' && after !== null
        ? says([inputPath(inputName, 'media'), after])
        : nothing
    }
    case 'SourceFilterEnableStateChanged':
      return typeof sourceName === 'string' && typeof filterName === 'string'
        ? ofField(filterPath(sourceName, filterName), data['filterEnabled'])
        : nothing
    case 'SceneItemEnableStateChanged': {
      if (typeof sceneName !== 'string' || typeof sceneItemId !== 'number') return nothing
      const source = items.get(sceneName)?.get(sceneItemId)
      // one that came since the last read
      if (source === undefined) return readAgain
      if (source === null) return nothing
      return ofField(itemPath(sceneName, source), data['sceneItemEnabled'])
    }
    default:
      return nothing
  }
}

function ofField(path: string, value: Json | undefined): Said {
  if (typeof value === 'number') return says([path, level(value)])
  return typeof value === 'string' || typeof value === 'boolean' ? says([path, value]) : nothing
}
