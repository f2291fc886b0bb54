import type { Json } from '../intents/json.ts'

/** What a text says, where a protocol has only texts: a number where it is one, true and false, else the text. */
export function saidValue(text: string): Json {
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

/** A text as the number, or as true or false, that stands there now is said; all else as it is. */
export function saidLike(value: Json, now: Json | undefined): Json {
  if (typeof value !== 'string' || (typeof now !== 'number' && typeof now !== 'boolean'))
    return value
  const said = saidValue(value)
  return typeof said === typeof now ? said : value
}
