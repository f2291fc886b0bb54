import { Value } from 'typebox/value'
import { readFileSync } from 'node:fs'
import type { Config } from '../../config/config.ts'
import { loadConfig } from '../../config/load.ts'
import { type Binding, bound, type Profile, readProfile } from '../../config/profile.ts'
import { readSource } from '../../config/source.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { DeviceIntent } from '../../intents/intent.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { standardActions } from '../../intents/standard.ts'
import { isExpression } from '../../macros/value.ts'
import { type Catalogue, catalogueOf } from '../catalogue.ts'
import { ConfigError } from '../configure.ts'
import { loadParts } from '../parts.ts'
import { profileShelf } from './profile-shelf.ts'

/** A profile, by name. @throws RangeError where there is none of that name */
export function profileNamed(name: string): Profile {
  const text = profileShelf.text(name)
  if (text === null)
    throw new RangeError(`there is no profile ${name}; there are: ${profileShelf.names.join(', ')}`)
  const read = readProfile(name, text)
  if (!read.ok) throw new ConfigError(read.faults)
  return read.profile
}

/** All that ship, in the order of their names. */
export function allProfiles(): readonly Profile[] {
  return profileShelf.names.map(profileNamed)
}

/** How a role of a profile stands in a config. */
export interface RoleCheck {
  readonly role: string
  readonly description: string
  /** The device that the config says; null where it says none. */
  readonly device: string | null
  /** Why that device cannot: what it would refuse. Empty where it can, or where there is none. */
  readonly refuses: readonly string[]
  /** The devices that take all that the profile asks of this role. */
  readonly could: readonly string[]
}

export interface ProfileCheck {
  readonly profile: string
  /** Whether each role is filled by a device that takes all that is asked of it. */
  readonly ok: boolean
  readonly roles: readonly RoleCheck[]
}

/** Which roles a config fills, and which devices could. Nothing is sent. @throws RangeError, ConfigError, Error of the file */
export async function checkProfile(name: string, file: string): Promise<ProfileCheck> {
  const profile = profileNamed(name)
  const parts = await loadParts()
  const root = readSource(readFileSync(file, 'utf8'), file).root?.value ?? null
  const whole: JsonObject = isObject(root ?? undefined) ? (root as JsonObject) : {}
  // only its devices: what else is wrong with it, config check says
  const bare = JSON.stringify({ site: whole['site'] ?? 'site', devices: whole['devices'] ?? {} })
  const loaded = loadConfig(bare, file, parts.config)
  if (!loaded.ok) throw new ConfigError(loaded.faults)
  const binding = bindingOf(whole, name)
  const catalogue = catalogueOf(loaded.config, parts.adapters, () => new Map())
  const asked = usesOf(profile, binding.parameters)
  const roles = Object.entries(profile.roles).map(([role, description]): RoleCheck => {
    const uses = asked.get(role) ?? []
    const device = binding.roles[role] ?? null
    return {
      role,
      description,
      device,
      refuses: device === null ? [] : refusals(catalogue, loaded.config, device, uses),
      could: [...catalogue.keys()].filter(
        (each) => refusals(catalogue, loaded.config, each, uses).length === 0,
      ),
    }
  })
  const ok = roles.every(({ device, refuses }) => device !== null && refuses.length === 0)
  return { profile: name, ok, roles }
}

function bindingOf(config: JsonObject, name: string): Binding {
  const profiles = config['profiles']
  const one = isObject(profiles) ? profiles[name] : undefined
  const part = (key: string): JsonObject => {
    const value = isObject(one) ? one[key] : undefined
    return isObject(value) ? value : {}
  }
  return {
    roles: part('roles') as Readonly<Record<string, string>>,
    parameters: part('parameters'),
  } // names, or refused as no device
}

/** What a profile asks of a role: an intent for a device, or that it reports. */
type Use = { readonly verb: 'fire' | 'set' | 'do'; readonly name: string; readonly value: Json }

/** By role, all that the profile's steps ask, with these values for its parameters. */
function usesOf(profile: Profile, parameters: JsonObject): ReadonlyMap<string, readonly Use[]> {
  const { macros, intents } = bound(profile, { roles: {}, parameters })
  const found = new Map<string, Use[]>(Object.keys(profile.roles).map((role) => [role, []]))
  const look = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value as readonly Json[]) look(item)
    if (!isObject(value)) return
    const { fire, set, action, path, args = {}, do: named } = value
    if (typeof fire === 'string' && typeof action === 'string')
      found.get(fire)?.push({ verb: 'fire', name: action, value: args })
    if (typeof set === 'string' && typeof path === 'string')
      found.get(set)?.push({ verb: 'set', name: path, value: value['value'] ?? null })
    if (typeof named === 'string' && isObject(args) && typeof args['device'] === 'string') {
      const { device, ...rest } = args
      found.get(device)?.push({ verb: 'do', name: named, value: rest })
    }
    for (const inner of Object.values(value)) look(inner)
  }
  for (const macro of Object.values(macros)) look(withoutArgs(macro))
  look(intents)
  return found
}

/** A macro as it runs without arguments: what an expression takes of them is their default. */
function withoutArgs(macro: Json): Json {
  const args = isObject(macro) && isObject(macro['args'] ?? null) ? macro['args'] : {}
  const known = isObject(args ?? null) ? (args as JsonObject) : {} // looked at
  const filled = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(filled)
    if (!isObject(value)) return value
    const [, name = ''] = isExpression(value) ? (/^args\.(\w+)$/.exec(value.expr) ?? []) : []
    const argument = known[name]
    if (isObject(argument ?? null)) return (argument as JsonObject)['default'] ?? null
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each)]))
  }
  return filled(macro)
}

/** What of it a device would refuse, each once. */
function refusals(
  catalogue: Catalogue,
  config: Config,
  device: string,
  uses: readonly Use[],
): readonly string[] {
  const asked = catalogue.get(device as DeviceId)
  if (asked === undefined || !config.devices.has(device as DeviceId)) return [`no device ${device}`]
  const why = uses.flatMap(({ verb, name, value }): readonly string[] => {
    if (verb === 'do' && !asked.offers(name)) return [`${name}: it does not offer that`]
    const action = verb === 'do' ? standardActions.get(name) : undefined
    if (action !== undefined && !Value.Check(action.args, value))
      return [`${name}: other arguments`]
    const id = device as DeviceId
    const intent: DeviceIntent =
      verb === 'set'
        ? { verb, device: id, path: name, value }
        : { verb: 'fire', device: id, action: name, args: value }
    const plan = asked.plan(intent)
    return plan.ok ? [] : [`${name}: ${plan.failure.detail}`]
  })
  return [...new Set(why)]
}
