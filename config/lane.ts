import { isObject, type Json } from '../intents/json.ts'
import { type CheckRun, note } from './check.ts'
import type { Kinds } from './kinds.ts'
import { ruleOf } from './rule.ts'
import { referenceForm, secretReferences } from './secret.ts'

/** Reports secrets that would stand in Redis: a slow device's keys go there as the config has them. */
export function checkLaneSecrets(run: CheckRun, checked: Json, { schemas, usable }: Kinds): void {
  if (!isObject(checked) || !isObject(checked['slowLane']) || !isObject(checked['devices'])) return
  for (const [name, device] of Object.entries(checked['devices'])) {
    if (!isObject(device) || !saysSlow(device)) continue
    const { protocol } = device
    const schema = typeof protocol === 'string' ? schemas.get(protocol) : undefined
    for (const [key, property] of Object.entries(schema?.properties ?? {})) {
      const value = device[key]
      const isPlain = typeof value === 'string' && secretReferences(value).length === 0
      if (!isPlain || ruleOf(property)['x-secret'] !== true) continue
      const at = usable?.entries?.get(name)?.entries?.get(key)?.at ?? 0
      const expected = `${referenceForm}, because slow jobs go through Redis`
      note(run, at, ['devices', name, key], expected, 'a text')
    }
  }
}

/** Whether a device, or any single action of it, is on the slow lane. */
function saysSlow(value: Json): boolean {
  return (
    isObject(value) &&
    (value['lane'] === 'slow' || Object.values(value).some((one) => saysSlow(one)))
  )
}
