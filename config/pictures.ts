import { type CheckRun, note, oneOf } from './check.ts'
import { pictureOf } from './control.ts'
import { foundText } from './fault.ts'
import type { Kinds } from './kinds.ts'
import { ruleOf } from './rule.ts'
import type { Located } from './source.ts'

/** Reports faces that show a picture which no device of the file takes: they would stay without one for ever. */
export function checkPictures(run: CheckRun, root: Located, devices: Kinds): void {
  const known = picturesOf(devices)
  for (const [page, controls] of root.entries?.get('pages')?.entries ?? [])
    for (const [place, control] of controls.entries ?? []) {
      const spot = control.entries?.get('picture')
      const wanted = typeof spot?.value === 'string' ? pictureOf(spot.value) : null
      if (spot === undefined || wanted === null) continue // of another form, which is told already
      const { device, name } = wanted
      const names = known.get(device)
      const isOther = names === undefined && run.names.device.has(device)
      // its protocol is not known, which is told at the device
      if (isOther && devices.usable?.entries?.has(device) !== true) continue
      const expected =
        names === undefined
          ? oneOf('a device with pictures', device, known.keys())
          : oneOf(`one of the pictures of ${device}`, name, names)
      const path = ['pages', page, place, 'picture']
      if (names?.has(name) !== true) note(run, spot.at, path, expected, foundText(spot.value, path))
    }
}

/** The names of their pictures, of each device whose adapter has an option for them. */
function picturesOf({ schemas, usable }: Kinds): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>()
  for (const [device, entry] of usable?.entries ?? []) {
    const protocol = entry.entries?.get('protocol')?.value
    const schema = typeof protocol === 'string' ? schemas.get(protocol) : undefined
    if (schema === undefined) continue
    const options = Object.entries(ruleOf(schema).properties ?? {})
    const [key] = options.find(([, rule]) => rule['x-pictures'] === true) ?? []
    if (key !== undefined)
      known.set(device, new Set(entry.entries?.get(key)?.entries?.keys() ?? []))
  }
  return known
}
