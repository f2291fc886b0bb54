import type { Json } from './json.ts'

// How a control looks may be said while the hub runs: paths of the reserved device `site`, one for each thing, so that the last
// word counts. `{ set: site, path: looks/1/0/2/text, value: "ON AIR" }`; null gives it back to the config.

export const lookKinds = ['text', 'colour', 'textColour', 'size', 'alignment', 'image'] as const
/** `size`: of the text, in percent of the largest. `alignment`: where the text stands. `image`: behind the text. */
export type LookKind = (typeof lookKinds)[number]

/** Where a text stands in what it has of its control: across, then down. */
export const alignments = ['left', 'center', 'right'].flatMap((across) =>
  ['top', 'center', 'bottom'].map((down) => `${across}:${down}` as Alignment),
)
export type Alignment = `${'left' | 'center' | 'right'}:${'top' | 'center' | 'bottom'}`

export function isAlignment(value: Json): value is Alignment {
  return (alignments as readonly Json[]).includes(value)
}

/** What a text may have at most; more than a key shows. Characters. */
export const longestLook = 200
/** Of a picture: it is in the record as it is, and a key of 144 pixels has some 20 KiB. Characters. */
export const longestImage = 65_536

/** `place`: `1/0/2`, page, row and column. */
export function lookPath(place: string, kind: LookKind): string {
  return `looks/${place}/${kind}`
}

const inline = /^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/=]+$/
const form = new RegExp(String.raw`^looks/(\d{1,6}/\d{1,6}/\d{1,6})/(${lookKinds.join('|')})$`)

/** Which look a path of `site` is; null where it is none. */
export function lookAt(path: string): { readonly place: string; readonly kind: LookKind } | null {
  const [, place, kind] = form.exec(path) ?? []
  if (place === undefined) return null
  return { place, kind: kind as LookKind } // the form has no other
}

/** Why a look cannot be this; null where it can. */
export function lookFault(kind: LookKind, value: Json): string | null {
  if (value === null) return null
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.length <= longestLook
        ? null
        : `a text has at most ${longestLook} characters`
    case 'colour':
    case 'textColour':
      return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)
        ? null
        : 'a colour is written #rrggbb'
    case 'size':
      return typeof value === 'number' && value >= 10 && value <= 100
        ? null
        : 'a size is 10 to 100, percent of the largest'
    case 'alignment':
      return isAlignment(value)
        ? null
        : 'an alignment is left, center or right, a colon, and top, center or bottom'
    case 'image':
      return typeof value === 'string' && value.length <= longestImage && inline.test(value)
        ? null
        : `a picture is data:image/png;base64,… or data:image/jpeg;base64,… of at most ${longestImage} characters`
    default:
      return kind satisfies never
  }
}
