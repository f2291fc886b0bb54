import { Option, type Command } from 'commander'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { Stop } from './exit.ts'
import { isTold, parametersOf, spoken, typePhrase, type Parameter } from './schema-phrase.ts'
import { literal } from './words.ts'

// A device's keys in the config as flags of the command line, from their JSON Schema: `httpPort` is --http-port.

/** `httpPort` as `--http-port`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

const isSecret = ({ schema }: Parameter) => schema['x-secret'] === true
const isSwitch = ({ schema }: Parameter) => schema['type'] === 'boolean'
const isRepeated = ({ schema }: Parameter) => schema['type'] === 'array'

/** Adds a flag for each key. */
export function addFlags(command: Command, schema: JsonObject): void {
  for (const parameter of parametersOf(schema)) {
    const flag = flagOf(parameter.name)
    const said = helpOf(parameter)
    if (isSwitch(parameter)) {
      // what is on unless somebody says otherwise is switched off
      const isOn = parameter.schema['default'] === true
      command.addOption(new Option(flag, said).hideHelp(isOn))
      if (isOn) command.option(flag.replace('--', '--no-'), said)
    } else if (isRepeated(parameter)) {
      const more = (word: string, before: readonly string[] = []) => [...before, word]
      command.option(`${flag} <value>`, said, more)
    } else command.option(`${flag} <${placeOf(parameter)}>`, said)
  }
}

/** What it means, and in brackets what it may be. */
function helpOf(parameter: Parameter): string {
  const { name, schema, isNeeded } = parameter
  const { description, default: standard } = schema
  const about = [
    ...(isNeeded ? ['needed'] : []),
    ...(isSecret(parameter) ? ['a secret: file:PATH or env:NAME'] : kindOf(parameter)),
    ...(isSwitch(parameter) ? [`sets ${name} to ${standard === true ? 'false' : 'true'}`] : []),
    ...(isTold(standard) && !isSwitch(parameter) ? [`default ${spoken(standard)}`] : []),
  ]
  const said = typeof description === 'string' ? description : ''
  return `${said}${said === '' || about.length === 0 ? '' : ' '}${about.length === 0 ? '' : `[${about.join('; ')}]`}`
}

function kindOf({ schema }: Parameter): readonly string[] {
  switch (schema['type']) {
    case 'string':
    case 'boolean':
    case 'object':
      return [] // the place behind the flag says it
    case 'array':
      return [`again for more, or a list in JSON; each ${typePhrase(schema['items'], 1)}`]
    default:
      return [typePhrase(schema, 1)]
  }
}

function placeOf(parameter: Parameter): string {
  if (isSecret(parameter)) return 'reference'
  switch (parameter.schema['type']) {
    case 'object':
      return 'json'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    default:
      return 'value'
  }
}

/** What the flags say, as the device's keys. `given` is what commander has read. @throws Stop (usage) */
export function flagValues(
  given: Readonly<Record<string, unknown>>,
  schema: JsonObject,
): JsonObject {
  return Object.fromEntries(
    parametersOf(schema).flatMap((parameter): (readonly [string, Json])[] => {
      const said = given[parameter.name]
      if (typeof said === 'boolean') return [[parameter.name, said]]
      if (typeof said === 'string')
        return [[parameter.name, valueOf(said, parameter.schema, parameter.name)]]
      if (!Array.isArray(said)) return []
      return [[parameter.name, listOf(said.map(String), parameter)]]
    }),
  )
}

function listOf(words: readonly string[], { name, schema }: Parameter): readonly Json[] {
  return words.flatMap((word): readonly Json[] => {
    const whole = word.startsWith('[') ? literal(word) : null
    if (Array.isArray(whole)) return whole as readonly Json[]
    return [valueOf(word, isObject(schema['items']) ? schema['items'] : {}, name)]
  })
}

/** One word as what the schema wants; whether it may be so is for the hub to say. */
function valueOf(word: string, schema: JsonObject, key: string): Json {
  if (schema['type'] === 'string') return word
  const { enum: choices } = schema
  if (Array.isArray(choices) && choices.includes(word)) return word
  const value = literal(word)
  if (schema['type'] === 'object' && !isObject(value))
    throw new Stop('usage', `${flagOf(key)} takes JSON, a mapping: '{"name": …}'`)
  const isNumber = schema['type'] === 'integer' || schema['type'] === 'number'
  if (isNumber && (typeof value !== 'number' || !isWithin(value, schema)))
    throw new Stop('usage', `${flagOf(key)} is ${typePhrase(schema)}, not "${word}"`)
  return value
}

function isWithin(value: number, { minimum, maximum }: JsonObject): boolean {
  return !(Number(minimum ?? -Infinity) > value || Number(maximum ?? Infinity) < value)
}

/** These keys as the words of a command line that gives them, quoted for a shell. */
export function flagWords(options: JsonObject, schema: JsonObject): readonly string[] {
  const known = new Map(parametersOf(schema).map((parameter) => [parameter.name, parameter]))
  return Object.entries(options).flatMap(([key, value]): readonly string[] => {
    const parameter = known.get(key)
    if (parameter !== undefined && isSwitch(parameter))
      return [value === true ? flagOf(key) : flagOf(key).replace('--', '--no-')]
    return [flagOf(key), quoted(typeof value === 'string' ? value : JSON.stringify(value))]
  })
}

/** A word as a shell takes it literally. */
function quoted(word: string): string {
  return /^[\w.:/@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
