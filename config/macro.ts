import { Type, type Static } from 'typebox'
import type { MacroId } from '../intents/id.ts'
import {
  defaultLimits,
  defaultResumeWithinMs,
  type Concurrency,
  type Macro,
} from '../macros/macro.ts'
import { duration } from './duration.ts'
import { anyJson, macroName, valueType } from './form.ts'
import { stepList } from './step.ts'
import { stepsOf } from './steps-of.ts'

// How the config writes a macro.

const closed = { additionalProperties: false } as const

const argumentForm = Type.Object(
  {
    type: valueType,
    default: Type.Optional(anyJson('What it is where it is not given; absent: it must be given.')),
  },
  { ...closed, description: 'An argument.' },
)

const most = Type.Integer({ minimum: 1, maximum: 1000, description: 'So many at once.' })

const concurrencyForm = Type.Union(
  [
    Type.Object({ queue: most }, { ...closed, description: 'Further runs wait for their turn.' }),
    Type.Object({ drop: most }, { ...closed, description: 'Further runs are refused.' }),
    Type.Literal('restart'),
    Type.Literal('parallel'),
  ],
  {
    default: 'parallel',
    description: 'What a run does while others are under way; restart cancels them.',
    'x-expected': 'parallel, restart, { queue: N } or { drop: N }',
  },
)

export const macroForm = Type.Object(
  {
    onFailure: Type.Union(
      [
        Type.Literal('stop'),
        Type.Literal('continue'),
        Type.Literal('compensate'),
        Type.Object({ run: macroName }, { ...closed, description: 'Start another macro.' }),
      ],
      {
        description: 'What a failed step leads to: stop, continue, compensate, or { run: OTHER }.',
        'x-expected': 'stop, continue, compensate or { run: OTHER }',
      },
    ),
    onCrash: Type.Union(
      [
        Type.Literal('resume'),
        Type.Literal('abandon'),
        Type.Literal('compensate'),
        Type.Literal('ask'),
      ],
      {
        default: 'resume',
        description: 'What a restart of the hub does with a run that was under way.',
      },
    ),
    resumeWithin: duration(
      'Resume only so long after the last sign of the run; later it is abandoned.',
      `${defaultResumeWithinMs / 1000}s`,
    ),
    onCancel: Type.Union([Type.Literal('stop'), Type.Literal('compensate')], {
      default: 'stop',
      description: 'What a cancel does with what was done: leaves it, or undoes it.',
    }),
    args: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }), argumentForm, {
      description: 'Arguments by name; left out: any, unchecked.',
      default: {},
    }),
    concurrency: concurrencyForm,
    limits: Type.Object(
      {
        steps: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: defaultLimits.steps,
          description: 'Steps that one run takes at most, repeats counted each time.',
        }),
        within: Type.Optional(
          duration('How long one run takes at most; default: 30 days.', undefined, 1),
        ),
      },
      { ...closed, default: {}, description: 'What ends a run that does not end by itself.' },
    ),
    steps: stepList,
  },
  { ...closed, description: 'Steps that run one after the other.' },
)

export type MacroForm = Static<typeof macroForm>

/** The macro that a checked form stands for. */
export function macroOf(id: MacroId, form: MacroForm): Macro {
  const { limits, args, onCancel } = form
  const concurrency = concurrencyOf(form.concurrency)
  const isLimited = limits.steps !== defaultLimits.steps || limits.within !== undefined
  return {
    id,
    steps: stepsOf(form.steps),
    onFailure: form.onFailure,
    onCrash: form.onCrash,
    resumeWithinMs: form.resumeWithin,
    ...(onCancel === 'stop' ? {} : { onCancel }),
    ...(Object.keys(args).length === 0 ? {} : { args }),
    ...(concurrency === null ? {} : { concurrency }),
    ...(isLimited
      ? { limits: { steps: limits.steps, withinMs: limits.within ?? defaultLimits.withinMs } }
      : {}),
  }
}

function concurrencyOf(form: MacroForm['concurrency']): Concurrency | null {
  if (form === 'parallel') return null
  if (form === 'restart') return { policy: 'restart', most: 1 }
  if ('queue' in form) return { policy: 'queue', most: form.queue }
  return { policy: 'drop', most: form.drop }
}
