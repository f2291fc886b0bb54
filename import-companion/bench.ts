import type { JsonObject } from '../intents/json.ts'
import type { Gap, Spot } from './gap.ts'
import type { Action, Connection, Feedback } from './model.ts'
import { modules, otherwise } from './modules/all.ts'
import { type Acted, type Drafted, type Lit, no, type Opened } from './modules/module.ts'
import { withRemote } from './modules/remote.ts'
import { openNames } from './names.ts'

/** What is known of our adapters, and this folder does not know. */
export interface Judge {
  /** What is wrong with a device's options, in words; null: nothing. */
  device(protocol: string, options: JsonObject): string | null
  /** Why the device would refuse this; null: it would not. */
  fire(protocol: string, options: JsonObject, action: string, args: unknown): string | null
}

/** Where an export is taken apart: its connections as devices, and what is noted of them. */
export interface Bench {
  readonly gaps: readonly Gap[]
  gap(spot: Spot, why: string): void
  act(action: Action): Acted
  lit(feedback: Feedback): Lit | null
  labelOf(connection: string): string
  devices(): readonly Drafted[]
  /** The macro of the press of the button there; null where it has none. */
  macroOf(place: string | null): string | null
  /** Why an action of Companion itself is not carried over. */
  reasonOf(action: string): string
}

interface Held {
  readonly connection: Connection
  readonly opened: Opened | string
}

/** @param presses the macros of presses that others refer to, by place */
export function openBench(
  connections: readonly Connection[],
  judge: Judge,
  presses: ReadonlyMap<string, string>,
): Bench {
  const gaps: Gap[] = []
  const names = openNames('device')
  const companions = (of: string) => names.take(`${of.slice(0, 50)}_companion`)
  const held = new Map(
    connections.map((connection): [string, Held] => [
      connection.id,
      { connection, opened: opened(connection, names.take(connection.label), judge, companions) },
    ]),
  )
  for (const { connection, opened } of held.values()) {
    const place = `connection ${connection.label}`
    const what = connection.module
    if (typeof opened === 'string') gaps.push({ place, what, why: opened })
    else for (const why of opened.notes) gaps.push({ place, what, why })
    if (!connection.enabled)
      gaps.push({ place, what, why: 'it is switched off there, and a device like the others here' })
  }
  const deviceOf = (id: string) => {
    const opened = held.get(id)?.opened
    return typeof opened === 'object' ? opened : null
  }
  return {
    gaps,
    gap: ({ place, what }, why) => gaps.push({ place, what, why }),
    act(action) {
      const found = held.get(action.connection)
      if (found === undefined) return no('its connection is not in this export')
      if (typeof found.opened === 'string') return no('its connection is not carried over')
      const computed = action.expressions[0] ?? variableIn(action.options)
      if (computed !== null && computed !== undefined)
        return no(`its ${computed} is computed, or holds a variable of Companion`)
      const acted = found.opened.act(action)
      return acted.ok ? judged(found.opened, acted, judge) : acted
    },
    lit: (feedback) =>
      feedback.computed ? null : (deviceOf(feedback.connection)?.lit(feedback) ?? null),
    labelOf: (id) =>
      id === 'internal' ? 'Companion' : (held.get(id)?.connection.label ?? 'nobody'),
    devices: () => [...held.keys()].flatMap((id) => deviceOf(id)?.devices() ?? []),
    macroOf: (place) => (place === null ? null : (presses.get(place) ?? null)),
    reasonOf,
  }
}

function opened(
  connection: Connection,
  name: string,
  judge: Judge,
  companions: (of: string) => string,
): Opened | string {
  const module = modules.get(connection.module)
  if (module === undefined)
    return otherwise.get(connection.module) ?? 'there is no adapter that stands for this module'
  const opened = module.open(connection, name)
  if (typeof opened === 'string') return opened
  for (const { protocol, options } of opened.devices()) {
    const fault = judge.device(protocol, options)
    if (fault !== null) return fault
  }
  return withRemote(opened, companions)
}

function judged(opened: Opened, acted: Extract<Acted, { ok: true }>, judge: Judge): Acted {
  const devices = opened.devices()
  for (const { device, action, args } of acted.fires) {
    const draft = devices.find(({ name }) => name === device)
    if (draft === undefined) return no(`no device ${device}`)
    const fault =
      judge.device(draft.protocol, draft.options) ??
      judge.fire(draft.protocol, draft.options, action, args)
    if (fault !== null) return no(fault)
  }
  return acted
}

/** The first option whose text holds `$(connection:variable)`. */
function variableIn(options: JsonObject): string | null {
  const found = Object.entries(options).find(([, value]) =>
    /\$\([^()\s]{1,200}\)/.test(typeof value === 'string' ? value : JSON.stringify(value)),
  )
  return found === undefined ? null : found[0]
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:set_page|inc_page|dec_page|set_page_byindex|page_)/,
    'pages are turned at the surface itself',
  ],
  [/brightness|lockout|surface/, 'it is about a surface of Companion, and ours have their own'],
  [
    /^(?:exec|app_exit|app_restart)/,
    'it runs a program of that machine: a device of protocol script does that',
  ],
  [/variable/, 'it is about variables of Companion'],
  [/^panic/, 'a run is stopped by cancel, and every device by hold'],
  [
    /^(?:bgcolor|textcolor|button_text)$/,
    'it changes the looks of a button, which follow the devices here',
  ],
  [/^bank_current_step/, 'a press has no steps here'],
  [/^button_/, 'of other buttons, only a press has a counterpart'],
  [/^(?:instance_control|trigger_)/, 'devices and triggers are switched on and off in the config'],
]

function reasonOf(action: string): string {
  return reasons.find(([form]) => form.test(action))?.[1] ?? 'it has no counterpart'
}
