import { Type, type Static } from 'typebox'
import { siteDevice } from '../intents/id.ts'
import { isObject, type Json } from '../intents/json.ts'
import { lookAt } from '../intents/look.ts'
import { isExpression } from '../macros/value.ts'
import type { Variable } from '../macros/variable.ts'
import { isOfType, typeName, valueTypes, type ValueType } from '../intents/value-type.ts'
import { type CheckRun, note, oneOf } from './check.ts'
import { foundText, type Path } from './fault.ts'
import { anyJson, valueType } from './form.ts'
import { mappingsIn } from './mappings.ts'
import type { Located } from './source.ts'

// How the config declares the site's variables. They are paths of the reserved device `site`.

export const variableForm = Type.Object(
  {
    type: valueType,
    default: anyJson('What it is until somebody sets it.'),
    description: Type.String({ maxLength: 500, default: '', description: 'For people.' }),
  },
  { additionalProperties: false, description: 'A variable of the site.' },
)
export type VariableForm = Static<typeof variableForm>

export function variableOf({ type, default: standard, description }: VariableForm): Variable {
  return { type, default: standard, description }
}

/** Reports defaults of another type, a device of the reserved name, and every use of a variable that cannot be. */
export function checkVariables(run: CheckRun, root: Located): void {
  const device = root.entries?.get('devices')?.entries?.get(siteDevice)
  if (device !== undefined)
    note(
      run,
      device.keyAt,
      ['devices', siteDevice],
      `another name: ${siteDevice} is where the site’s variables are`,
      `"${siteDevice}"`,
    )
  const personal = root.entries?.get('witness')?.entries?.get('personal')?.items ?? []
  for (const [name, spot] of root.entries?.get('variables')?.entries ?? []) {
    const path = ['variables', name, 'default']
    const standard = spot.entries?.get('default')
    if (standard !== undefined) checkValue(run, root, name, standard, path)
    const marked = personal.find(({ value }) => value === name)
    if (marked !== undefined)
      note(
        run,
        marked.at,
        ['witness', 'personal'],
        'nothing that is the name of a variable: expressions read those',
        `"${name}"`,
      )
  }
  for (const section of ['intents', 'pages', 'macros', 'triggers'] as const)
    for (const { spot, path } of mappingsIn(root.entries?.get(section), [section]))
      checkUse(run, root, spot, path)
}

/** Where a mapping says which device its `path` is of. */
const owners = ['set', 'until', 'state', 'device'] as const

function checkUse(run: CheckRun, root: Located, { entries }: Located, path: Path): void {
  for (const key of ['fire', 'link'] as const) {
    const named = entries?.get(key)
    if (named?.value === siteDevice)
      note(
        run,
        named.at,
        [...path, key],
        `a device: ${siteDevice} has variables, which are set`,
        `"${siteDevice}"`,
      )
  }
  const wanted = entries?.get('path')
  const owner = owners.find((key) => entries?.get(key)?.value === siteDevice)
  if (owner !== undefined && typeof wanted?.value === 'string') {
    const inside = [...path, 'path']
    if (lookAt(wanted.value) === null && !run.names.variable.has(wanted.value)) {
      const expected = oneOf('a variable of this file', wanted.value, run.names.variable)
      note(run, wanted.at, inside, expected, foundText(wanted.value, inside))
    }
    const value = entries?.get(owner === 'set' ? 'value' : 'equals')
    const name = wanted.value
    if (value !== undefined)
      checkValue(run, root, name, value, [...path, owner === 'set' ? 'value' : 'equals'])
  }
  const name = entries?.get('variable')?.value
  const equals = entries?.get('equals')
  if (typeof name === 'string' && equals !== undefined)
    checkValue(run, root, name, equals, [...path, 'equals'])
}

function checkValue(run: CheckRun, root: Located, name: string, spot: Located, path: Path): void {
  const type = typeOf(root, name)
  if (type === null || isExpression(spot.value) || isOfType(type, spot.value)) return
  note(run, spot.at, path, `${typeName(type)}, as ${name} is declared`, foundText(spot.value, path))
}

/** null: no such variable, or its own type is faulty, which is told elsewhere. */
function typeOf(root: Located, name: string): ValueType | null {
  const declared: Json | undefined = root.entries?.get('variables')?.entries?.get(name)?.value
  if (!isObject(declared)) return null
  const { type = 'any' } = declared
  return valueTypes.find((one) => one === type) ?? null
}
