import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { actionsOf, feedbacksOf } from './entity.ts'
import { flag, mapping, mappings, number, own, text } from './field.ts'
import type { ButtonStep, Control } from './model.ts'

/** A control of the grid, of version 3 on; null where it is none. */
export function controlOf(row: number, column: number, from: JsonObject): Control | null {
  const kind = text(from, 'type')
  if (kind === null) return null
  const relative = flag(mapping(from, 'options'), 'relativeDelay') ?? false
  const looks = looksOf(mapping(from, 'style'))
  return {
    row,
    column,
    kind: /^(?:button|button-layered|preset-reference|press|step)$/.test(kind) ? 'button' : kind,
    ...looks,
    steps: stepsOf(from, relative),
    feedbacks: feedbacksOf(own(from, 'feedbacks')),
  }
}

/** In the order of their keys, which are numbers. The first forms of version 3 have no steps, but sets by themselves. */
function stepsOf(from: JsonObject, relative: boolean): readonly ButtonStep[] {
  const sets = mapping(from, 'action_sets')
  if (own(from, 'steps') === undefined)
    return text(from, 'type') === 'step'
      ? inOrder(sets).map(([, down]) => stepOf({ down }, relative))
      : [stepOf(sets, relative)]
  return inOrder(mapping(from, 'steps')).map(([, step]) =>
    stepOf(isObject(step) ? mapping(step, 'action_sets') : {}, relative),
  )
}

function stepOf(sets: JsonObject, relative: boolean): ButtonStep {
  const actions = (key: string) => actionsOf(own(sets, key), relative)
  return {
    down: actions('down'),
    up: actions('up'),
    rotateLeft: actions('rotate_left'),
    rotateRight: actions('rotate_right'),
    held: inOrder(sets)
      .filter(([key]) => /^\d{1,7}$/.test(key))
      .map(([key, list]) => ({ afterMs: Number(key), actions: actionsOf(list, relative) }))
      .filter(({ actions }) => actions.length > 0),
  }
}

function inOrder(from: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(from).toSorted(([a], [b]) => Number(a) - Number(b))
}

type Looks = Pick<Control, 'text' | 'colour' | 'image' | 'computed'>

/** From version 13 on a button is drawn in layers; before, it has one text, one colour and one picture. */
export function looksOf(style: JsonObject): Looks {
  return Array.isArray(own(style, 'layers')) ? layered(mappings(own(style, 'layers'))) : flat(style)
}

function flat(style: JsonObject): Looks {
  const isComputed = flag(style, 'textExpression') === true
  return {
    text: isComputed ? '' : said(text(style, 'text') ?? ''),
    colour: colourOf(number(style, 'bgcolor')),
    image: pictureOf(text(style, 'png64')),
    computed: isComputed ? ['text'] : [],
  }
}

function layered(layers: readonly JsonObject[]): Looks {
  const all = layers.flatMap((layer) => [layer, ...mappings(own(layer, 'children'))])
  const plain = all.map((layer) => valuesOf(layer))
  const of = (type: string) => plain.filter(({ values }) => text(values, 'type') === type)
  const computed = new Set<string>()
  const first = (type: string, key: string, name: string): JsonObject | null => {
    const layer = of(type).find(({ values }) => own(values, key) != null)
    if (layer?.computed.has(key) !== true) return layer?.values ?? null
    computed.add(name)
    return null
  }
  const words = first('text', 'text', 'text')
  const box = first('box', 'color', 'colour')
  const image = first('image', 'base64Image', 'picture')
  return {
    text: said((words && text(words, 'text')) ?? ''),
    colour: box && colourOf(number(box, 'color')),
    image: image && pictureOf(text(image, 'base64Image')),
    computed: [...computed],
  }
}

/** The values of a layer, and the names of those that are expressions. */
function valuesOf(layer: JsonObject) {
  const computed = new Set<string>()
  const values = Object.fromEntries(
    Object.entries(layer).map(([key, value]): [string, Json] => {
      if (!isObject(value) || typeof value['isExpression'] !== 'boolean') return [key, value]
      if (value['isExpression']) computed.add(key)
      return [key, value['value'] ?? null]
    }),
  )
  return { values, computed }
}

/** Companion writes line ends as backslash and n. */
function said(words: string): string {
  return words.replaceAll('\\n', '\n').trim()
}

/** Its colours are 0xRRGGBB. */
function colourOf(value: number | null): string | null {
  if (value === null || !Number.isInteger(value) || value < 0 || value > 0xffffff) return null
  return `#${value.toString(16).padStart(6, '0')}`
}

/** Pictures are base64, from version 3 on mostly as a `data:` URL. */
function pictureOf(value: string | null): string | null {
  if (value === null || value === '') return null
  if (/^data:image\/[a-z+.-]{2,20};base64,[A-Za-z0-9+/=\s]+$/.test(value)) return value
  return /^[A-Za-z0-9+/=\s]+$/.test(value) ? `data:image/png;base64,${value}` : null
}
