import { Type } from 'typebox'
import { condition } from './condition.ts'
import { anyJson } from './form.ts'
import { form, steps, variable, within } from './step-part.ts'

// How the config writes steps that hold steps.

const closed = { additionalProperties: false } as const

export const blockForms = [
  form(
    {
      if: condition('What is tested.'),
      then: steps('Where it holds.'),
      else: Type.Optional(steps('Where it does not.')),
      ...within,
    },
    'Steps on a condition.',
  ),
  form(
    {
      choose: Type.Array(
        Type.Object(
          { when: condition('What is tested.'), steps: steps('Where it holds.') },
          { ...closed, description: 'One of them.' },
        ),
        { minItems: 1, maxItems: 100, description: 'The first whose condition holds.' },
      ),
      otherwise: Type.Optional(steps('Where none does.')),
      ...within,
    },
    'The first of several.',
  ),
  form(
    {
      repeat: Type.Union(
        [
          Type.Integer({ minimum: 0, maximum: 10_000 }),
          Type.String({ minLength: 1, maxLength: 4000, 'x-expression': 'text' }),
        ],
        { description: 'How often: a number, or an expression.' },
      ),
      steps: steps('What is repeated.'),
      ...within,
    },
    'So often.',
  ),
  form(
    {
      while: condition('Tested before each round.'),
      steps: steps('What is repeated.'),
      ...within,
    },
    'As long as it holds.',
  ),
  form(
    {
      forEach: Type.Union(
        [
          Type.Array(anyJson('An item.'), { maxItems: 1000 }),
          Type.String({ minLength: 1, maxLength: 4000, 'x-expression': 'text' }),
        ],
        { description: 'The items: a list, or an expression that gives one.' },
      ),
      as: variable('The variable that holds the item.'),
      steps: steps('What is done for each.'),
      ...within,
    },
    'For each of a list.',
  ),
  form(
    {
      together: Type.Array(steps('One branch.'), {
        minItems: 1,
        maxItems: 1000,
        description: 'Branches side by side.',
      }),
      finish: Type.Union([Type.Literal('all'), Type.Literal('any'), Type.Literal('first')], {
        default: 'all',
        description: 'all have ended; any has succeeded; the first has ended.',
      }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1000, description: 'So many at once.' }),
      ),
      ...within,
    },
    'Side by side.',
  ),
  form(
    {
      try: steps('What may fail.'),
      recover: Type.Optional(steps('Where it has failed.')),
      always: Type.Optional(steps('After either.')),
      ...within,
    },
    'What may fail, and what is done then.',
  ),
] as const
