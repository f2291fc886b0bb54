import { isObject, type JsonObject } from '../intents/json.ts'
import { controlOf } from './control.ts'
import { flag, mapping, mappings, number, numbered, own, text } from './field.ts'
import type { Connection, Control, Export, Page } from './model.ts'
import { oldControls, oldPage, placeOf } from './old-pages.ts'
import { ExportError } from './read.ts'
import { triggersOf } from './old-triggers.ts'

/** The newest that was looked at: Companion 5.0 and the development line of August 2026. */
const newestVersion = 16

/** 20,000: 99 pages of the largest grid that is sold have half of that. */
const mostControls = 20_000

/** What an export holds, whatever version wrote it. @throws ExportError where it is none */
export function exportOf(from: JsonObject): Export {
  const version = number(from, 'version') ?? 1
  const type = text(from, 'type')
  if (type === null || !/^(?:full|page|trigger_list)$/.test(type))
    throw new ExportError(
      'this is no export of Companion: its type is neither full, page nor trigger_list',
    )
  if (!Number.isInteger(version) || version < 1 || version > newestVersion)
    throw new ExportError(
      `it is of version ${version}, and this knows 1 to ${newestVersion}: is there a newer InfraFabric?`,
    )
  const pages = type === 'page' ? onePage(from, version) : allPages(from, version)
  if (pages.reduce((sum, page) => sum + page.controls.length, 0) > mostControls)
    throw new ExportError(`it has more than ${mostControls} controls: export page by page`)
  return {
    version,
    connections: connectionsOf(mapping(from, 'instances')),
    pages,
    triggers: triggersOf(own(from, 'triggers')),
    rest: restOf(from),
  }
}

function onePage(from: JsonObject, version: number): readonly Page[] {
  const page = mapping(from, 'page')
  const at = number(from, 'oldPageNumber') ?? 1
  const controls =
    version < 3
      ? oldControls(oldPage(from, null), version)
      : version === 3
        ? bankControls(mapping(from, 'controls')).map(({ control }) => control)
        : gridControls(page)
  return [{ number: at, name: text(page, 'name') ?? '', controls }]
}

function allPages(from: JsonObject, version: number): readonly Page[] {
  const named = numbered(mapping(from, version < 3 ? 'page' : 'pages'))
  if (version > 3)
    return named.map(([at, page]) => ({
      number: at,
      name: text(page, 'name') ?? '',
      controls: gridControls(page),
    }))
  const names = new Map(named.map(([at, page]) => [at, text(page, 'name') ?? '']))
  if (version === 3) {
    const banks = bankControls(mapping(from, 'controls'))
    const numbers = new Set([...names.keys(), ...banks.map(({ page }) => page)])
    return [...numbers].map((at) => ({
      number: at,
      name: names.get(at) ?? '',
      controls: banks.flatMap(({ page, control }) => (page === at ? [control] : [])),
    }))
  }
  const numbers = new Set([...names.keys(), ...numbered(mapping(from, 'config')).map(([at]) => at)])
  return [...numbers].map((at) => ({
    number: at,
    name: names.get(at) ?? '',
    controls: oldControls(oldPage(from, String(at)), version),
  }))
}

/** From version 4 on: by row, then by column. */
function gridControls(page: JsonObject): readonly Control[] {
  return numbered(mapping(page, 'controls')).flatMap(([row, columns]) =>
    numbered(columns).flatMap(([column, control]) => controlOf(row, column, control) ?? []),
  )
}

/** Version 3: `bank:<page>-<button>`. */
function bankControls(
  controls: JsonObject,
): readonly { readonly page: number; readonly control: Control }[] {
  return Object.entries(controls).flatMap(([key, value]) => {
    const [, page, button] = /^bank:(\d{1,2})-(\d{1,2})$/.exec(key) ?? []
    const place = button === undefined ? null : placeOf(button, 3)
    const control =
      place === null || !isObject(value) ? null : controlOf(place.row, place.column, value)
    return control === null ? [] : [{ page: Number(page), control }]
  })
}

/** Up to version 2 a connection's own keys stand beside its config's; its module's word has changed in 10. */
function connectionsOf(from: JsonObject): readonly Connection[] {
  return Object.entries(from).flatMap(([id, value]) => {
    if (!isObject(value) || id === 'bitfocus-companion' || id === 'internal') return []
    const module = text(value, 'moduleId') ?? text(value, 'instance_type')
    if (module === null) return []
    const label = text(value, 'label') ?? module
    const config = isObject(own(value, 'config')) ? mapping(value, 'config') : value
    return [{ id, label, module, enabled: flag(value, 'enabled') ?? true, config }]
  })
}

const others: readonly (readonly [key: string, what: string])[] = [
  ['custom_variables', 'custom variables'],
  ['expressionVariables', 'expression variables'],
  ['surfaces', 'surfaces'],
  ['surfaceGroups', 'surface groups'],
  ['surfacesRemote', 'remote surfaces'],
  ['surfaceInstances', 'surface integrations'],
  ['imageLibrary', 'images of the library'],
]

function restOf(from: JsonObject): Export['rest'] {
  return others.flatMap(([key, what]): [string, number][] => {
    const count = mappings(own(from, key)).length
    return count === 0 ? [] : [[what, count]]
  })
}
