import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { type CheckRun, note } from './check.ts'
import type { Path } from './fault.ts'
import type { Located } from './source.ts'

// What no single value of the file shows: two surfaces on one port, an open address, names that lead in a circle.

/** 127.0.0.0/8, ::1 and the name for them. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/

/** Reports surfaces of one type that listen on the same address, one that does so twice, and what is open to others without protection. */
export function checkAddresses(run: CheckRun, checked: Json, root: Located): void {
  if (!isObject(checked)) return
  const { http, surfaces } = checked
  if (isObject(http) && typeof http['host'] === 'string' && !loopback.test(http['host'])) {
    const host = root.entries?.get('http')?.entries?.get('host')
    if (host !== undefined && http['tls'] === undefined && http['insecure'] !== true) {
      const expected = 'a loopback address, or tls, or insecure: true'
      note(run, host.at, ['http', 'host'], expected, JSON.stringify(http['host']))
    }
  }
  if (!isObject(surfaces)) return
  const taken = new Map<string, string>()
  for (const [name, surface] of Object.entries(surfaces)) {
    if (!isObject(surface)) continue
    const spot = root.entries?.get('surfaces')?.entries?.get(name)
    if (isOpen(surface)) {
      const expected = 'a loopback address, or insecure: true, since this way in has no token'
      const at = spot?.entries?.get('host')?.at ?? spot?.keyAt ?? 0
      note(run, at, ['surfaces', name, 'host'], expected, JSON.stringify(surface['host']))
    }
    // its first port is the one that stays
    const keys = Object.keys(surface).toSorted((a, b) => a.length - b.length)
    for (const key of keys.filter(isPort)) {
      const port = surface[key]
      if (typeof port !== 'number' || port === 0) continue
      const { type, host, transport } = surface
      const address = JSON.stringify([type, host ?? null, port, transport ?? null])
      const other = taken.get(address)
      if (other === undefined) {
        taken.set(address, name)
        continue
      }
      const at = spot?.entries?.get(key)?.at ?? spot?.keyAt ?? 0
      const expected = `a port of its own (surface ${other} has it)`
      note(run, at, ['surfaces', name, key], expected, String(port))
    }
  }
}

/** Others can reach it, and it lacks the word for that. A console at a port of this machine, or one that is invited, is not listened for. */
function isOpen({ host, insecure, via }: JsonObject): boolean {
  const listens = via !== 'port' && via !== 'invite'
  return listens && insecure === false && typeof host === 'string' && !loopback.test(host)
}

/** `port`, and what a surface calls those that it has beside it: `webSocketPort`. */
function isPort(key: string): boolean {
  return key === 'port' || key.endsWith('Port')
}

/** Reports a log on Redis that says not where its server is, or says it twice. */
export function checkLog(run: CheckRun, checked: Json, root: Located): void {
  const log = isObject(checked) ? checked['log'] : null
  if (!isObject(log) || log['engine'] !== 'redis') return
  const said = ['url', 'sentinel', 'cluster'].filter((key) => log[key] !== undefined)
  if (said.length === 1) return
  const at = root.entries?.get('log')?.at ?? 0
  note(
    run,
    at,
    ['log'],
    'one of url, sentinel and cluster',
    said.length === 0 ? 'none of them' : said.join(' and '),
  )
}

/** Reports what a log of that kind cannot do: keep something erasable while it is cut off, or be trimmed. */
export function checkCustody(run: CheckRun, checked: Json, root: Located): void {
  if (!isObject(checked)) return
  const { log, witness, devices } = checked
  if (!isObject(log) || !isObject(witness)) return
  const spot = root.entries?.get('witness')
  const { personal, retention, seal } = witness
  if (log['engine'] === 'redis' && log['whenUnavailable'] === 'act-and-record-later') {
    const expected = 'nothing personal where log.whenUnavailable is act-and-record-later'
    if (Array.isArray(personal) && personal.length > 0) {
      const at = spot?.entries?.get('personal')?.at ?? 0
      note(run, at, ['witness', 'personal'], expected, JSON.stringify(personal))
    }
    for (const [name, device] of Object.entries(isObject(devices) ? devices : {}))
      for (const [key, rule] of Object.entries(rulesOf(device)))
        if (isObject(rule) && rule['personal'] !== undefined) {
          const path = ['devices', name, 'rules', key, 'personal']
          const at = spotAt(root, path)?.at ?? 0
          note(run, at, path, expected, JSON.stringify(rule['personal']))
        }
  }
  if (retention === undefined) return
  const at = spot?.entries?.get('retention')?.at ?? 0
  const path = ['witness', 'retention']
  if (log['engine'] === 'kurrent')
    note(run, at, path, 'no retention: a stream of this engine is not trimmed by the hub', 'one')
  if (seal === false)
    note(run, at, path, 'no retention where seal is false: only what is sealed is trimmed', 'one')
}

function rulesOf(device: Json | undefined): Readonly<Record<string, Json>> {
  const rules = isObject(device) ? device['rules'] : undefined
  return isObject(rules) ? rules : {}
}

/** What stands at a path; undefined where nothing does. */
export function spotAt(root: Located, path: readonly string[]): Located | undefined {
  return path.reduce<Located | undefined>((at, key) => at?.entries?.get(key), root)
}

/** Where one named intent or macro leads to another. */
interface Lead {
  readonly to: string
  readonly at: number
  readonly path: Path
}

/**
 * Reports every way in which named intents and macros lead back to themselves: such a press would never end.
 * A circle is reported once, at the place that closes it.
 */
export function checkCycles(run: CheckRun, root: Located): void {
  const leads = new Map([...leadsOf(root, 'intents'), ...leadsOf(root, 'macros')])
  const done = new Set<string>()
  for (const start of leads.keys()) {
    // depth first with a stack of our own: a chain of names may be longer than the machine's stack
    const way: { readonly name: string; next: number }[] = [{ name: start, next: 0 }]
    const open = new Set([start])
    while (!done.has(start)) {
      const here = way.at(-1)
      if (here === undefined) break
      const lead = leads.get(here.name)?.[here.next++]
      if (lead === undefined) {
        done.add(here.name)
        open.delete(here.name)
        way.pop()
      } else if (open.has(lead.to)) {
        const names = way.map(({ name }) => name)
        const circle = [...names.slice(names.indexOf(lead.to)), lead.to].map(plainName)
        note(run, lead.at, lead.path, 'no way back to itself', circle.join(' → '))
      } else if (!done.has(lead.to)) {
        open.add(lead.to)
        way.push({ name: lead.to, next: 0 })
      }
    }
  }
}

function plainName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function* leadsOf(root: Located, section: 'intents' | 'macros'): Iterable<[string, Lead[]]> {
  for (const [name, entry] of root.entries?.get(section)?.entries ?? []) {
    const path = [section, name]
    const list = section === 'intents' ? entry : entry.entries?.get('steps')
    const listPath = section === 'intents' ? path : [...path, 'steps']
    const found = [...stepsUnder(list, listPath)].flatMap(({ spot, path: at }) => [
      ...leadOf(spot, 'do', 'intents', at),
      ...leadOf(spot, 'run', 'macros', at),
      ...instead(spot, at),
    ])
    const onFailure = section === 'macros' ? entry.entries?.get('onFailure') : undefined
    if (onFailure !== undefined)
      found.push(...leadOf(onFailure, 'run', 'macros', [...path, 'onFailure']))
    yield [`${section}:${name}`, found]
  }
}

/** Where the steps of a step stand. */
const lists = ['then', 'else', 'steps', 'otherwise', 'try', 'recover', 'always', 'undo'] as const

/** Every step of a list, and of the steps in it. */
export function* stepsUnder(
  list: Located | undefined,
  path: Path,
): Generator<{ readonly spot: Located; readonly path: Path }> {
  for (const [i, spot] of (list?.items ?? []).entries()) {
    const here = [...path, i]
    yield { spot, path: here }
    for (const key of lists) yield* stepsUnder(spot.entries?.get(key), [...here, key])
    for (const [k, branch] of (spot.entries?.get('together')?.items ?? []).entries())
      yield* stepsUnder(branch, [...here, 'together', k])
    for (const [k, branch] of (spot.entries?.get('choose')?.items ?? []).entries())
      yield* stepsUnder(branch.entries?.get('steps'), [...here, 'choose', k, 'steps'])
  }
}

/** The macro that takes a failed step's place. */
function instead(spot: Located, path: Path): readonly Lead[] {
  const onFailure = spot.entries?.get('onFailure')
  return onFailure === undefined ? [] : leadOf(onFailure, 'run', 'macros', [...path, 'onFailure'])
}

function leadOf(spot: Located, key: 'do' | 'run', section: string, path: Path): readonly Lead[] {
  const target = spot.entries?.get(key)
  return typeof target?.value === 'string'
    ? [{ to: `${section}:${target.value}`, at: target.at, path: [...path, key] }]
    : []
}
