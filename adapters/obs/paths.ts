import { type TSchema, Type } from 'typebox'
import type { Json } from '../../intents/json.ts'
import type { ActionDescription } from '../adapter.ts'
import { kind, quoted } from '../template.ts'
import { unknownName } from '../template-names.ts'
import { type Called, callOf, refuse } from './args.ts'
import { nameOf } from './names.ts'
import { requestNamed } from './requests.ts'

/** One path of a `set`: its form, for the list of actions and for finding it, and the request it leads to. */
interface Path {
  readonly name: string
  readonly description: string
  readonly schema: TSchema
  readonly shape: RegExp
  readonly call: (names: readonly string[], value: Json) => Called
  /** Whether it is set again after a reconnect. */
  readonly lasting: boolean
}

/** By the name of the request, with its arguments checked as those of a `fire`. */
function ask(name: string, data: Readonly<Record<string, Json>>): Called {
  const request = requestNamed(name)
  return request === null ? refuse(`no request ${name}`) : callOf(request, data)
}

const flag = (value: Json, call: (on: boolean) => Called): Called =>
  typeof value === 'boolean' ? call(value) : refuse(`takes true or false, not ${kind(value)}`)

/** protocol.md, "RequestStatus": what an output that runs, or does not, answers to being told so again. */
const soAlready = { running: 500, notRunning: 501, paused: 502, notPaused: 503 } as const

/** A `set` is about the state: where it is so already nothing is left to do. */
function state(called: Called, code: number): Called {
  return called.ok ? { ok: true, call: { ...called.call, soAlready: code } } : called
}

const isOn = Type.Boolean()
const name = Type.String({ minLength: 1 })

function output(path: string, what: string, request: string): Path {
  return {
    name: path,
    description: what,
    schema: isOn,
    shape: new RegExp(`^${path}$`),
    call: (_, value) =>
      flag(value, (on) =>
        state(
          ask(`${on ? 'Start' : 'Stop'}${request}`, {}),
          on ? soAlready.running : soAlready.notRunning,
        ),
      ),
    lasting: false,
  }
}

function single(path: string, what: string, schema: TSchema, request: string, field: string): Path {
  return {
    name: path,
    description: what,
    schema,
    shape: new RegExp(`^${path}$`),
    call: (_, value) => ask(request, { [field]: value }),
    lasting: false,
  }
}

function ofInput(
  what: string,
  description: string,
  schema: TSchema,
  request: string,
  field: string,
): Path {
  return {
    name: 'input/*',
    description,
    schema,
    // a name may hold a slash: the longest one before a known end
    shape: new RegExp(`^input/(.+)/${what}$`),
    call: ([inputName = ''], value) => ask(request, { inputName, [field]: value }),
    lasting: true,
  }
}

const paths: readonly Path[] = [
  single('program', 'Scene on programme', name, 'SetCurrentProgramScene', 'sceneName'),
  single('preview', 'Scene on preview', name, 'SetCurrentPreviewScene', 'sceneName'),
  output('recording', 'Record', 'Record'),
  output('streaming', 'Stream', 'Stream'),
  output('virtualCamera', 'Virtual camera', 'VirtualCam'),
  output('replayBuffer', 'Replay buffer', 'ReplayBuffer'),
  {
    ...output('recording/paused', 'Pause the recording', ''),
    call: (_, value) =>
      flag(value, (on) =>
        state(
          ask(on ? 'PauseRecord' : 'ResumeRecord', {}),
          on ? soAlready.paused : soAlready.notPaused,
        ),
      ),
  },
  single('studioMode', 'Studio mode', isOn, 'SetStudioModeEnabled', 'studioModeEnabled'),
  single('transition', 'Transition', name, 'SetCurrentSceneTransition', 'transitionName'),
  single(
    'transition/duration',
    'Length of the transition, ms',
    Type.Number({ minimum: 50, maximum: 20_000 }),
    'SetCurrentSceneTransitionDuration',
    'transitionDuration',
  ),
  single('profile', 'Profile', name, 'SetCurrentProfile', 'profileName'),
  single(
    'sceneCollection',
    'Scene collection',
    name,
    'SetCurrentSceneCollection',
    'sceneCollectionName',
  ),
  ofInput('muted', 'input/<name>/muted', isOn, 'SetInputMute', 'inputMuted'),
  ofInput(
    'volume',
    'input/<name>/volume: amplitude, 1 is 0 dB',
    Type.Number({ minimum: 0, maximum: 20 }),
    'SetInputVolume',
    'inputVolumeMul',
  ),
  ofInput(
    'balance',
    'input/<name>/balance: 0 left, 0.5 middle, 1 right',
    Type.Number({ minimum: 0, maximum: 1 }),
    'SetInputAudioBalance',
    'inputAudioBalance',
  ),
  ofInput(
    'syncOffset',
    'input/<name>/syncOffset, ms',
    Type.Number({ minimum: -950, maximum: 20_000 }),
    'SetInputAudioSyncOffset',
    'inputAudioSyncOffset',
  ),
  ofInput(
    'monitor',
    'input/<name>/monitor: OBS_MONITORING_TYPE_NONE, _MONITOR_ONLY or _MONITOR_AND_OUTPUT',
    name,
    'SetInputAudioMonitorType',
    'monitorType',
  ),
  {
    name: 'filter/*',
    description: 'filter/<source>/<filter>: whether it is on; a slash in a name is %2F',
    schema: isOn,
    shape: /^filter\/([^/]+)\/([^/]+)$/,
    call: ([sourceName = '', filterName = ''], filterEnabled) =>
      ask('SetSourceFilterEnabled', {
        sourceName: nameOf(sourceName),
        filterName: nameOf(filterName),
        filterEnabled,
      }),
    lasting: true,
  },
  {
    name: 'item/*',
    description: 'item/<scene>/<source>: whether it is shown; a slash in a name is %2F',
    schema: isOn,
    shape: /^item\/([^/]+)\/([^/]+)$/,
    call: ([scene = '', source = ''], value) =>
      flag(value, (sceneItemEnabled) => ({
        ok: true,
        call: {
          name: 'SetSceneItemEnabled',
          data: { sceneItemEnabled },
          first: { type: 'item', scene: nameOf(scene), source: nameOf(source) },
        },
      })),
    lasting: true,
  },
]

/** What can be set, one line a form. */
export const sets: readonly ActionDescription[] = [...new Set(paths.map((path) => path.name))].map(
  (form) => {
    const [first, ...more] = paths.filter((path) => path.name === form)
    const all = first === undefined ? more : [first, ...more]
    return {
      verb: 'set',
      name: form,
      description: all.map((path) => path.description).join('; '),
      schema:
        first !== undefined && more.length === 0
          ? first.schema
          : Type.Union(all.map((path) => path.schema)),
    }
  },
)

/** A `set` as a request. */
export function callOfPath(path: string, value: Json): Called {
  for (const { shape, call } of paths) {
    const found = shape.exec(path)
    if (found === null) continue
    const called = call(found.slice(1), value)
    return called.ok ? called : refuse(`${quoted(path)}: ${called.failure.detail}`)
  }
  const form = sets.find((one) => one.name.endsWith('*') && path.startsWith(one.name.slice(0, -1)))
  if (form !== undefined) return refuse(`${quoted(path)}: ${form.description}`)
  return unknownName(
    'path',
    path,
    paths.map((one) => one.name),
  )
}

/**
 * Whether a lasting value is sent again after a reconnect: levels, mutes, filters and items only. What is on programme,
 * recorded or streamed is the operator's of that moment: cutting it again because a cable was pulled would be wrong.
 */
export function isResynced(path: string): boolean {
  return paths.some(({ shape, lasting }) => lasting && shape.test(path))
}
