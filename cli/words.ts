import { parseArguments, parseValue, type ParsedValue } from '../intents/arguments.ts'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { Stop } from './exit.ts'

// Words of the command line as values, by the same rule as on the lines that surfaces take.

function valueOf(parsed: ParsedValue): Json {
  if (parsed.ok) return parsed.value
  throw new Stop('usage', parsed.detail, { hint: `a text in JSON is written '"like this"'` })
}

/** One word's value. @throws Stop (usage) */
export function literal(word: string): Json {
  return valueOf(parseValue(word))
}

/** `key=value …` as an object, bare values as a list, nothing as `{}`. @throws Stop (usage) where the two are mixed */
export function args(words: readonly string[]): Json {
  return valueOf(parseArguments(words))
}

/** `key=value …` as an object. @throws Stop (usage) for bare values */
export function pairs(words: readonly string[]): JsonObject {
  const value = args(words)
  if (isObject(value)) return value
  throw new Stop('usage', `not of the form key=value: ${words.join(' ')}`, {
    hint: 'for example: device=mypro',
  })
}

/** `1/0/2` as a path of the API. @throws Stop (usage) */
export function controlPath(place: string): string {
  if (/^\d{1,6}\/\d{1,6}\/\d{1,6}$/.test(place)) return place
  throw new Stop('usage', `"${place}" is no control`, {
    hint: 'a control is PAGE/ROW/COL, for example 1/0/2: pages from 1, rows and columns from 0',
  })
}
