import type { JsonObject } from '../intents/json.ts'
import type { Bench } from './bench.ts'
import type { Control, Page } from './model.ts'
import type { Lit } from './modules/module.ts'
import type { Spot } from './gap.ts'
import { type StepForm, stepsOf } from './steps.ts'

/** Rows and columns of our grid go from 0 to 31, pages from 1 to 9999. */
const lastCell = 31
const lastPage = 9999

/** Companion goes on with the rest of a button's actions whatever fails. */
export const onFailure = 'continue'

/** Where what is made of an export is put. */
export interface Room {
  readonly bench: Bench
  readonly macros: Map<string, JsonObject>
  readonly triggers: Map<string, JsonObject>
  readonly schedules: Map<string, JsonObject>
  /** Pictures, by the name of a file. */
  readonly pictures: Map<string, string>
  /** Whether others press the button there, so that its press has to be a macro. */
  isPressed(place: string): boolean
  /** Null: there is nowhere to put pictures. */
  readonly pictureFolder: string | null
}

export function pressMacro(place: string): string {
  return `page${place.replaceAll('/', '_')}`
}

/** The controls of a page that have a place here, by `row/column`. */
export function controlsOf(room: Room, page: Page): Readonly<Record<string, JsonObject>> {
  const entries = page.controls.flatMap((control): (readonly [string, JsonObject])[] => {
    const words = control.text.split('\n').join(' ').slice(0, 40)
    const place = `page ${page.number}, row ${control.row}, column ${control.column}${words === '' ? '' : ` (${words})`}`
    if (page.number < 1 || page.number > lastPage || !isInside(control)) {
      room.bench.gap(
        { place, what: 'the control' },
        'rows and columns go from 0 to 31 here, and pages from 1 to 9999',
      )
      return []
    }
    const turning = Object.hasOwn(pageTurns, control.kind) ? pageTurns[control.kind] : undefined
    if (turning !== undefined) return [[`${control.row}/${control.column}`, turning]]
    if (control.kind !== 'button') {
      room.bench.gap({ place, what: control.kind.slice(0, 40) }, 'only buttons are carried over')
      return []
    }
    return [[`${control.row}/${control.column}`, buttonOf(room, page.number, control, place)]]
  })
  return Object.fromEntries(entries)
}

function isInside({ row, column }: Control): boolean {
  return row >= 0 && row <= lastCell && column >= 0 && column <= lastCell
}

/** Controls that turn the pages of the surface they are on: companion/lib/Controls/ControlTypes/Page*.ts. */
const pageTurns: Readonly<Record<string, JsonObject>> = {
  pageup: { text: 'Next page', page: 'next' },
  pagedown: { text: 'Previous page', page: 'previous' },
  pagenum: { text: 'First page', page: 1 },
}

function buttonOf(room: Room, page: number, control: Control, place: string): JsonObject {
  const { bench } = room
  const at = `${page}/${control.row}/${control.column}`
  const [first, ...later] = control.steps
  const bind: Binding['bind'] = (suffix, actions) => {
    const [only, ...more] = actions
    if (only === undefined) return null
    // what is more than an intent takes a macro: a wait, branches, an if
    const isBare = more.length === 0 && ('fire' in only || 'run' in only)
    if (isBare && !(suffix === '' && room.isPressed(at))) return only
    const name = `${pressMacro(at)}${suffix}`
    room.macros.set(name, { onFailure, steps: [...actions] })
    return { run: name }
  }
  const steps = (actions: Parameters<typeof stepsOf>[1], what: string): readonly StepForm[] =>
    stepsOf(bench, actions, { place, what })

  const bound = first === undefined ? {} : bindings({ bind, steps, bench, place, step: first })
  for (const [i, step] of later.entries()) {
    const all = [...step.down, ...step.up]
    if (all.length === 0) continue
    const name = `${pressMacro(at)}_step${i + 2}`
    const done = steps(all, `step ${i + 2}`)
    if (done.length > 0) room.macros.set(name, { onFailure, steps: [...done] })
    bench.gap(
      { place, what: `step ${i + 2}` },
      done.length > 0
        ? `each press does the same here: this step is the macro ${name}`
        : 'each press does the same here',
    )
  }
  return {
    ...(control.text === '' ? {} : { text: control.text.slice(0, 200) }),
    ...(control.colour === null ? {} : { colour: control.colour }),
    ...pictureOf(room, control, at, place),
    ...bound,
    ...litOf(bench, control, place),
  }
}

interface Binding {
  readonly step: Control['steps'][number]
  readonly bench: Bench
  readonly place: string
  bind(suffix: string, steps: readonly StepForm[]): JsonObject | null
  steps(actions: Control['steps'][number]['down'], what: string): readonly StepForm[]
}

/** What a hand on the control does. */
function bindings({ bind, steps, bench, place, step }: Binding): JsonObject {
  const down = bind('', steps(step.down, 'press'))
  const up = bind('_up', steps(step.up, 'release'))
  const left = bind('_left', steps(step.rotateLeft, 'rotate left'))
  const right = bind('_right', steps(step.rotateRight, 'rotate right'))
  const turns = {
    ...(left === null ? {} : { rotateLeft: left }),
    ...(right === null ? {} : { rotateRight: right }),
  }
  const holds = step.held.flatMap(({ afterMs, actions }) => {
    const what = `held for ${afterMs} ms`
    const bound = bind(`_held${afterMs}`, steps(actions, what))
    return bound === null ? [] : [{ afterMs, bound, what }]
  })
  const [hold, ...others] = holds
  const fits = hold !== undefined && down === null && hold.afterMs >= 1 && hold.afterMs <= 60_000
  for (const { what } of fits ? others : holds)
    bench.gap(
      { place, what },
      'a control here has either a press at once, or one thing that holding it does',
    )
  // with `hold`, a press counts when it was a short one: that is what letting go means there
  if (fits)
    return {
      ...(up === null ? {} : { press: up }),
      hold: { after: `${hold.afterMs}ms`, do: hold.bound },
      ...turns,
    }
  return {
    ...(down === null ? {} : { press: down }),
    ...(up === null ? {} : { release: up }),
    ...turns,
  }
}

const endings: Readonly<Record<string, string>> = {
  png: 'png',
  jpeg: 'jpg',
  gif: 'gif',
  webp: 'webp',
  'svg+xml': 'svg',
}

function pictureOf(room: Room, control: Control, at: string, place: string): JsonObject {
  for (const computed of control.computed)
    room.bench.gap({ place, what: `its ${computed}` }, 'it is computed')
  if (/\$\([^()\s]{1,200}\)/.test(control.text))
    room.bench.gap({ place, what: 'its text' }, 'it holds a variable of Companion')
  if (control.image === null) return {}
  const [, kind] = /^data:image\/([a-z+.-]+);/.exec(control.image) ?? []
  const ending = kind !== undefined && Object.hasOwn(endings, kind) ? endings[kind] : undefined
  if (room.pictureFolder === null || ending === undefined) {
    const why =
      ending === undefined
        ? 'it is of another kind than PNG, JPEG, GIF, WebP and SVG'
        : 'write the config to a file with --to, and pictures go beside it'
    room.bench.gap({ place, what: 'its picture' }, why)
    return {}
  }
  const file = `${room.pictureFolder}/${pressMacro(at)}.${ending}`
  room.pictures.set(file, control.image)
  return { image: file }
}

function litOf(bench: Bench, control: Control, place: string): JsonObject {
  let lit: JsonObject | null = null
  for (const feedback of control.feedbacks) {
    // that a hand is on it, every surface shows by itself
    if (feedback.connection === 'internal' && feedback.name === 'bank_pushed') continue
    const found: Lit | null = lit === null ? bench.lit(feedback) : null
    const spot: Spot = {
      place,
      what: `feedback (${bench.labelOf(feedback.connection)}: ${feedback.name.slice(0, 64)})`,
    }
    if (found !== null) lit = { device: found.device, path: found.path, equals: found.equals }
    else
      bench.gap(
        spot,
        lit === null
          ? 'nothing that its device reports stands for it'
          : 'a control is lit by one thing, and has that',
      )
  }
  return lit === null ? {} : { lit }
}
