import { Type } from 'typebox'
import type { ActionDescription } from '../../adapters/adapter.ts'
import type { Config, ControlConfig } from '../../config/config.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { siteDevice } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import {
  isAlignment,
  lookAt,
  lookFault,
  type LookKind,
  lookKinds,
  lookPath,
} from '../../intents/look.ts'
import type { Devices } from '../../projections/devices.ts'

const what: Readonly<Record<LookKind, string>> = {
  text: 'Text',
  colour: 'Colour behind the text',
  textColour: 'Colour of the text',
  size: 'Size of the text in percent',
  alignment: 'Where the text stands, such as left:top,',
  image: 'Picture behind the text, as a data: URL,',
}

/** What may be said of controls while the hub runs. */
export const lookActions: readonly ActionDescription[] = lookKinds.map((kind) => ({
  verb: 'set',
  name: lookPath('PAGE/ROW/COL', kind),
  description: `${what[kind]} of the control at that place; null: as the config says`,
  schema: Type.Union([kind === 'size' ? Type.Number() : Type.String(), Type.Null()]),
}))

/** Why a look cannot be set, null where it can; undefined for a path that is no look. */
export function lookRefused(
  path: string,
  value: Json,
  pages: Config['pages'],
): Failure | null | undefined {
  const look = lookAt(path)
  if (look === null) return undefined
  const [page, row, col] = look.place.split('/').map(Number)
  if (pages.get(page ?? 0)?.has(`${row}/${col}`) !== true)
    return failed('not-found', `there is no control at ${look.place}`)
  const fault = lookFault(look.kind, value)
  return fault === null ? null : failed('malformed', fault)
}

/** A control as it is to look now: what was said of it, and the rest as the config has it. */
export function lookedAt(control: ControlConfig, place: string, devices: Devices): ControlConfig {
  const said = devices.devices.get(siteDevice)?.reported
  if (said === undefined) return control
  const of = (kind: LookKind): Json => {
    const value = said.get(lookPath(place, kind))?.value ?? null
    // what an older hub let through
    return lookFault(kind, value) === null ? value : null
  }
  const [text, colour, textColour] = [of('text'), of('colour'), of('textColour')]
  const [size, alignment, image] = [of('size'), of('alignment'), of('image')]
  return {
    ...control,
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof colour === 'string' ? { colour } : {}),
    ...(typeof textColour === 'string' ? { textColour } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(isAlignment(alignment) ? { alignment } : {}),
    ...(typeof image === 'string' ? { image } : {}),
  }
}
