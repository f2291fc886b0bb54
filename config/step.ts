import { Type, type Static } from 'typebox'
import type { JsonObject } from '../intents/json.ts'
import { intentFormsWith } from './form.ts'
import { blockForms } from './step-block.ts'
import { form, rules, steps, text, waitFor, within } from './step-part.ts'
import { waitForms } from './step-wait.ts'

// How the config writes the steps of macros.

const values = { 'x-expression': 'inside' } as const

const forms = [
  ...intentFormsWith(values, { ...rules, ...within, ...waitFor }),
  ...waitForms,
  ...blockForms,
  form({ checkpoint: text('Its name.') }, 'From here on nothing before it is undone.'),
  form({ note: text('What is recorded.') }, 'A note in the record.'),
  form({ abort: text('Why.') }, 'Ends the run as failed.'),
  form(
    {
      let: Type.Unsafe<JsonObject>({
        type: 'object',
        additionalProperties: {},
        description: 'Values by name, for what follows.',
        ...values,
      }),
    },
    'Variables of the run.',
  ),
] as const

export const stepForm = Type.Union([...forms], {
  description: 'One step: an intent, a wait, a condition, or steps of its own.',
  'x-expected':
    'a step with one of the keys fire, set, do, run, cancel, hold, wait, waitUntil, until, link, untilTrue, if, choose, repeat, while, forEach, together, try, ask, checkpoint, note, abort, let',
})
export type StepForm = Static<typeof stepForm>

export const stepDefs = { step: stepForm }

/** A list of steps, as a schema. */
export const stepList = steps('In this order.')
