import { Type, type Static } from 'typebox'
import type { Condition } from '../macros/macro.ts'
import { anyJson, deviceName } from './form.ts'

// How the config writes what holds or not.

const closed = { additionalProperties: false } as const

/** Something that holds or not, of a device, its link or by an expression. */
export const condition = (description: string) =>
  Type.Union(
    [
      Type.String({ minLength: 1, maxLength: 4000, 'x-expression': 'text' }),
      Type.Object(
        {
          device: deviceName,
          path: Type.String({ minLength: 1, maxLength: 512, description: 'What it reports.' }),
          equals: anyJson('The value.'),
        },
        { ...closed, description: 'A device reports a value.' },
      ),
      Type.Object(
        {
          link: deviceName,
          is: Type.Union([Type.Literal('up'), Type.Literal('down')], {
            description: 'up: the device is there; down: it is gone.',
          }),
        },
        { ...closed, description: 'A device is there, or gone.' },
      ),
    ],
    {
      description,
      'x-expected': 'an expression, { device, path, equals } or { link, is }',
    },
  )

/** The condition that a checked form stands for. */
export function conditionOf(form: Static<ReturnType<typeof condition>>): Condition {
  if (typeof form === 'string') return { expr: form }
  if ('link' in form) return { device: form.link, up: form.is === 'up' }
  return { device: form.device, path: form.path, equals: form.equals }
}
