// Makes request-table.ts from obs-websocket's published protocol description:
//   node --require ./from-source.cjs adapters/obs/generate.ts protocol.json > adapters/obs/request-table.ts
// where protocol.json is docs/generated/protocol.json of an obs-websocket release.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

interface PublishedField {
  readonly valueName: string
  readonly valueType: string
  readonly valueOptional: boolean
  readonly valueRestrictions: string | null
}

interface PublishedRequest {
  readonly requestType: string
  readonly initialVersion: string
  readonly category: string
  readonly requestFields: readonly PublishedField[]
}

/** The part of `protocol.json` that is taken: facts, none of its sentences. */
export interface Published {
  readonly requests: readonly PublishedRequest[]
}

/** What every OBS since 28 lists in `GetVersion` and the description leaves out. */
const unpublished: readonly string[] = [
  '5.0.0 sources GetSourcePrivateSettings sourceName:String',
  '5.0.0 sources SetSourcePrivateSettings sourceName:String sourceSettings:Object',
  '5.0.0 scene-items GetSceneItemPrivateSettings sceneName:String sceneItemId:Number[0,]',
  '5.0.0 scene-items SetSceneItemPrivateSettings sceneName:String sceneItemId:Number[0,] sceneItemSettings:Object',
]

/** One line a request: version, category, name, and its fields, `?` for one that may be left out. */
export function tableOf({ requests }: Published): readonly string[] {
  const lines = requests.map(({ requestType, initialVersion, category, requestFields }) =>
    [initialVersion, category.replaceAll(' ', '-'), requestType, ...requestFields.map(field)].join(
      ' ',
    ),
  )
  return [...lines, ...unpublished].toSorted((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1))
}

function nameIn(line: string): string {
  return line.split(' ')[2] ?? ''
}

function field({ valueName, valueType, valueOptional, valueRestrictions }: PublishedField): string {
  const least = />= (-?[\d.]+)/.exec(valueRestrictions ?? '')?.[1]
  const most = /<= (-?[\d.]+)/.exec(valueRestrictions ?? '')?.[1]
  const range =
    least === undefined && most === undefined
      ? ''
      : `[${least === undefined ? '' : Number(least)},${most === undefined ? '' : Number(most)}]`
  return `${valueOptional ? '?' : ''}${valueName}:${valueType}${range}`
}

const [, script = '', file] = process.argv
if (file !== undefined && import.meta.url === pathToFileURL(script).href) {
  // the maintainer's own file: its form is that of `Published`
  const published = JSON.parse(readFileSync(file, 'utf8')) as Published
  const lines = [
    '// Made by generate.ts from the protocol description of obs-websocket; see there.',
    '',
    '/** Every request: since which version, category, name, fields (`?`: may be left out) and their ranges. */',
    'export const requestTable = `',
    ...tableOf(published),
    '`',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
