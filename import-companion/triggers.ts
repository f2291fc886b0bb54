import type { JsonObject } from '../intents/json.ts'
import type { Trigger } from './model.ts'
import type { Names } from './names.ts'
import { onFailure, type Room } from './pages.ts'
import { stepsOf } from './steps.ts'

/** Puts what a trigger does into a macro of its name. Its causes are noted: whoever reads the report writes them anew. */
export function addTrigger(room: Room, trigger: Trigger, names: Names): void {
  const { bench } = room
  const place = `trigger ${trigger.name}`
  const steps = stepsOf(bench, trigger.actions, { place, what: 'its actions' })
  const name = steps.length === 0 ? null : names.take(trigger.name)
  if (name !== null) {
    const macro: JsonObject = { onFailure, steps: [...steps] }
    room.macros.set(name, macro)
  }
  const is =
    name === null ? 'nothing of what it does is carried over' : `what it does is the macro ${name}`
  if (trigger.events.length === 0) bench.gap({ place, what: 'its events' }, `there are none; ${is}`)
  for (const { type } of trigger.events)
    bench.gap(
      { place, what: `event ${type.slice(0, 64)}` },
      `${is}; what starts it is not carried over`,
    )
  for (const { name: called } of trigger.conditions)
    bench.gap({ place, what: `condition ${called.slice(0, 64)}` }, 'it is not carried over')
  if (!trigger.enabled) bench.gap({ place, what: 'the trigger' }, 'it is switched off there')
}
