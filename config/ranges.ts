import { isObject, type Json } from '../intents/json.ts'
import { type CheckRun, note } from './check.ts'
import { spotAt } from './relations.ts'
import type { Located } from './source.ts'

/** Reports faders and bars whose two ends are one value: no way lies between them. */
export function checkRanges(run: CheckRun, checked: Json, root: Located): void {
  const pages = isObject(checked) ? checked['pages'] : undefined
  for (const [page, controls] of Object.entries(isObject(pages) ? pages : {}))
    for (const [place, control] of Object.entries(isObject(controls) ? controls : {}))
      for (const key of ['fader', 'progress']) {
        const range = isObject(control) ? control[key] : undefined
        if (!isObject(range) || range['from'] !== range['to']) continue
        const path = ['pages', page, place, key]
        const spot = spotAt(root, path)
        // the end that is written; the other may be the default
        const end = spot?.entries?.has('to') === true ? 'to' : 'from'
        const at = spot?.entries?.get(end)?.at ?? spot?.at ?? 0
        const other = end === 'to' ? 'from' : 'to'
        note(
          run,
          at,
          [...path, end],
          `another value than that of ${other}`,
          JSON.stringify(range[end]),
        )
      }
}
