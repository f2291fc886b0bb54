import { isObject, type Json, sameJson } from '../intents/json.ts'
import { isZone } from '../macros/daytime.ts'
import { durationMs } from '../macros/duration.ts'
import { compile } from '../macros/expression/expression.ts'
import { expressionsIn, type PlacedExpression } from './expressions.ts'
import { configFault, type ConfigFault, foundText, mostFaults, type Path, plain } from './fault.ts'
import { nearest } from './nearest.ts'
import { expectation, inRange, type NameKind, type Rule } from './rule.ts'
import { hasBrokenReference, referenceForm, secretReferences } from './secret.ts'
import { type Located, type Source, unwritten } from './source.ts'

/** What a check needs beside the rule and the value. */
export interface CheckRun {
  readonly file: string
  readonly source: Source
  /** What this file names, by kind: a reference must be one of them. */
  readonly names: Readonly<Record<NameKind, ReadonlySet<string>>>
  readonly faults: ConfigFault[]
  /** What `$ref` may name. */
  readonly defs?: Readonly<Record<string, Rule>>
}

/** Notes a fault at an offset of the file. */
export function note(run: CheckRun, at: number, path: Path, expected: string, found: string): void {
  if (run.faults.length < mostFaults)
    run.faults.push(configFault(run.file, run.source.place(at), path, expected, found))
}

/** Words for "not one of these", with the one that was probably meant. */
export function oneOf(kind: string, word: string, candidates: Iterable<string>): string {
  const all = [...candidates]
  const near = nearest(word, all)
  if (near !== null) return `${kind} (did you mean "${plain(near)}"?)`
  if (all.length === 0) return `${kind} (there is none)`
  const shown = all.slice(0, 12).map(plain)
  return `${kind}: ${shown.join(', ')}${all.length > shown.length ? ' …' : ''}`
}

/**
 * Checks a value against a rule, notes every fault, and returns the value with defaults filled in, other spellings
 * under their proper key, and durations in milliseconds. What is returned for a faulty value is of no use.
 */
export function check(run: CheckRun, rule: Rule, spot: Located, path: Path): Json {
  const { value } = spot
  const wrong = () => {
    note(run, spot.at, path, expectation(rule), foundText(value, path))
    return value
  }
  if (rule.$ref !== undefined) {
    const named = run.defs?.[rule.$ref.replace('#/$defs/', '')]
    return named === undefined ? value : check(run, named, spot, path)
  }
  if (rule['x-expression'] === 'inside')
    for (const one of expressionsIn(spot, path)) checkExpression(run, one)
  const limits = rule['x-duration']
  if (limits !== undefined) {
    const ms = durationMs(value)
    return ms === null || ms < limits.minMs || ms > limits.maxMs ? wrong() : ms
  }
  if (rule.anyOf !== undefined) return checkUnion(run, rule, rule.anyOf, spot, path)
  if (rule.const !== undefined) return sameJson(value, rule.const) ? value : wrong()
  if (rule.enum !== undefined)
    return rule.enum.some((one) => sameJson(one, value)) ? value : wrong()
  switch (rule.type) {
    case 'object':
      return checkMapping(run, rule, spot, path)
    case 'array':
      return checkList(run, rule, spot, path)
    case 'string':
      return typeof value === 'string' ? checkString(run, rule, value, spot, path) : wrong()
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !inRange(rule, value)) return wrong()
      return rule.type === 'integer' && !Number.isSafeInteger(value) ? wrong() : value
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong()
    case 'null':
      return value === null ? value : wrong()
    case undefined:
    default:
      return value
  }
}

function checkString(run: CheckRun, rule: Rule, value: string, spot: Located, path: Path): Json {
  const isOption = path[0] === 'devices' || path[0] === 'surfaces' || path[0] === 'log'
  if (isOption && hasBrokenReference(value)) {
    note(run, spot.at, path, referenceForm, foundText(value, path))
    return value
  }
  // what a reference stands for is known only at use; the link checks it there
  if (isOption && secretReferences(value).length > 0) return value
  const ok =
    value.length >= (rule.minLength ?? 0) &&
    value.length <= (rule.maxLength ?? Infinity) &&
    (rule.pattern === undefined || new RegExp(rule.pattern, 'u').test(value))
  if (!ok) note(run, spot.at, path, expectation(rule), foundText(value, path))
  if (ok && rule['x-expression'] === 'text') checkExpression(run, { text: value, spot, path })
  if (ok && rule['x-zone'] === true && !isZone(value))
    note(run, spot.at, path, 'a time zone such as Europe/Berlin', foundText(value, path))
  const kind = rule['x-ref']
  if (ok && kind !== undefined && !run.names[kind].has(value)) {
    const expected = oneOf(expectation(rule), value, run.names[kind])
    note(run, spot.at, path, expected, foundText(value, path))
  }
  return value
}

/** Notes what is wrong with an expression, and devices and variables of it that the file has not. */
function checkExpression(run: CheckRun, { text, spot, path }: PlacedExpression): void {
  const result = compile(text)
  if (!result.ok) {
    const expected = `an expression (character ${result.at + 1}: ${result.detail})`
    note(run, spot.at + result.at, path, expected, foundText(text, path))
    return
  }
  for (const { name, at } of result.expression.devices)
    if (!run.names.device.has(name)) {
      const expected = oneOf('the name of a device of this file', name, run.names.device)
      note(run, spot.at + at, path, expected, JSON.stringify(name))
    }
  for (const { name, at } of result.expression.variables)
    if (!run.names.variable.has(name)) {
      const expected = oneOf('a variable of this file', name, run.names.variable)
      note(run, spot.at + at, path, expected, `site.${name}`)
    }
}

function checkList(run: CheckRun, rule: Rule, spot: Located, path: Path): Json {
  const { items } = spot
  const count = items?.length ?? 0
  if (items === null || count < (rule.minItems ?? 0) || count > (rule.maxItems ?? Infinity)) {
    const found = items === null ? foundText(spot.value, path) : `a list of ${count}`
    note(run, spot.at, path, expectation(rule), found)
    if (items === null) return []
  }
  const inner = rule.items
  return items.map((item, i) =>
    inner === undefined ? item.value : check(run, inner, item, [...path, i]),
  )
}

function checkMapping(run: CheckRun, rule: Rule, spot: Located, path: Path): Json {
  // `devices:` with nothing below it, as when every entry is a comment
  const isEmpty = spot.value === null && isObject(rule.default)
  const entries = isEmpty ? new Map<string, Located>() : spot.entries
  if (entries === null) {
    note(run, spot.at, path, expectation(rule), foundText(spot.value, path))
    return {}
  }
  const properties = rule.properties ?? {}
  const checked = new Map<string, Json>()
  for (const [key, child] of entries) {
    const inside = [...path, key]
    const property = ruleOfKey(rule, key)
    if (property === null) {
      const known = Object.keys(properties)
      const expected = rule['x-keys'] ?? oneOf('a known key', key, known)
      note(run, child.keyAt, inside, expected, foundText(key, []))
      continue
    }
    const name = property['x-alias'] ?? key
    if (checked.has(name))
      note(run, child.keyAt, inside, `only one of ${name} and its other spelling`, `"${key}" too`)
    checked.set(name, check(run, property, child, inside))
  }
  for (const [key, property] of Object.entries(properties)) {
    if (checked.has(key)) continue
    if (property.default !== undefined)
      checked.set(
        key,
        check(run, property, unwritten(property.default, spot.keyAt), [...path, key]),
      )
    else if (rule.required?.includes(key) === true)
      note(run, spot.keyAt, [...path, key], expectation(property), 'nothing')
  }
  return Object.fromEntries(checked)
}

/** The rule for a key of a mapping; null where the key is not allowed. */
function ruleOfKey(rule: Rule, key: string): Rule | null {
  if (rule.properties !== undefined && Object.hasOwn(rule.properties, key))
    return rule.properties[key] ?? null
  for (const [pattern, inner] of Object.entries(rule.patternProperties ?? {}))
    if (new RegExp(pattern, 'u').test(key)) return inner
  const rest = rule.additionalProperties
  if (typeof rest === 'object') return rest
  // a schema that lists its keys and says nothing of others has no others: a typing error is never ignored
  return (rest ?? rule.properties === undefined) ? {} : null
}

function checkUnion(
  run: CheckRun,
  rule: Rule,
  branches: readonly Rule[],
  spot: Located,
  path: Path,
): Json {
  const { value, entries } = spot
  const mappings = branches.filter((branch) => branch.type === 'object')
  if (entries !== null && mappings.length > 0) {
    const branch = mappings.length === 1 ? mappings[0] : branchOf(mappings, spot)
    if (branch !== undefined) return check(run, branch, spot, path)
    const chooser = chooserOf(mappings)
    const chosen = chooser === null ? undefined : entries.get(chooser.key)
    if (chooser !== null && chosen !== undefined) {
      const inside = [...path, chooser.key]
      note(run, chosen.at, inside, expectation(chooser.rule), foundText(chosen.value, inside))
      return {}
    }
    const keys = [...new Set(mappings.flatMap((one) => discriminator(one)?.[0] ?? []))]
    const wanted =
      rule['x-expected'] ?? (keys.length === 0 ? 'a mapping' : `one of the keys ${keys.join(', ')}`)
    const [first] = [...entries.keys()].filter((key) => nearest(key, keys) !== null)
    if (first === undefined) note(run, spot.at, path, wanted, found(value))
    else
      note(
        run,
        entries.get(first)?.keyAt ?? spot.at,
        path,
        oneOf(wanted, first, keys),
        `"${first}"`,
      )
    return {}
  }
  // each branch is tried aside; a list or string that only one branch could mean gets that branch's own faults
  for (const branch of branches) {
    const aside: CheckRun = { ...run, faults: [] }
    const checked = check(aside, branch, spot, path)
    if (aside.faults.length === 0) return checked
  }
  const kind = Array.isArray(value) ? 'array' : typeof value
  const same = branches.filter((branch) => branch.type === kind && branch.const === undefined)
  const [only] = same
  if (only !== undefined && same.length === 1) return check(run, only, spot, path)
  note(run, spot.at, path, expectation(rule), foundText(value, path))
  return value
}

/** What a mapping has, for a union of mappings that none of its keys chooses from. */
function found(value: Json): string {
  const keys = isObject(value) ? Object.keys(value) : []
  return keys.length === 0
    ? 'an empty mapping'
    : `the keys ${keys.slice(0, 8).map(plain).join(', ')}`
}

/** The branch that a mapping chose: by a constant (`protocol: osc`), else by the first required key it has. */
function branchOf(branches: readonly Rule[], spot: Located): Rule | undefined {
  const keys = [...(spot.entries?.keys() ?? [])]
  const rank = (branch: Rule): number => {
    const chosen = discriminator(branch)
    if (chosen === null) return keys.length
    const [key, constant] = chosen
    const at = keys.indexOf(key)
    // left out: the branch whose constant is the default
    if (at < 0)
      return constant !== undefined && sameJson(branch.properties?.[key]?.default, constant)
        ? keys.length
        : Infinity
    return constant === undefined || sameJson(spot.entries?.get(key)?.value, constant)
      ? at
      : Infinity
  }
  const ranked = branches.map((branch) => ({ branch, rank: rank(branch) }))
  return ranked.filter((one) => one.rank < Infinity).toSorted((a, b) => a.rank - b.rank)[0]?.branch
}

/** The one key whose constants tell all these branches apart, with a rule that is any of them. */
function chooserOf(
  branches: readonly Rule[],
): { readonly key: string; readonly rule: Rule } | null {
  const found = branches.map(discriminator)
  const [key] = found[0] ?? []
  const constants = found.flatMap((one) => (one !== null && one.length === 2 ? [one[1]] : []))
  if (key === undefined || constants.length !== branches.length) return null
  if (!found.every((one) => one?.[0] === key)) return null
  return { key, rule: { anyOf: constants.map((constant) => ({ const: constant ?? null })) } }
}

/** The key that tells a branch from its siblings, with its constant if it has one. */
function discriminator(branch: Rule): readonly [key: string, constant?: Json] | null {
  const properties = Object.entries(branch.properties ?? {})
  for (const [key, { const: constant }] of properties)
    if (constant !== undefined) return [key, constant]
  const required = properties.find(
    ([key, { default: standard }]) =>
      standard === undefined && branch.required?.includes(key) === true,
  )
  return required === undefined ? null : [required[0]]
}
