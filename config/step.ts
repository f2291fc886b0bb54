import { Type, type Static, type TProperties } from 'typebox'
import type { JsonObject } from '../intents/json.ts'
import type { Condition, Expression, Step, StepBody, StepRules, Steps } from '../macros/macro.ts'
import { duration } from './duration.ts'
import { anyJson, deviceName, intentFormsWith, intentOf, macroName } from './form.ts'

// How the config writes the steps of macros. Steps hold steps: the schema names itself, as `#/$defs/step`.

const closed = { additionalProperties: false } as const

/** Steps inside a step; what they are is said once, in {@link stepDefs}. */
const steps = (description: string) =>
  Type.Unsafe<readonly object[]>({
    type: 'array',
    minItems: 1,
    maxItems: 1000,
    items: { $ref: '#/$defs/step' },
    description,
  })

const expression = (description: string) =>
  Type.String({ minLength: 1, maxLength: 4000, description, 'x-expression': 'text' })

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

const values = { 'x-expression': 'inside' } as const

const rules = {
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

const within = {
  within: Type.Optional(duration('How long one try may take; later it has failed.', undefined, 1)),
}
const needsWithin = {
  within: duration('How long at most; later the step has failed.', undefined, 1),
}
const waitFor = {
  waitFor: Type.Optional(
    Type.Union([Type.Literal('sent'), Type.Literal('confirmed')], {
      description: 'confirmed: it has failed where the device did not confirm it. Default: sent.',
    }),
  ),
}

function form<T extends TProperties>(keys: T, description: string) {
  return Type.Object({ ...keys, ...rules }, { ...closed, description })
}

const text = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })
const variable = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
    description,
    'x-expected': 'a name of letters, digits and "_"',
  })

const forms = [
  ...intentFormsWith(values, { ...rules, ...within, ...waitFor }),
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

/** The steps that a checked list stands for. */
export function stepsOf(list: readonly object[]): Steps {
  return list.map((one) => stepOf(one as StepForm)) // the schema has checked it: it is one of its own forms
}

/** The step that a checked short form stands for. */
function stepOf(step: StepForm): Step {
  return { ...bodyOf(step), ...rulesOf(step) }
}

function rulesOf(step: StepForm): StepRules {
  const { name, retry, onFailure, undo } = step
  return {
    ...(name === undefined ? {} : { name }),
    ...(retry === undefined ? {} : { retry: { times: retry.times, everyMs: retry.every } }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(undo === undefined ? {} : { undo: stepsOf(undo) }),
    ...('within' in step && step.within !== undefined ? { withinMs: step.within } : {}),
    ...('waitFor' in step && step.waitFor !== undefined ? { waitFor: step.waitFor } : {}),
  }
}

function bodyOf(step: StepForm): StepBody {
  if ('wait' in step)
    return {
      waitMs: step.wait,
      ...(step.jitter === undefined ? {} : { jitterMs: step.jitter }),
    }
  if ('waitUntil' in step)
    return { time: step.waitUntil, ...(step.zone === undefined ? {} : { zone: step.zone }) }
  if ('until' in step)
    return {
      until: { device: step.until, path: step.path, equals: step.equals },
      withinMs: step.within,
    }
  if ('link' in step)
    return { until: { device: step.link, up: step.is === 'up' }, withinMs: step.within }
  if ('untilTrue' in step) return { until: { expr: step.untilTrue }, withinMs: step.within }
  if ('if' in step)
    return {
      if: conditionOf(step.if),
      then: stepsOf(step.then),
      ...(step.else === undefined ? {} : { else: stepsOf(step.else) }),
    }
  if ('choose' in step)
    return {
      choose: step.choose.map((one) => ({
        when: conditionOf(one.when),
        steps: stepsOf(one.steps),
      })),
      ...(step.otherwise === undefined ? {} : { otherwise: stepsOf(step.otherwise) }),
    }
  if ('repeat' in step)
    return { repeat: { times: expressionOf(step.repeat) }, steps: stepsOf(step.steps) }
  if ('while' in step)
    return { repeat: { while: conditionOf(step.while) }, steps: stepsOf(step.steps) }
  if ('forEach' in step)
    return {
      repeat: { each: expressionOf(step.forEach), as: step.as },
      steps: stepsOf(step.steps),
    }
  if ('together' in step)
    return {
      together: step.together.map(stepsOf),
      finish: step.finish,
      ...(step.limit === undefined ? {} : { limit: step.limit }),
    }
  if ('try' in step)
    return {
      try: stepsOf(step.try),
      ...(step.recover === undefined ? {} : { recover: stepsOf(step.recover) }),
      ...(step.always === undefined ? {} : { always: stepsOf(step.always) }),
    }
  if ('ask' in step)
    return {
      ask: step.ask,
      choices: step.choices,
      withinMs: step.within,
      ...(step.otherwise === undefined ? {} : { otherwise: step.otherwise }),
      ...(step.as === undefined ? {} : { as: step.as }),
    }
  if ('checkpoint' in step) return { checkpoint: step.checkpoint }
  if ('note' in step) return { note: step.note }
  if ('abort' in step) return { abort: step.abort }
  if ('let' in step) return { let: step.let }
  return { do: intentOf(step) }
}

function expressionOf<T>(value: T | string): T | Expression {
  return typeof value === 'string' ? { expr: value } : value
}

function conditionOf(form: Static<ReturnType<typeof condition>>): Condition {
  if (typeof form === 'string') return { expr: form }
  if ('link' in form) return { device: form.link, up: form.is === 'up' }
  return { device: form.device, path: form.path, equals: form.equals }
}
