import { isObject, type Json } from '../intents/json.ts'
import { argumentFaults, triggerArg } from '../macros/argument.ts'
import type { Argument } from '../macros/macro.ts'
import { isExpression } from '../macros/value.ts'
import { isOfType, typeName, valueTypes } from '../intents/value-type.ts'
import { type CheckRun, note } from './check.ts'
import { foundText, type Path } from './fault.ts'
import { mappingsIn } from './mappings.ts'
import type { Located } from './source.ts'

// Whether what runs a macro gives it the arguments that it declares: a press, a step, a trigger, a schedule. What is computed when
// it runs is judged then.

const sections = ['intents', 'pages', 'macros', 'triggers', 'schedules'] as const

export function checkRunArgs(run: CheckRun, root: Located): void {
  const macros = root.entries?.get('macros')?.entries ?? new Map<string, Located>()
  for (const [name, macro] of macros) checkDeclared(run, name, macro)
  for (const section of sections)
    for (const { spot, path } of mappingsIn(root.entries?.get(section), [section])) {
      const named = spot.entries?.get('run')?.value
      const declared = typeof named === 'string' ? declaredBy(macros.get(named)) : null
      if (typeof named === 'string' && declared !== null)
        checkGiven(run, named, declared, spot, path)
    }
}

function checkGiven(
  run: CheckRun,
  macro: string,
  declared: Readonly<Record<string, Argument>>,
  spot: Located,
  path: Path,
): void {
  const given = spot.entries?.get('args')
  const value = given?.value ?? {}
  for (const { name, detail } of argumentFaults(macro, declared, value, isExpression)) {
    const at = name === null ? given : (given?.entries?.get(name) ?? given)
    const place = [...path, 'args', ...(name === null ? [] : [name])]
    const found = name !== null && isObject(value) ? value[name] : value
    note(
      run,
      (at ?? spot.entries?.get('run') ?? spot).at,
      place,
      `what the macro wants (${detail})`,
      foundText(found, place),
    )
  }
}

function checkDeclared(run: CheckRun, macro: string, spot: Located): void {
  for (const [name, argument] of spot.entries?.get('args')?.entries ?? []) {
    const path = ['macros', macro, 'args', name]
    if (name === triggerArg)
      note(run, argument.keyAt, path, 'another name: that is what started the run', `"${name}"`)
    const standard = argument.entries?.get('default')
    const { type } = argumentOf(argument.value)
    if (standard !== undefined && !isOfType(type, standard.value)) {
      const place = [...path, 'default']
      note(run, standard.at, place, typeName(type), foundText(standard.value, place))
    }
  }
}

/** null: it declares none, and takes any. */
function declaredBy(macro: Located | undefined): Readonly<Record<string, Argument>> | null {
  const args = macro?.entries?.get('args')?.value
  if (!isObject(args) || Object.keys(args).length === 0) return null
  return Object.fromEntries(Object.entries(args).map(([name, one]) => [name, argumentOf(one)]))
}

/** What is wrong with how it is declared is told elsewhere. */
function argumentOf(declared: Json): Argument {
  const { type: named, default: standard } = isObject(declared) ? declared : {}
  const type = valueTypes.find((one) => one === named) ?? 'any'
  return standard === undefined ? { type } : { type, default: standard }
}
