import { type TObject, type TSchema, Type } from 'typebox'
import { requestTable } from './request-table.ts'

/** One field of a request's data. */
export interface Field {
  readonly name: string
  readonly type: 'Boolean' | 'Number' | 'String' | 'Object' | 'Any'
  readonly required: boolean
  readonly least: number | null
  readonly most: number | null
}

/** One request of obs-websocket 5. */
export interface ObsRequest {
  readonly name: string
  /** The first version of obs-websocket that has it: `5.1.0`. */
  readonly since: string
  readonly description: string
  /** In the protocol's order. */
  readonly fields: readonly Field[]
  /** Of each of these one has to be given, though each by itself may be left out. */
  readonly oneOf: readonly (readonly string[])[]
}

/** 64 KiB: a caption, a path or a settings text; documents do not belong in a request. */
export const maxTextLength = 65_536

/** Fields of which any one says what is meant. An old OBS (websocket before 5.4) knows names only. */
const alternatives: readonly (readonly string[])[] = [
  ['sceneName', 'sceneUuid'],
  ['inputName', 'inputUuid'],
  ['sourceName', 'sourceUuid'],
  ['inputVolumeMul', 'inputVolumeDb'],
]

const media = (action: string) => `OBS_WEBSOCKET_MEDIA_INPUT_ACTION_${action}`

/** The words that fields of these names take, where the protocol has a fixed set. */
export const wordsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['mediaAction', ['NONE', 'PLAY', 'PAUSE', 'STOP', 'RESTART', 'NEXT', 'PREVIOUS'].map(media)],
  [
    'monitorType',
    ['NONE', 'MONITOR_ONLY', 'MONITOR_AND_OUTPUT'].map((type) => `OBS_MONITORING_TYPE_${type}`),
  ],
  ['realm', ['GLOBAL', 'PROFILE'].map((realm) => `OBS_WEBSOCKET_DATA_REALM_${realm}`)],
  [
    'videoMixType',
    ['PREVIEW', 'PROGRAM', 'MULTIVIEW'].map((mix) => `OBS_WEBSOCKET_VIDEO_MIX_TYPE_${mix}`),
  ],
  [
    'sceneItemBlendMode',
    ['NORMAL', 'ADDITIVE', 'SUBTRACT', 'SCREEN', 'MULTIPLY', 'LIGHTEN', 'DARKEN'].map(
      (mode) => `OBS_BLEND_${mode}`,
    ),
  ],
])

/** `SetInputMute` in words: `Set input mute`. */
function inWords(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

function requestOf(line: string): ObsRequest {
  const [since = '', , name = '', ...rest] = line.split(' ')
  const fields = rest.flatMap((text): readonly Field[] => {
    const found = /^(\?)?([\w.]+):(\w+)(?:\[([^,]*),([^\]]*)\])?$/.exec(text)
    if (found === null) throw new Error(`request-table.ts: ${text}`)
    const [, optional, field = '', type = '', least = '', most = ''] = found
    return [
      {
        name: field,
        // generate.ts takes the types of the protocol's description, which has these five
        type: type as Field['type'],
        required: optional === undefined,
        least: least === '' ? null : Number(least),
        most: most === '' ? null : Number(most),
      },
    ]
  })
  const oneOf = alternatives.filter((names) =>
    names.every((each) => fields.some((one) => one.name === each && !one.required)),
  )
  const needs = oneOf.map((names) => `; needs ${names.join(' or ')}`).join('')
  const newer = since === '5.0.0' ? '' : `; obs-websocket ${since} or newer`
  return { name, since, description: `${inWords(name)}${needs}${newer}`, fields, oneOf }
}

/** Every request of the protocol. */
export const requests: readonly ObsRequest[] = requestTable.trim().split('\n').map(requestOf)

const byName: ReadonlyMap<string, ObsRequest> = new Map(
  requests.map((one) => [one.name.toLowerCase(), one]),
)

/** The request of this name, in any case. */
export function requestNamed(name: string): ObsRequest | null {
  return byName.get(name.toLowerCase()) ?? null
}

/** JSON Schema of one field. */
export function fieldSchema({ name, type, least, most }: Field): TSchema {
  const words = wordsOf.get(name)
  if (words !== undefined) return Type.Enum([...words])
  switch (type) {
    case 'Boolean':
      return Type.Boolean()
    case 'Number':
      return Type.Number({
        ...(least === null ? {} : { minimum: least }),
        ...(most === null ? {} : { maximum: most }),
      })
    case 'String':
      return Type.String({ maxLength: maxTextLength })
    case 'Object':
      return Type.Record(Type.String(), Type.Unknown())
    case 'Any':
      return Type.Unknown()
    default:
      return type satisfies never
  }
}

/** JSON Schema of a request's data. `keyModifiers.shift` is a property of `keyModifiers`. */
export function argsSchema({ fields }: ObsRequest): TObject {
  const flat = fields.filter(({ name }) => !name.includes('.'))
  return Type.Object(
    Object.fromEntries(
      flat.map((one) => {
        const schema = innerOf(fields, one) ?? fieldSchema(one)
        return [one.name, one.required ? schema : Type.Optional(schema)]
      }),
    ),
    { additionalProperties: false },
  )
}

/** The schema of a field whose own properties are described; null where they are not. */
export function innerOf(fields: readonly Field[], { name }: Field): TObject | null {
  const inner = fields.filter((one) => one.name.startsWith(`${name}.`))
  if (inner.length === 0) return null
  return Type.Object(
    Object.fromEntries(
      inner.map((one) => [one.name.slice(name.length + 1), Type.Optional(fieldSchema(one))]),
    ),
    { additionalProperties: false },
  )
}
