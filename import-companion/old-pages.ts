import { isObject, type JsonObject } from '../intents/json.ts'
import { actionsOf, feedbacksOf } from './entity.ts'
import { looksOf } from './control.ts'
import { flag, mapping, number, own, text } from './field.ts'
import type { ButtonStep, Control } from './model.ts'

// Versions 1 and 2 (Companion 2): by page, by button from 1, one mapping for the looks, one for what a press does, one for what
// letting go does. Version 1 has 12 buttons, four in a row, which became columns 1 to 4 of 8.

const perRow = 8

/** The mappings of one page. */
export interface OldPage {
  readonly config: JsonObject
  readonly actions: JsonObject
  readonly releases: JsonObject
  readonly lefts: JsonObject
  readonly rights: JsonObject
  readonly feedbacks: JsonObject
}

/** @param page null where the export is of one page */
export function oldPage(from: JsonObject, page: string | null): OldPage {
  const part = (...keys: readonly string[]): JsonObject => {
    const found = keys.map((key) => mapping(from, key)).find((each) => Object.keys(each).length > 0)
    return page === null ? (found ?? {}) : mapping(found ?? {}, page)
  }
  return {
    config: part('config'),
    actions: part('actions'),
    releases: part('release_actions', 'bank_release_actions'),
    lefts: part('rotate_left_actions'),
    rights: part('rotate_right_actions'),
    feedbacks: part('feedbacks'),
  }
}

export function oldControls(page: OldPage, version: number): readonly Control[] {
  return Object.entries(page.config).flatMap(([key, value]) => {
    const place = placeOf(key, version)
    const style = isObject(value) ? text(value, 'style') : null
    if (place === null || !isObject(value) || style === null) return []
    return [
      {
        ...place,
        kind: /^(?:png|button|text|bigtext|smalltext)$/.test(style) ? 'button' : style,
        ...looksOf(value),
        steps: stepsOf(page, key, value),
        feedbacks: feedbacksOf(own(page.feedbacks, key)),
      },
    ]
  })
}

/** Where button `key` is; null where it is none. */
export function placeOf(key: string, version: number): Pick<Control, 'row' | 'column'> | null {
  const button = /^\d{1,2}$/.test(key) ? Number(key) - 1 : -1
  if (button < 0 || button >= (version === 1 ? 12 : 32)) return null
  return version === 1
    ? { row: Math.floor(button / 4), column: (button % 4) + 1 }
    : { row: Math.floor(button / perRow), column: button % perRow }
}

/** A button that latches does one thing at the first press and the other at the second. */
function stepsOf(page: OldPage, key: string, style: JsonObject): readonly ButtonStep[] {
  const relative = flag(style, 'relative_delay') ?? number(style, 'relative_delay') === 1
  const actions = (from: JsonObject) => actionsOf(own(from, key), relative)
  const turns = flag(style, 'rotary_actions') === true
  const step = (down: ButtonStep['down'], up: ButtonStep['up']): ButtonStep => ({
    down,
    up,
    rotateLeft: turns ? actions(page.lefts) : [],
    rotateRight: turns ? actions(page.rights) : [],
    held: [],
  })
  const [down, up] = [actions(page.actions), actions(page.releases)]
  return flag(style, 'latch') === true
    ? [step(down, []), { ...step(up, []), rotateLeft: [], rotateRight: [] }]
    : [step(down, up)]
}
