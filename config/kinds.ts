import type { TObject } from 'typebox'
import { Value } from 'typebox/value'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { type CheckRun, note, oneOf } from './check.ts'
import { foundText } from './fault.ts'
import { deviceKeys, surfaceKeys } from './schema.ts'
import { secretReferences } from './secret.ts'
import type { Located } from './source.ts'

// Devices choose an adapter by `protocol`, surfaces a kind by `type`: only then is it known which keys they have.

/** One of the two sections whose entries choose their kind. */
export interface KindSection {
  readonly section: 'devices' | 'surfaces'
  readonly key: 'protocol' | 'type'
  /** `an adapter`, for error texts. */
  readonly wanted: string
  readonly known: readonly string[]
  options(kind: string): TObject | null
}

/** The kinds that a section uses. */
export interface Kinds {
  readonly section: KindSection
  readonly schemas: ReadonlyMap<string, TObject>
  /** The section without the entries whose kind is not known; they are reported. */
  readonly usable: Located | null
}

/** A folder's name and nothing else: it becomes part of an import path. */
const kindName = /^[a-z][a-z0-9-]{0,63}$/

/** Finds the schema of every kind that a section names, and reports those that there are none of. */
export function kindsOf(run: CheckRun, root: Located, section: KindSection): Kinds {
  const spot = root.entries?.get(section.section) ?? null
  const schemas = new Map<string, TObject>()
  if (spot?.entries == null) return { section, schemas, usable: spot }
  const usable = new Map<string, Located>()
  for (const [name, entry] of spot.entries) {
    const path = [section.section, name]
    if (entry.entries === null) {
      note(run, entry.at, path, `a mapping with ${section.key}`, foundText(entry.value, path))
      continue
    }
    const chosen = entry.entries.get(section.key)
    const kind = chosen?.value
    const schema = typeof kind === 'string' && kindName.test(kind) ? section.options(kind) : null
    if (typeof kind === 'string' && schema !== null) {
      schemas.set(kind, schema)
      usable.set(name, entry)
      continue
    }
    const expected = oneOf(section.wanted, typeof kind === 'string' ? kind : '', section.known)
    const at = chosen?.at ?? entry.keyAt
    note(run, at, [...path, section.key], expected, foundText(kind, path))
  }
  return { section, schemas, usable: { ...spot, entries: usable } }
}

/** The file with only those devices and surfaces whose kind is known. */
export function withKinds(root: Located, ...kinds: readonly Kinds[]): Located {
  if (root.entries === null) return root
  const entries = new Map(root.entries)
  for (const { section, usable } of kinds) if (usable !== null) entries.set(section.section, usable)
  return { ...root, entries }
}

/** An entry's keys that are its adapter's or surface's own. */
export function ownOptions(entry: JsonObject, section: 'devices' | 'surfaces'): JsonObject {
  const ours =
    section === 'devices'
      ? ['protocol', ...Object.keys(deviceKeys)]
      : ['type', ...Object.keys(surfaceKeys)]
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !ours.includes(key)))
}

/** Lets typebox check what an adapter's schema says beyond the keywords that `check` reads. */
export function checkOptions(run: CheckRun, checked: Json, kinds: Kinds): void {
  const { section, key } = kinds.section
  const entries = isObject(checked) ? checked[section] : undefined
  if (!isObject(entries)) return
  for (const [name, entry] of Object.entries(entries)) {
    const spot = kinds.usable?.entries?.get(name)
    const kind = isObject(entry) ? entry[key] : undefined
    if (!isObject(entry) || typeof kind !== 'string' || spot === undefined) continue
    const schema = kinds.schemas.get(kind)
    if (schema === undefined) continue
    const options = ownOptions(entry, section)
    // a reference is checked at use, when its value is known
    if (secretReferences(options).length > 0 || Value.Check(schema, options)) continue
    const prefix = `${section}.${name}`
    if (run.faults.some(({ path }) => path === prefix || path.startsWith(`${prefix}.`))) continue
    const [first] = Value.Errors(schema, options)
    const where = first?.instancePath.split('/').filter((part) => part !== '') ?? []
    const expected = `what ${key} ${kind} wants (${first?.message ?? 'its schema'})`
    note(run, within(spot, where).at, [section, name, ...where], expected, 'something else')
  }
}

/** The innermost written value on the way of `path`. */
function within(spot: Located, path: readonly string[]): Located {
  return path.reduce((at, part) => at.entries?.get(part) ?? at.items?.[Number(part)] ?? at, spot)
}
