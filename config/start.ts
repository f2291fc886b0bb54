import { Type } from 'typebox'
import type { Json } from '../intents/json.ts'
import { defaultLateMs } from '../macros/schedule/schedule.ts'
import { duration } from './duration.ts'
import { anyJson, macroName } from './form.ts'

// What starts a macro by itself, triggers and schedules alike, and the words of both.

export const text = (description: string) =>
  Type.String({ minLength: 1, maxLength: 500, description, 'x-expected': 'a text' })
export const number = (description: string, minimum?: number, maximum?: number) =>
  Type.Number({
    description,
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  })
export const oneOf = <const T extends string>(words: readonly T[], description: string) =>
  Type.Unsafe<T>({ enum: [...words], description })

/** What both have. */
export const start = {
  run: macroName,
  args: Type.Unsafe<Json>({
    ...anyJson('Arguments; { expr: … } in the place of a value is computed when it fires.', {}),
    'x-expression': 'inside',
  }),
  when: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4000,
      description: 'An expression: it fires only where this is true at that moment.',
      'x-expected': 'an expression',
      'x-expression': 'text',
    }),
  ),
  late: duration(
    'So late it still counts; after a crash, for example.',
    `${defaultLateMs / 1000}s`,
    1,
    3_600_000,
  ),
}
