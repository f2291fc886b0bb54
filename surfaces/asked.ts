import { type Failure, failed } from '../intents/failure.ts'
import { type DeviceId, isId, isName, type MacroId, type RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { ControlGesture, ControlPlace } from './surface.ts'

/** What a line or an OSC message asks for; `control` names it for the record, without its values. */
export type Asked =
  | { readonly kind: 'intent'; readonly intent: Intent; readonly control: string }
  | {
      readonly kind: 'gesture'
      readonly place: ControlPlace
      readonly gesture: ControlGesture
      readonly control: string
    }
  /** Understood, and there is nothing to record: it is so already, or it was only asked. `said`: the answer, '' for none. */
  | { readonly kind: 'done'; readonly said: string }
  | { readonly kind: 'error'; readonly failure: Failure }

/** Where the text came from is hostile: no error text repeats more of it than this. Characters. */
const maxShown = 60
/** Of an actor's `control`. Characters. */
const maxControl = 128

export function misunderstood(detail: string): Asked {
  return { kind: 'error', failure: failed('malformed', detail) }
}

/** Hostile text for an error: quoted, control characters escaped, cut. */
export function shown(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text)
}

export function asIntent(intent: Intent, control: string): Asked {
  return { kind: 'intent', intent, control: control.slice(0, maxControl) }
}

export function fire(device: string, action: string, args: Json, control: string): Asked {
  if (!isName(device)) return misunderstood(`${shown(device)} cannot be a device's name`)
  if (action === '') return misunderstood('an action is missing after the device')
  return asIntent({ verb: 'fire', device: device as DeviceId, action, args }, control) // checked above
}

export function set(device: string, path: string, value: Json, control: string): Asked {
  if (!isName(device)) return misunderstood(`${shown(device)} cannot be a device's name`)
  if (path === '') return misunderstood('a path is missing after the device')
  return asIntent({ verb: 'set', device: device as DeviceId, path, value }, control) // checked above
}

export function run(macro: string, args: Json, control: string): Asked {
  return isName(macro)
    ? asIntent({ verb: 'run', macro: macro as MacroId, args }, control) // checked above
    : misunderstood(`${shown(macro)} cannot be a macro's name`)
}

export function named(name: string, args: Json, control: string): Asked {
  return name === ''
    ? misunderstood('the name of an intent is missing')
    : asIntent({ verb: 'do', name, args }, control)
}

export function cancel(id: string, control: string): Asked {
  return isId(id)
    ? asIntent({ verb: 'cancel', run: id as string as RunId }, control) // a run's id is that of the intent that started it
    : misunderstood(`${shown(id)} is no run's id, which is a lower-case UUID`)
}

/** Page from 1, row and column from 0, as decimal digits. */
export function gesture(
  page: string,
  row: string,
  col: string,
  word: string,
  control: string,
): Asked {
  const place = placeFrom(page, row, col)
  if (place === null) return noPlace
  return isGesture(word)
    ? { kind: 'gesture', place, gesture: word, control: control.slice(0, maxControl) }
    : misunderstood(`${shown(word)} is none of press, down, up, rotate-left and rotate-right`)
}

export function isGesture(word: string): word is ControlGesture {
  switch (word) {
    case 'press':
    case 'down':
    case 'up':
    case 'rotate-left':
    case 'rotate-right':
      return true
    default:
      return false
  }
}

export const noPlace = misunderstood(
  'a control is page/row/column: page from 1, row and column from 0',
)

/** Where a control is, from decimal digits; null where they are none. */
export function placeFrom(page: string, row: string, col: string): ControlPlace | null {
  const place = { page: count(page), row: count(row), col: count(col) }
  return place.page >= 1 && place.row >= 0 && place.col >= 0 ? place : null
}

/** -1 where `digits` are none, or more than any grid has. */
function count(digits: string): number {
  if (digits.length === 0 || digits.length > 6) return -1
  for (let at = 0; at < digits.length; at++) {
    const code = digits.charCodeAt(at)
    if (code < 48 || code > 57) return -1
  }
  return Number(digits)
}
