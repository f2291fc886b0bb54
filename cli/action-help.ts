import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { ask, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { paint, plain, print, printJson } from './output.ts'
import { meaningPhrase, parametersOf, typePhrase } from './schema-phrase.ts'
import { table } from './table.ts'

/** One thing a device can be asked, as the hub's API has it. */
export interface Action {
  readonly verb: 'fire' | 'set'
  /** A trailing `*` stands for any rest. */
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
  readonly standard: boolean
}

interface Actions {
  readonly devices: readonly {
    readonly device: string
    readonly protocol: string
    readonly actions: readonly Action[]
  }[]
}

/** Prints what a device can be asked. @throws Stop */
export async function showActions(
  hub: Hub,
  { device }: { readonly device: string },
  json: boolean,
): Promise<void> {
  const { protocol, actions } = await actionsOf(hub, device)
  if (json) return printJson(actions)
  print(`${plain(device)} (${plain(protocol)}) can be asked:`)
  for (const line of groups(actions)) print(line)
  print('')
  print(`what one takes:  infra bus exec ${plain(device)} ACTION --help`)
  print(
    `part of a name:  infra bus exec ${plain(device)} PART --help lists what has it in its name`,
  )
}

/** Prints what an action takes; where there is none of that name, those that have it in theirs. @throws Stop */
export async function showAction(
  hub: Hub,
  { device, action }: { readonly device: string; readonly action: string },
  json: boolean,
): Promise<void> {
  const { actions } = await actionsOf(hub, device)
  const exact = actions.filter(({ name }) => name === action)
  const part = action.toLowerCase()
  const near =
    exact.length > 0 ? [] : actions.filter(({ name }) => name.toLowerCase().includes(part))
  const found = exact.length > 0 ? exact : actions.filter(({ name }) => standsFor(name, action))
  if (found.length + near.length === 0)
    throw new Stop('failed', `${device} has no action ${JSON.stringify(action)}`, {
      hint: `infra bus exec ${device} --help lists what it can do`,
    })
  if (json) return printJson([...near, ...found])
  if (near.length > 0)
    print(`${plain(device)} has with ${plain(JSON.stringify(action))} in the name:`)
  for (const line of groups(near)) print(line)
  if (near.length > 0 && found.length > 0) print('')
  for (const one of found) for (const line of actionLines(device, one, action)) print(line)
}

/** Whether a name with a trailing `*` stands for this one. */
function standsFor(name: string, action: string): boolean {
  return name.endsWith('*') && action.startsWith(name.slice(0, -1))
}

async function actionsOf(hub: Hub, device: string): Promise<Actions['devices'][number]> {
  const answer = await ask<Actions>(hub, { method: 'GET', path: '/api/v1/actions' }, ['devices'])
  const found = answer.devices.find((one) => one.device === device)
  if (found !== undefined) return found
  const names = answer.devices.map((one) => one.device).join(', ')
  throw new Stop('failed', `there is no device ${JSON.stringify(device)}`, {
    hint: names === '' ? 'there is none yet: infra bus add --help' : `devices: ${names}`,
  })
}

/** Standard actions first, since they are the same for every make; then the device's own, then what can be set. */
function groups(actions: readonly Action[]): readonly string[] {
  const parts: readonly (readonly [string, readonly Action[]])[] = [
    ['standard actions', actions.filter(({ verb, standard }) => verb === 'fire' && standard)],
    ['its own actions', actions.filter(({ verb, standard }) => verb === 'fire' && !standard)],
    ['lasting values (infra set)', actions.filter(({ verb }) => verb === 'set')],
  ]
  return parts.flatMap(([title, some]) =>
    some.length === 0
      ? []
      : [
          '',
          paint('strong', title),
          ...table(
            ['name', 'takes', 'what it does'],
            some.map(({ name, schema, description }) => [name, briefly(schema), description]),
          ).map((line) => `  ${line}`),
        ],
  )
}

/** `input level [ms]`. */
function briefly(schema: JsonObject): string {
  const parameters = parametersOf(schema)
  if (parameters.length === 0) return isObject(schema['properties']) ? '' : '…'
  const words = parameters.map(({ name, isNeeded }) => (isNeeded ? name : `[${name}]`))
  return words.length > 4 ? `${words.slice(0, 4).join(' ')} …` : words.join(' ')
}

function actionLines(device: string, action: Action, asked: string): readonly string[] {
  const { verb, name, description, schema, standard } = action
  const kinds = [
    ...(standard ? ['standard action'] : []),
    ...(verb === 'set' ? ['lasting value'] : []),
  ]
  return [
    `${paint('strong', plain(name))}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`,
    `  ${plain(description)}`,
    '',
    ...parameterLines(schema).map((line) => `  ${line}`),
    '',
    `  $ ${plain(exampleOf(device, action, asked))}`,
    '',
  ]
}

function parameterLines(schema: JsonObject): readonly string[] {
  const parameters = parametersOf(schema)
  const { additionalProperties, patternProperties, description } = schema
  if (parameters.length === 0) {
    const isNone =
      schema['type'] === 'object' && additionalProperties === false && !isObject(patternProperties)
    if (isNone) return ['takes nothing']
    if (schema['type'] === 'object') return ['takes parameters by name, as they are: key=value']
    const ways = schema['anyOf']
    if (Array.isArray(ways) && ways.some((way: Json) => parametersOf(way).length > 0))
      return ways.flatMap((way: Json, index) => [
        ...(index === 0 ? [] : ['', 'or', '']),
        ...parameterLines(isObject(way) ? way : {}),
      ])
    const said = typeof description === 'string' ? `: ${description}` : ''
    return [plain(`takes ${typePhrase(schema)}${said}`)]
  }
  const rows = parameters.map(({ name, schema: own, isNeeded }) => [
    name,
    isNeeded ? { text: 'needed', tone: 'warn' as const } : 'optional',
    typePhrase(own),
    meaningPhrase(own),
  ])
  return [
    ...table(['parameter', '', 'type', 'meaning'], rows),
    ...(additionalProperties === false ? [] : ['and any other by name']),
  ]
}

/** The line to type, with what has to be given. */
function exampleOf(device: string, { verb, name, schema }: Action, asked: string): string {
  const real = name.endsWith('*') ? asked : name
  if (verb === 'set') return `infra set ${device} ${real} VALUE`
  const needed = parametersOf(schema).filter(({ isNeeded }) => isNeeded)
  const words = needed.map(({ name: key, schema: own }) => `${key}=${sampleOf(own)}`)
  return ['infra bus exec', device, real, ...words].join(' ')
}

function sampleOf(schema: Json | undefined): string {
  if (!isObject(schema)) return '…'
  const { default: standard, enum: choices, minimum, maximum, type, anyOf } = schema
  if (standard !== undefined && typeof standard !== 'object') return String(standard)
  if (Array.isArray(choices)) return String(choices[0] ?? '…')
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0] as Json | undefined)
  if (type === 'integer' || type === 'number')
    return String(Math.min(Math.max(Number(minimum ?? 1), 1), Number(maximum ?? 1)))
  return type === 'boolean' ? 'true' : '…'
}
