import { Type, type Static } from 'typebox'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { check, type CheckRun } from './check.ts'
import type { ConfigFault } from './fault.ts'
import { anyJson } from './form.ts'
import { ruleOf } from './rule.ts'
import { readSource } from './source.ts'

// A profile is an orchestration that ships: macros and named intents over roles, `switcher`, `lights`, which a site fills with its
// own devices. A config that binds it has its macros as if they stood there, with devices in place of roles.

const nameForm = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'
const words = (description: string) =>
  Type.String({ minLength: 1, maxLength: 500, description, 'x-expected': 'a text' })

const closed = { additionalProperties: false } as const

function byName<T>(rule: object, description: string) {
  return Type.Unsafe<Readonly<Record<string, T>>>({
    type: 'object',
    patternProperties: { [nameForm]: rule },
    additionalProperties: false,
    'x-keys': 'a name',
    default: {},
    description,
  })
}

const profileForm = Type.Object(
  {
    title: words('What it does, in one line.'),
    description: words('What happens, in which order, and what becomes of it where a step fails.'),
    start: Type.String({ pattern: nameForm, description: 'The macro of its own that it starts.' }),
    roles: byName<string>(words('What the device is for.'), 'What a site fills with its devices.'),
    parameters: byName<Parameter>(
      Type.Object(
        { description: words('What it is.'), default: anyJson('What it is where nobody says.') },
        closed,
      ),
      'What a site may say otherwise: "{camera}" in the steps.',
    ),
    intents: byName<Json>(anyJson('As in a config.'), 'Named intents, over roles.'),
    macros: byName<Json>(anyJson('As in a config.'), 'Macros, over roles.'),
  },
  closed,
)

export interface Parameter {
  readonly description: string
  readonly default: Json
}

/** A profile as it ships. */
export interface Profile extends Static<typeof profileForm> {
  /** Of its file. */
  readonly name: string
}

export type ReadProfile =
  | { readonly ok: true; readonly profile: Profile }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

/** Reads a profile. What its macros say is checked where a config binds it. Never throws. */
export function readProfile(name: string, text: string): ReadProfile {
  const file = `${name}.yaml`
  const source = readSource(text, file)
  const faults = [...source.faults]
  const { root } = source
  if (root === null) return { ok: false, faults }
  const empty: ReadonlySet<string> = new Set()
  const run: CheckRun = {
    file,
    source,
    faults,
    names: { device: empty, macro: empty, intent: empty, variable: empty },
  }
  const checked = check(run, ruleOf(profileForm), root, [])
  if (faults.length > 0) return { ok: false, faults }
  // the check found it to be of the form
  return { ok: true, profile: { ...(checked as unknown as Static<typeof profileForm>), name } }
}

/** What a site says of a profile. */
export interface Binding {
  /** Devices by role. */
  readonly roles: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, Json>>
}

/** Where a role stands for a device. */
const deviceKeys: ReadonlySet<string> = new Set(['fire', 'set', 'until', 'link', 'device'])

/** The macros and named intents of a profile with a site's own devices and values. Roles that nobody fills stay. */
export function bound(
  { macros, intents, parameters, roles }: Profile,
  binding: Binding,
): { readonly macros: JsonObject; readonly intents: JsonObject } {
  const values = new Map(
    Object.entries(parameters).map(([name, { default: standard }]) => [
      name,
      Object.hasOwn(binding.parameters, name) ? (binding.parameters[name] ?? null) : standard,
    ]),
  )
  const deviceOf = (role: string) =>
    Object.hasOwn(roles, role) && Object.hasOwn(binding.roles, role)
      ? (binding.roles[role] ?? role)
      : role
  const filled = (value: Json, key: string): Json => {
    if (typeof value === 'string')
      return deviceKeys.has(key) ? deviceOf(value) : withValues(value, values)
    if (Array.isArray(value))
      return (value as readonly Json[]).map((item) =>
        filled(item, key === 'devices' ? 'device' : ''),
      )
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([inner, each]) => [inner, filled(each, inner)]),
    )
  }
  return { macros: sections(filled(macros, '')), intents: sections(filled(intents, '')) }
}

function sections(value: Json): JsonObject {
  return isObject(value) ? value : {}
}

/** A text that is one place becomes the value with its type; a place within a text becomes its words. */
function withValues(text: string, values: ReadonlyMap<string, Json>): Json {
  const [, whole] = /^\{([A-Za-z][A-Za-z0-9_-]{0,63})\}$/.exec(text) ?? []
  if (whole !== undefined && values.has(whole)) return values.get(whole) ?? null
  return text.replaceAll(/\{([A-Za-z][A-Za-z0-9_-]{0,63})\}/g, (place, name: string) => {
    const value = values.get(name)
    if (value === undefined) return place
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}
