import type { Json, JsonObject } from '../intents/json.ts'
import { Stop } from './exit.ts'

// Words of the command line as JSON: a JSON literal if it parses (`1`, `true`, `"two words"`, `[1,2]`), else the
// bare word.

const pair = /^([A-Za-z_][A-Za-z0-9_.-]*)=(.*)$/s

/** One word's value. */
export function literal(word: string): Json {
  try {
    return JSON.parse(word) as Json
  } catch {
    // not JSON: the word stands for itself
    return word
  }
}

/** `key=value …` as an object. @throws Stop (usage) for a word that is no pair */
export function pairs(words: readonly string[]): JsonObject {
  return Object.fromEntries(
    words.map((word) => {
      const [, key, value] = pair.exec(word) ?? []
      if (key === undefined || value === undefined)
        throw new Stop('usage', `"${word}" is not of the form key=value`)
      return [key, literal(value)]
    }),
  )
}

/** `key=value …` as an object, bare values as a list. @throws Stop (usage) where the two are mixed */
export function args(words: readonly string[]): Json {
  const named = words.filter((word) => pair.test(word)).length
  if (named === words.length) return pairs(words)
  if (named === 0) return words.map(literal)
  throw new Stop('usage', 'arguments are either all key=value or all bare values', {
    hint: `write a bare value that contains "=" as JSON: '"a=b"'`,
  })
}

/** `1/0/2` as a path of the API. @throws Stop (usage) */
export function controlPath(place: string): string {
  if (!/^\d{1,6}\/\d{1,6}\/\d{1,6}$/.test(place))
    throw new Stop('usage', `"${place}" is no control`, {
      hint: 'a control is PAGE/ROW/COL, for example 1/0/2: pages from 1, rows and columns from 0',
    })
  return place
}
