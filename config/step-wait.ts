import { Type } from 'typebox'
import { duration } from './duration.ts'
import { anyJson, deviceName } from './form.ts'
import { form, needsWithin, text, variable } from './step-part.ts'

// How the config writes steps that wait: for a time, a device, or a person.

const expression = (description: string) =>
  Type.String({ minLength: 1, maxLength: 4000, description, 'x-expression': 'text' })

export const waitForms = [
  form(
    {
      wait: duration('How long to wait before the next step.'),
      jitter: Type.Optional(duration('Up to so much longer, by chance.')),
    },
    'Wait.',
  ),
  form(
    {
      waitUntil: Type.String({
        pattern: '^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$',
        description: 'The time of day that is waited for.',
        'x-expected': 'a time of day such as "18:30" or "18:30:15", in quotes',
      }),
      zone: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          description: 'The time zone, as Europe/Berlin; default: UTC.',
          'x-zone': true,
        }),
      ),
    },
    'Wait until that time of day comes next.',
  ),
  form(
    {
      until: deviceName,
      path: Type.String({ minLength: 1, maxLength: 512, description: 'What the device reports.' }),
      equals: anyJson('The value to wait for.'),
      ...needsWithin,
    },
    'Wait until a device reports a value.',
  ),
  form(
    {
      link: deviceName,
      is: Type.Union([Type.Literal('up'), Type.Literal('down')], {
        description: 'up: the device is there; down: it is gone.',
      }),
      ...needsWithin,
    },
    'Wait until a device is there, or gone.',
  ),
  form(
    { untilTrue: expression('What is waited for.'), ...needsWithin },
    'Wait until an expression is true.',
  ),
  form(
    {
      ask: text('What a person is asked.'),
      choices: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 20,
        default: ['yes', 'no'],
        description: 'The first goes on; any other is a failure, unless as says otherwise.',
      }),
      otherwise: Type.Optional(text('The answer where nobody gives one in time.')),
      as: Type.Optional(variable('The variable that holds the answer.')),
      ...needsWithin,
    },
    'A person confirms.',
  ),
] as const
