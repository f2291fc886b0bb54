import { isObject, type Json } from '../intents/json.ts'
import {
  isAlignment,
  longestImage,
  lookFault,
  type LookKind,
  lookPath,
  longestLook,
} from '../intents/look.ts'
import { type Asked, misunderstood, set, shown } from './asked.ts'
import { namedColours } from './named-colours.ts'
import { type ControlPlace, placeName } from './surface.ts'

// How a client of Companion says what a control is to look like: its manual, "HTTP Remote Control", "OSC Control" and
// "TCP / UDP Control" (5.0). Each thing becomes a `set` of its own.

/** The largest of Companion's own sizes of text, points on a key of 72 pixels: here the largest that fits. */
export const largestFont = 44

/** What of a control was said, by Companion's names. */
export interface Style {
  readonly text?: Json
  readonly color?: Json
  readonly bgcolor?: Json
  readonly size?: Json
  readonly png64?: Json
  readonly alignment?: Json
  readonly pngalignment?: Json
}

/** null: nothing to set, since it is so already. */
const kinds = {
  text: 'text',
  color: 'textColour',
  bgcolor: 'colour',
  size: 'size',
  png64: 'image',
  alignment: 'alignment',
  pngalignment: null,
} as const satisfies Readonly<Record<keyof Style, LookKind | null>>
const names = Object.keys(kinds) as readonly (keyof Style)[] // a literal of this file

function isStyleName(name: string): name is keyof Style {
  return Object.hasOwn(kinds, name)
}

/** What is asked of the hub, in order; one error where any of it cannot be. */
export function styled(place: ControlPlace, style: Style): readonly Asked[] {
  const at = placeName(place)
  const asked: Asked[] = []
  for (const name of names) {
    const given = style[name]
    if (given === undefined) continue
    const value = lookOf(name, given)
    if (value === undefined)
      return [misunderstood(`${name} cannot be ${saidOf(given)}: ${wanted[name]}`)]
    const kind = kinds[name]
    // no place by itself: what it looks like is no gesture of its control
    asked.push(
      kind === null
        ? { kind: 'done', said: '' }
        : set('site', lookPath(at, kind), value, `${at} ${name}`),
    )
  }
  return asked.length > 0
    ? asked
    : [misunderstood('a style is text, color, bgcolor, size, png64 or alignment')]
}

/** The style that a query says. An empty text or picture is one; all else that is empty is not said, as there. */
export function styleOfQuery(query: URLSearchParams): Readonly<Record<string, Json>> {
  const said = [...query].filter(
    ([name, value]) => value !== '' || name === 'text' || name === 'png64',
  )
  return Object.fromEntries(said)
}

/** The style of a JSON body; the names of what nobody can change here where it has any. */
export function styleIn(
  body: Json,
): { readonly style: Style } | { readonly others: readonly string[] } {
  if (!isObject(body)) return { style: {} }
  const others = Object.keys(body).filter((name) => !isStyleName(name))
  return others.length === 0 ? { style: body } : { others }
}

const wanted: Readonly<Record<keyof Style, string>> = {
  text: `a text of at most ${longestLook} characters`,
  color: 'a colour, as #ff0000, rgb(255,0,0) or red',
  bgcolor: 'a colour, as #ff0000, rgb(255,0,0) or red',
  size: 'auto, or points from 1 to 200',
  png64: `a picture as data:image/png;base64,… of at most ${longestImage} characters, or nothing`,
  alignment: 'left, center or right, a colon, and top, center or bottom',
  pngalignment: 'center:center: all pictures are in the middle here',
}

const pointsForm = /^\s*(\d{1,3}(?:\.\d{1,3})?)\s*(?:pt|px)?\s*$/i

function saidOf(value: Json): string {
  return shown(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}

/** As the hub has it; undefined where it is none. */
function lookOf(name: keyof Style, value: Json): Json | undefined {
  switch (name) {
    case 'text': {
      const text = typeof value === 'number' ? String(value) : value
      // clients write a line break as two characters
      if (typeof text !== 'string') return undefined
      const lines = text.replaceAll(String.raw`\n`, '\n')
      return lines.length <= longestLook ? lines : undefined
    }
    case 'color':
    case 'bgcolor':
      return colourOf(value)
    case 'size': {
      if (value === 'auto') return 100
      const [, digits] = typeof value === 'string' ? (pointsForm.exec(value) ?? []) : []
      const points = digits === undefined ? value : Number(digits)
      if (typeof points !== 'number' || !(points >= 1 && points <= 200)) return undefined
      return Math.min(100, Math.max(10, Math.round((points / largestFont) * 100)))
    }
    case 'png64':
      if (value === '') return null
      return lookFault('image', value) === null ? value : undefined
    case 'alignment': {
      const where = typeof value === 'string' ? value.toLowerCase() : value
      return isAlignment(where) ? where : undefined
    }
    case 'pngalignment':
      return value === 'center:center' ? value : undefined
    default:
      return name satisfies never
  }
}

/** `#rrggbb` of a number of 24 bits, three numbers, or a text; undefined where it is no colour. */
function colourOf(value: Json): string | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value <= 0xff_ff_ff
      ? `#${value.toString(16).padStart(6, '0')}`
      : undefined
  if (Array.isArray(value)) return ofChannels(value as readonly Json[])
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  const [, hex] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/.exec(text) ?? []
  if (hex !== undefined) return hex.length === 6 ? `#${hex}` : `#${hex.replaceAll(/./g, '$&$&')}`
  const [, ...channels] =
    /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text) ?? []
  return channels.length === 3 ? ofChannels(channels.map(Number)) : namedColours.get(text)
}

function ofChannels(channels: readonly Json[]): string | undefined {
  const isChannel = (one: Json): one is number =>
    typeof one === 'number' && Number.isInteger(one) && one >= 0 && one <= 255
  return channels.length === 3 && channels.every(isChannel)
    ? `#${channels.map((one) => one.toString(16).padStart(2, '0')).join('')}`
    : undefined
}
