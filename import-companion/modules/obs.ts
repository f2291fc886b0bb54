import type { Json, JsonObject } from '../../intents/json.ts'
import { number, own, text, words } from '../field.ts'
import type { Action, Feedback } from '../model.ts'
import {
  type Acted,
  environmentName,
  type Lit,
  type Module,
  no,
  secretOf,
  unknownAction,
} from './module.ts'

// companion-module-obs-studio, actions.js and feedbacks.js: most actions are one request of obs-websocket 5.

export const obs: Module = {
  ids: ['obs-studio', 'obs'],
  open({ config }, name) {
    const host = text(config, 'host') ?? ''
    const port = number(config, 'port') ?? 4455
    const hasPassword = (text(config, 'pass') ?? '') !== ''
    if (host === '') return 'it has no host'
    if (text(config, 'scheme') === 'wss') return 'it is reached by wss, and the adapter speaks ws'
    const password = hasPassword ? { password: secretOf(name, 'password') } : {}
    return {
      devices: () => [{ name, protocol: 'obs', options: { host, port, ...password } }],
      act: (action) => acted(name, action),
      lit: (feedback) => litOf(name, feedback),
      notes: hasPassword
        ? [`its password is not carried over: put it into ${environmentName(name, 'password')}`]
        : [],
    }
  },
}

/** Actions without options. */
const plain: Readonly<Record<string, readonly [request: string, data?: JsonObject]>> = {
  enable_studio_mode: ['SetStudioModeEnabled', { studioModeEnabled: true }],
  disable_studio_mode: ['SetStudioModeEnabled', { studioModeEnabled: false }],
  start_recording: ['StartRecord'],
  stop_recording: ['StopRecord'],
  pause_recording: ['PauseRecord'],
  resume_recording: ['ResumeRecord'],
  ToggleRecordPause: ['ToggleRecordPause'],
  SplitRecordFile: ['SplitRecordFile'],
  StartStopRecording: ['ToggleRecord'],
  start_streaming: ['StartStream'],
  stop_streaming: ['StopStream'],
  StartStopStreaming: ['ToggleStream'],
  start_replay_buffer: ['StartReplayBuffer'],
  stop_replay_buffer: ['StopReplayBuffer'],
  save_replay_buffer: ['SaveReplayBuffer'],
  ToggleReplayBuffer: ['ToggleReplayBuffer'],
  do_transition: ['TriggerStudioModeTransition'],
}

/** Actions of one request, with what each option is called there. */
const mapped: Readonly<
  Record<string, readonly [request: string, fields: Readonly<Record<string, string>>]>
> = {
  set_transition_duration: [
    'SetCurrentSceneTransitionDuration',
    { duration: 'transitionDuration' },
  ],
  toggle_source_mute: ['ToggleInputMute', { source: 'inputName' }],
  set_volume: ['SetInputVolume', { source: 'inputName', volume: 'inputVolumeDb' }],
  setSyncOffset: [
    'SetInputAudioSyncOffset',
    { source: 'inputName', offset: 'inputAudioSyncOffset' },
  ],
  'trigger-hotkey': ['TriggerHotkeyByName', { id: 'hotkeyName' }],
  set_profile: ['SetCurrentProfile', { profile: 'profileName' }],
  set_scene_collection: ['SetCurrentSceneCollection', { scene_collection: 'sceneCollectionName' }],
  SendStreamCaption: ['SendStreamCaption', { text: 'captionText' }],
  set_transition: ['SetCurrentSceneTransition', { transitions: 'transitionName' }],
}

function acted(device: string, action: Action): Acted {
  const { name, options } = action
  const fire = (request: string, args: JsonObject = {}): Acted => ({
    ok: true,
    fires: [{ device, action: request, args }],
  })
  const bare = Object.hasOwn(plain, name) ? plain[name] : undefined
  if (bare !== undefined) return fire(...bare)
  const known = Object.hasOwn(mapped, name) ? mapped[name] : undefined
  if (known !== undefined) {
    if (own(options, 'useVariable') === true) return no('its value is a variable')
    const [request, fields] = known
    const given = Object.entries(fields).flatMap(([key, field]): [string, Json][] => {
      const value = own(options, key)
      return value === undefined ? [] : [[field, value]]
    })
    return fire(request, Object.fromEntries(given))
  }
  switch (name) {
    case 'set_scene':
    case 'preview_scene': {
      const sceneName = sceneOf(options)
      const request = name === 'set_scene' ? 'SetCurrentProgramScene' : 'SetCurrentPreviewScene'
      return sceneName === null ? no('it names no scene') : fire(request, { sceneName })
    }
    case 'set_source_mute':
      return fire('SetInputMute', {
        inputName: own(options, 'source') ?? null,
        inputMuted: words(own(options, 'mute')) === 'true',
      })
    case 'setText':
      return fire('SetInputSettings', {
        inputName: own(options, 'source') ?? null,
        inputSettings: { text: own(options, 'text') ?? '' },
      })
    case 'start_output':
    case 'stop_output':
    case 'start_stop_output': {
      const verb = { start_output: 'Start', stop_output: 'Stop', start_stop_output: 'Toggle' }[name]
      const output = own(options, 'output') ?? null
      return output === 'virtualcam_output'
        ? fire(`${verb}VirtualCam`)
        : fire(`${verb}Output`, { outputName: output })
    }
    default:
      return unknownAction('obs-studio', action)
  }
}

/** One of the list, or one that was typed in. */
function sceneOf(options: JsonObject): string | null {
  const scene = text(options, 'scene')
  return scene === 'customSceneName' ? text(options, 'customSceneName') : scene
}

function litOf(device: string, { name, options, inverted }: Feedback): Lit | null {
  const scene = sceneOf(options)
  switch (name) {
    case 'streaming':
    case 'recording':
      return { device, path: name, equals: !inverted }
    case 'replayBufferActive':
      return { device, path: 'replayBuffer', equals: !inverted }
    case 'scene_active':
    case 'sceneProgram':
      return scene === null || inverted || text(options, 'mode') === 'preview'
        ? null
        : { device, path: 'program', equals: scene }
    case 'scenePreview':
      return scene === null || inverted ? null : { device, path: 'preview', equals: scene }
    case 'audio_muted': {
      const source = text(options, 'source')
      return source === null ? null : { device, path: `input/${source}/muted`, equals: !inverted }
    }
    default:
      return null
  }
}
