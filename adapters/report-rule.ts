import { type Static, Type } from 'typebox'
import { isObject, type Json } from '../intents/json.ts'
import { condition, conditionSchema } from './condition.ts'
import { dataPath, findAll } from './data-path.ts'
import { pattern } from './pattern.ts'
import type { Said } from './said.ts'

/** How what a device says becomes reports. */
export const reportSchema = Type.Object(
  {
    pattern: Type.Optional(
      Type.String({
        description:
          'A regular expression for the text, its first 512 characters: "^VOL (?<level>\\\\d+)$".',
      }),
    ),
    at: Type.Optional(
      Type.String({
        description: 'A path in its JSON or XML: status.level, inputs.*.name, vmix.active.',
      }),
    ),
    when: Type.Optional(conditionSchema),
    path: Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'What is reported: power, input/{1}/name. {1} and {name} are groups of `pattern`, {1} what the first * stood for.',
    }),
    value: Type.Optional(
      Type.Unsafe<Json>({
        description:
          'Without it: what stands `at`, the group `value` or the first, or true. Any JSON; its texts have {places}.',
      }),
    ),
    as: Type.Optional(
      Type.Enum(['text', 'number', 'boolean'], {
        description: 'Makes it that. Without it a text that is a number becomes one.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const reportsSchema = Type.Array(reportSchema, { maxItems: 256 })

export type ReportOptions = Static<typeof reportSchema>
type Tell = (path: string, value: Json) => void
type Rule = (said: Said, tell: Tell) => void

export type CompiledReports =
  | { readonly ok: true; readonly report: (said: Said, tell: Tell) => void; readonly any: boolean }
  | { readonly ok: false; readonly detail: string }

/** Of a path that a device's words are part of. Characters. */
const longestPath = 200
const place = /\{([A-Za-z_][A-Za-z0-9_-]{0,63}|\d{1,2})\}/g

/** The rules, or why the config's cannot be used: `reports.0 pattern …`. */
export function reports(options: readonly ReportOptions[]): CompiledReports {
  const rules: Rule[] = []
  for (const [i, option] of options.entries()) {
    const rule = compiled(option)
    if (typeof rule === 'string') return { ok: false, detail: `reports.${i} ${rule}` }
    rules.push(rule)
  }
  return {
    ok: true,
    any: rules.length > 0,
    report(said, tell) {
      for (const rule of rules) rule(said, tell)
    },
  }
}

function compiled(option: ReportOptions): Rule | string {
  const { path, value, as } = option
  const found = finder(option)
  if (typeof found === 'string') return found
  const when = option.when === undefined ? null : condition(option.when)
  if (when?.ok === false) return `when ${when.detail}`
  return (said, tell) => {
    if (when?.holds(said) === false) return
    for (const places of found(said)) {
      const where = filledText(path, places).slice(0, longestPath)
      const what = value === undefined ? (places.get('value') ?? true) : filled(value, places)
      tell(where, typed(what, as))
    }
  }
}

/** What is found each time: the value under `value`, groups and stars under their names. */
type Finder = (said: Said) => readonly ReadonlyMap<string, Json>[]

function finder({ pattern: source, at }: ReportOptions): Finder | string {
  if ((source === undefined) === (at === undefined)) return 'has either pattern or at'
  if (source !== undefined) {
    const compiled = pattern(source)
    if (!compiled.ok) return `pattern ${compiled.detail}`
    return ({ text }) => {
      const groups = compiled.groups(text)
      if (groups === null) return []
      const value = groups.get('value') ?? groups.get('1')
      return [new Map<string, Json>([...groups, ...(value === undefined ? [] : [named(value)])])]
    }
  }
  const path = dataPath(at ?? '')
  if (!path.ok) return `at ${path.detail}`
  return (said) => {
    const tree = said.tree()
    if (tree === null) return []
    return findAll(tree, path.path).map(({ value, stars }) => {
      // only JSON knows types
      const known = tree.kind === 'json' ? value : guessed(value)
      return new Map<string, Json>([
        ...stars.map((star, i) => [String(i + 1), star] as const),
        ['value', known],
      ])
    })
  }
}

function named(value: string): readonly [string, Json] {
  return ['value', guessed(value)]
}

function filledText(text: string, places: ReadonlyMap<string, Json>): string {
  return text.replace(place, (whole, name: string) => {
    const value = places.get(name)
    return value === undefined ? whole : typeof value === 'string' ? value : JSON.stringify(value)
  })
}

/** A text that is one place and nothing else becomes what stands for it. */
function filled(value: Json, places: ReadonlyMap<string, Json>): Json {
  if (typeof value === 'string') {
    const [only] = /^\{([^{}]+)\}$/.exec(value)?.slice(1) ?? []
    const known = only === undefined ? undefined : places.get(only)
    return known === undefined ? filledText(value, places) : guessed(known)
  }
  if (Array.isArray(value)) return value.map((each: Json) => filled(each, places))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, places)]))
}

/** A text that is a decimal number as JSON writes it becomes one; `007` and what a double cannot hold stay text. */
function guessed(value: Json): Json {
  if (typeof value !== 'string' || !/^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/.test(value))
    return value
  const number = Number(value)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number
}

const yes = new Set(['true', 'on', 'yes', '1'])

function typed(value: Json, as: ReportOptions['as']): Json {
  switch (as) {
    case undefined:
      return value
    case 'text':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'number': {
      const number = typeof value === 'string' ? Number(value.trim() || 'none') : Number(value)
      return Number.isFinite(number) ? number : null
    }
    case 'boolean':
      return typeof value === 'string' ? yes.has(value.trim().toLowerCase()) : Boolean(value)
    default:
      return as satisfies never
  }
}
