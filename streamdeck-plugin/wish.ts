/** What the property inspector keeps for one key or dial. Written by people, so everything is checked here. */
export type KeySettings = Readonly<Record<string, unknown>>

/** What a key asks the hub for. */
export type Wanted =
  | { readonly ok: true; readonly intent: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly detail: string }

/** The place of a control of the grid; null where the settings name none. */
export interface Place {
  readonly page: number
  readonly row: number
  readonly col: number
}

/** The control that a key mirrors. */
export function placeOf(settings: KeySettings): Place | null {
  const page = whole(settings['page'], 1)
  const row = whole(settings['row'], 0)
  const col = whole(settings['col'], 0)
  return page === null || row === null || col === null ? null : { page, row, col }
}

/** The intent of an intent key: a fire, a set, or a named one. */
export function intentOf(settings: KeySettings): Wanted {
  const { verb = 'fire' } = settings
  const device = text(settings['device'])
  const name = text(settings['name'])
  const given = jsonOf(settings['value'])
  if (!given.ok) return given
  const { value } = given
  switch (verb) {
    case 'fire':
      if (device === '' || name === '') return missing('a device and an action')
      return { ok: true, intent: { verb, device, action: name, args: value } }
    case 'set':
      if (device === '' || name === '') return missing('a device and a path')
      return { ok: true, intent: { verb, device, path: name, value } }
    case 'do':
      if (name === '') return missing('the name of an intent')
      return { ok: true, intent: { verb, name, args: value } }
    default:
      return { ok: false, detail: 'say fire, set or do' }
  }
}

/** The run of a macro key. */
export function runOf(settings: KeySettings): Wanted {
  const macro = text(settings['macro'])
  const given = jsonOf(settings['value'])
  if (macro === '') return missing('a macro')
  return given.ok ? { ok: true, intent: { verb: 'run', macro, args: given.value } } : given
}

function missing(what: string): Wanted {
  return { ok: false, detail: `set up: name ${what}` }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function whole(value: unknown, least: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= least ? number : null
}

type Given =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string }

/** JSON as it was typed; nothing typed is null. */
function jsonOf(value: unknown): Given {
  const typed = text(value)
  if (typed === '') return { ok: true, value: null }
  try {
    return { ok: true, value: JSON.parse(typed) as unknown }
  } catch {
    return { ok: false, detail: 'set up: what it takes is no JSON' }
  }
}
