import { resolve } from 'node:path'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { Stop } from './exit.ts'

// A secret never goes into the config, only where it is kept: `${env:NAME}` or `${file:PATH}`. On the command line `env:NAME`
// and `file:PATH` say the same without the quotes that a shell wants for a dollar sign.

const reference = /\$\{(env|file):[^}]+\}/
const short = /^(env|file):(.+)$/

/** The options with every secret in them as a reference. @throws Stop (usage) where one stands there in clear */
export function keptSecrets(options: JsonObject, schema: JsonObject): JsonObject {
  const kept = keptIn(options, schema, '')
  return isObject(kept) ? kept : options
}

function keptIn(value: Json, schema: Json | undefined, path: string): Json {
  if (!isObject(schema)) return value
  if (schema['x-secret'] === true) return referred(value, path)
  if (Array.isArray(value))
    return value.map((item: Json, index) => keptIn(item, schema['items'], `${path}[${index}]`))
  if (!isObject(value)) return value
  const { properties, patternProperties, additionalProperties } = schema
  const byName = isObject(properties) ? properties : {}
  const [any] = isObject(patternProperties) ? Object.values(patternProperties) : []
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      keptIn(
        inner,
        Object.hasOwn(byName, key) ? byName[key] : (any ?? additionalProperties),
        path === '' ? key : `${path}.${key}`,
      ),
    ]),
  )
}

/** Every text below a secret is one. */
function referred(value: Json, path: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => referred(item, path))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, referred(inner, `${path}.${key}`)]),
    )
  // a number, too: a password may look like one
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (reference.test(text)) return text
  const [, from, name = ''] = short.exec(text) ?? []
  if (from === 'env') return `\${env:${name}}`
  // the hub may run in another folder
  if (from === 'file') return `\${file:${resolve(name)}}`
  // never the text itself: what is said here may end in a log
  throw new Stop('usage', `${path} is a secret: it would stand in the config for all to read`, {
    hint: `say where the hub finds it: file:PATH, of a file that only its user reads, or env:NAME, of its environment`,
  })
}

/** Where the hub looks for the secrets in these options; empty where there are none. */
export function secretPlaces(value: Json): readonly string[] {
  if (typeof value === 'string')
    return Array.from(value.matchAll(/\$\{(env|file):([^}]+)\}/g), ([, from, name = '']) =>
      from === 'env' ? `the environment variable ${name} of the hub` : `the file ${name}`,
    )
  if (Array.isArray(value)) return value.flatMap((item: Json) => secretPlaces(item))
  return isObject(value) ? Object.values(value).flatMap((item) => secretPlaces(item)) : []
}
