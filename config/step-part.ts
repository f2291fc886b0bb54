import { Type, type TProperties } from 'typebox'
import { duration } from './duration.ts'
import { macroName } from './form.ts'

// What the forms of steps have in common. Steps hold steps: the schema names itself, as `#/$defs/step`.

const closed = { additionalProperties: false } as const

/** Steps inside a step; what they are is said once, in `stepDefs` of step.ts. */
export const steps = (description: string) =>
  Type.Unsafe<readonly object[]>({
    type: 'array',
    minItems: 1,
    maxItems: 1000,
    items: { $ref: '#/$defs/step' },
    description,
  })

/** What may stand beside every step. */
export const rules = {
  name: Type.Optional(Type.String({ maxLength: 200, description: 'What people call the step.' })),
  retry: Type.Optional(
    Type.Object(
      {
        times: Type.Integer({ minimum: 1, maximum: 100, description: 'So often again.' }),
        every: duration('The wait before each.', '1s'),
      },
      { ...closed, description: 'Try again where it fails; never a fire that may have arrived.' },
    ),
  ),
  onFailure: Type.Optional(
    Type.Union(
      [
        Type.Literal('stop'),
        Type.Literal('continue'),
        Type.Literal('compensate'),
        Type.Object({ run: macroName }, { ...closed, description: 'Another macro in its place.' }),
      ],
      {
        description: 'What its failure leads to; default: what the macro says.',
        'x-expected': 'stop, continue, compensate or { run: OTHER }',
      },
    ),
  ),
  undo: Type.Optional(steps('What takes it back, where the run compensates.')),
} satisfies TProperties

export const within = {
  within: Type.Optional(duration('How long one try may take; later it has failed.', undefined, 1)),
}
export const needsWithin = {
  within: duration('How long at most; later the step has failed.', undefined, 1),
}
export const waitFor = {
  waitFor: Type.Optional(
    Type.Union([Type.Literal('sent'), Type.Literal('confirmed')], {
      description: 'confirmed: it has failed where the device did not confirm it. Default: sent.',
    }),
  ),
}

/** The form of a step with these keys, and what may stand beside each. */
export function form<T extends TProperties>(keys: T, description: string) {
  return Type.Object({ ...keys, ...rules }, { ...closed, description })
}

export const text = (description: string) =>
  Type.String({ minLength: 1, maxLength: 500, description })
export const variable = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
    description,
    'x-expected': 'a name of letters, digits and "_"',
  })
