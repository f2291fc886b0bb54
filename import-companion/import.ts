import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { type Judge, openBench } from './bench.ts'
import { cutCircles } from './circles.ts'
import { exportOf } from './export.ts'
import type { Gap } from './gap.ts'
import type { Action, Export } from './model.ts'
import { openNames } from './names.ts'
import { runsIn, stepList, withoutRuns } from './nested.ts'
import { controlsOf, pressMacro, type Room } from './pages.ts'
import { readExport } from './read.ts'
import { placeOf } from './steps.ts'
import { addTrigger } from './triggers.ts'

/** Our config keeps so many steps in one macro. */
const mostSteps = 1000

export interface Imported {
  readonly version: number
  /** Our config as a mapping. */
  readonly config: JsonObject
  /** `data:` URLs by the path of the file that the config names. */
  readonly pictures: ReadonlyMap<string, string>
  readonly gaps: readonly Gap[]
  readonly counts: {
    readonly devices: number
    readonly controls: number
    readonly macros: number
  }
}

export interface ImportOrder {
  readonly site: string
  /** Below the config's folder; null: pictures are left out. */
  readonly pictureFolder: string | null
  readonly judge: Judge
}

/** Makes a config of an export of Companion. @throws ExportError where the bytes are none */
export function importExport(bytes: Uint8Array, order: ImportOrder): Imported {
  const from = exportOf(readExport(bytes))
  const pressed = pressedPlaces(from)
  const bench = openBench(
    from.connections,
    order.judge,
    new Map([...pressed].map((place) => [place, pressMacro(place)])),
  )
  const room: Room = {
    bench,
    macros: new Map(),
    triggers: new Map(),
    schedules: new Map(),
    pictures: new Map(),
    isPressed: (place) => pressed.has(place),
    pictureFolder: order.pictureFolder,
  }
  const pages = from.pages.flatMap((page): [string, JsonObject][] => {
    const controls = controlsOf(room, page)
    return Object.keys(controls).length === 0 ? [] : [[String(page.number), controls]]
  })
  const names = openNames('trigger')
  for (const taken of room.macros.keys()) names.take(taken)
  for (const trigger of from.triggers) addTrigger(room, trigger, names)
  settleMacros(room)
  for (const [what, count] of from.rest)
    bench.gap({ place: 'the export', what: `${count} ${what}` }, 'they are not carried over')

  const devices = Object.fromEntries(
    bench.devices().map(({ name, protocol, options }) => [name, { protocol, ...options }]),
  )
  const controls = pages.reduce((sum, [, page]) => sum + Object.keys(page).length, 0)
  return {
    version: from.version,
    config: {
      site: order.site,
      devices,
      surfaces: { console: { type: 'web' } },
      pages: Object.fromEntries(
        pages.map(([page, each]) => [page, boundControls(room, page, each)]),
      ),
      macros: Object.fromEntries(room.macros),
      triggers: startersOf(room.triggers, room),
      schedules: startersOf(room.schedules, room),
    },
    pictures: room.pictures,
    gaps: bench.gaps,
    counts: { devices: Object.keys(devices).length, controls, macros: room.macros.size },
  }
}

/** Without what runs a macro that came to nothing. */
function boundControls({ macros, bench }: Room, page: string, controls: JsonObject): JsonObject {
  const bound = Object.entries(controls).map(([place, control]): [string, Json] => {
    const entries = Object.entries(isObject(control) ? control : {})
    const left = entries.filter(([, binding]) => {
      const inner = isObject(binding) ? (binding['do'] ?? binding) : null
      const runs = isObject(inner) ? inner['run'] : undefined
      return typeof runs !== 'string' || macros.has(runs)
    })
    if (left.length < entries.length)
      bench.gap(
        { place: `page ${page}, row/column ${place}`, what: 'what it does' },
        'nothing of what it presses is carried over',
      )
    return [place, Object.fromEntries(left)]
  })
  return Object.fromEntries(bound)
}

/** Without what starts a macro that came to nothing. */
function startersOf(starters: ReadonlyMap<string, JsonObject>, { macros }: Room): JsonObject {
  return Object.fromEntries(
    [...starters].filter(([, { run }]) => typeof run === 'string' && macros.has(run)),
  )
}

/** The buttons that other actions press, and that have something to do. */
function pressedPlaces(from: Export): ReadonlySet<string> {
  const buttons = new Set(
    from.pages.flatMap((page) =>
      page.controls
        .filter(({ kind, steps }) => kind === 'button' && (steps[0]?.down.length ?? 0) > 0)
        .map(({ row, column }) => `${page.number}/${row}/${column}`),
    ),
  )
  const found = new Set<string>()
  const look = (actions: readonly Action[]) => {
    for (const action of actions) {
      const place = action.connection === 'internal' ? placeOf(action) : null
      if (place !== null && buttons.has(place)) found.add(place)
      for (const group of action.children.values()) look(group)
    }
  }
  for (const { controls } of from.pages)
    for (const { steps } of controls)
      for (const { down, up, rotateLeft, rotateRight, held } of steps)
        for (const actions of [
          down,
          up,
          rotateLeft,
          rotateRight,
          ...held.map((each) => each.actions),
        ])
          look(actions)
  for (const { actions } of from.triggers) look(actions)
  return found
}

/** What the macros must be for our config to take them: without circles, without runs of nothing, of a length. */
function settleMacros({ macros, bench }: Room): void {
  for (const { macro, runs } of cutCircles(macros))
    bench.gap({ place: `macro ${macro}`, what: `run ${runs}` }, 'it leads back to itself')
  // a press of which nothing was carried over has no macro: neither have those that only run it
  for (let changed = true; changed;) {
    changed = false
    for (const [name, macro] of macros) {
      const steps = stepList(macro['steps'])
      if (steps.length > 0 && runsIn(steps).every((run) => macros.has(run))) continue
      const left = withoutRuns(steps, (run) => !macros.has(run))
      changed = true
      if (left.length === 0) macros.delete(name)
      else macros.set(name, { ...macro, steps: left })
      bench.gap(
        { place: `macro ${name}`, what: 'run' },
        'nothing of what it presses is carried over',
      )
    }
  }
  for (const [name, macro] of macros) {
    const steps = stepList(macro['steps'])
    if (steps.length <= mostSteps) continue
    macros.set(name, { ...macro, steps: steps.slice(0, mostSteps) })
    bench.gap(
      { place: `macro ${name}`, what: `${steps.length} steps` },
      `a macro has at most ${mostSteps}`,
    )
  }
}
