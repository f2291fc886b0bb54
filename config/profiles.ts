import { Type } from 'typebox'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { type CheckRun, note, oneOf } from './check.ts'
import { foundText } from './fault.ts'
import { anyJson, deviceName } from './form.ts'
import { bound, type Profile, readProfile } from './profile.ts'
import { type Located, unwritten } from './source.ts'

/** The profiles that there are. */
export interface Shelf {
  readonly names: readonly string[]
  /** A profile's text; null where there is none of that name. */
  text(name: string): string | null
}

/** What a config says of the profiles that it uses. */
export const profilesForm = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: Type.Object(
    {
      roles: Type.Record(Type.String(), deviceName, {
        default: {},
        description: 'Which device fills which role: infra profile check NAME says which could.',
      }),
      parameters: Type.Record(Type.String(), anyJson('As the profile takes it.'), {
        default: {},
        description: 'What is to be otherwise than the profile has it.',
      }),
    },
    { additionalProperties: false, description: 'A profile, bound to devices of this file.' },
  ),
  default: {},
  description: 'Ready-made orchestrations, by name, bound to devices of this file.',
})

/**
 * The file with the macros and named intents of the profiles that it binds, as if they stood there. A role that is not filled, a
 * name that the profile does not have, and a macro that the file has, too, are reported.
 */
export function withProfiles(run: CheckRun, root: Located, shelf: Shelf | undefined): Located {
  const entries = root.entries
  const used = entries?.get('profiles')?.entries
  if (entries == null || used == null) return root
  const added = { macros: new Map<string, Located>(), intents: new Map<string, Located>() }
  for (const [name, spot] of used) {
    const profile = profileOf(run, name, spot, shelf)
    const roles = stringsOf(spot, 'roles')
    if (profile === null || !isWhole(run, profile, spot, roles)) continue
    const parameters = spot.entries?.get('parameters')?.value
    const made = bound(profile, { roles, parameters: isObject(parameters) ? parameters : {} })
    for (const section of ['macros', 'intents'] as const)
      for (const [key, value] of Object.entries(made[section])) {
        if (!added[section].has(key) && !has(entries, section, key))
          added[section].set(key, unwritten(value, spot.keyAt))
        else
          note(
            run,
            spot.keyAt,
            ['profiles', name],
            `that nothing else is called ${section}.${key}, as in this profile`,
            `another ${section}.${key}`,
          )
      }
  }
  const merged = new Map(entries)
  for (const section of ['macros', 'intents'] as const)
    if (added[section].size > 0)
      merged.set(section, extended(entries.get(section), added[section], root.at))
  return { ...root, entries: merged }
}

function profileOf(
  run: CheckRun,
  name: string,
  spot: Located,
  shelf: Shelf | undefined,
): Profile | null {
  const text = shelf?.text(name) ?? null
  if (text === null) {
    const expected = oneOf('a profile', name, shelf?.names ?? [])
    note(run, spot.keyAt, ['profiles', name], expected, foundText(name, []))
    return null
  }
  const read = readProfile(name, text)
  if (read.ok) return read.profile
  const [fault] = read.faults
  note(run, spot.keyAt, ['profiles', name], 'a profile that can be read', fault?.message ?? 'none')
  return null
}

/** Whether every role is filled, and nothing else is said than what the profile has. */
function isWhole(
  run: CheckRun,
  { name, roles, parameters }: Profile,
  spot: Located,
  filled: Readonly<Record<string, string>>,
): boolean {
  let whole = true
  const wrong = (at: number, path: readonly string[], expected: string, found: string) => {
    whole = false
    note(run, at, ['profiles', name, ...path], expected, found)
  }
  for (const role of Object.keys(roles))
    if (!Object.hasOwn(filled, role))
      wrong(
        spot.keyAt,
        ['roles', role],
        `a device of this file (infra profile check ${name} says which could)`,
        'nothing',
      )
  for (const [section, known] of [
    ['roles', roles],
    ['parameters', parameters],
  ] as const)
    for (const [key, { keyAt }] of spot.entries?.get(section)?.entries ?? [])
      if (!Object.hasOwn(known, key))
        wrong(
          keyAt,
          [section, key],
          oneOf(`one of its ${section}`, key, Object.keys(known)),
          foundText(key, []),
        )
  return whole
}

function stringsOf(spot: Located, section: string): Readonly<Record<string, string>> {
  const value: Json | undefined = spot.entries?.get(section)?.value
  const all: JsonObject = isObject(value) ? value : {}
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, each]) => (typeof each === 'string' ? [[key, each]] : [])),
  )
}

function has(entries: ReadonlyMap<string, Located>, section: string, key: string): boolean {
  return entries.get(section)?.entries?.has(key) === true
}

function extended(
  spot: Located | undefined,
  added: ReadonlyMap<string, Located>,
  at: number,
): Located {
  const entries = new Map([...(spot?.entries ?? []), ...added])
  const value = Object.fromEntries([...entries].map(([key, each]) => [key, each.value]))
  return { ...(spot ?? unwritten({}, at)), value, entries }
}
