import { Type, type Static } from 'typebox'
import type { DeviceId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Step } from '../macros/macro.ts'
import { duration } from './duration.ts'

// How the config writes intents and the steps of macros: short forms, chosen by their first key.

/** A value of any kind, handed on as it is. */
export function anyJson(description: string, standard?: Json) {
  return Type.Unsafe<Json>({
    description,
    'x-expected': 'a value',
    ...(standard === undefined ? {} : { default: standard }),
  })
}

export const deviceName = Type.Unsafe<DeviceId>({
  type: 'string',
  description: 'The name of a device of this file.',
  'x-expected': 'the name of a device of this file',
  'x-ref': 'device',
})

export const macroName = Type.Unsafe<MacroId>({
  type: 'string',
  description: 'The name of a macro of this file.',
  'x-expected': 'the name of a macro of this file',
  'x-ref': 'macro',
})

const args = anyJson('Arguments: a mapping or a list, as the action wants them.', {})
const word = (description: string) =>
  Type.String({ minLength: 1, maxLength: 512, description, 'x-expected': 'a word' })

const fireForm = Type.Object(
  {
    fire: deviceName,
    action: word('What to do: the device’s own word, a standard action, or an OSC address.'),
    args,
  },
  { additionalProperties: false, description: 'Momentary: do this once.' },
)

const setForm = Type.Object(
  {
    set: deviceName,
    path: word('What to set: a path of the device, or an OSC address.'),
    value: anyJson('The value to set.'),
  },
  { additionalProperties: false, description: 'Lasting: the last value wins.' },
)

const doForm = Type.Object(
  {
    do: Type.String({
      description: 'A named intent of this file, or a standard action.',
      'x-expected': 'a named intent of this file or a standard action',
      'x-ref': 'intent',
    }),
    args,
  },
  { additionalProperties: false, description: 'A named intent.' },
)

const runForm = Type.Object(
  { run: macroName, args },
  { additionalProperties: false, description: 'Start a macro.' },
)

const cancelForm = Type.Object(
  { cancel: word('The id of the run to stop.') },
  { additionalProperties: false, description: 'Stop a run of a macro.' },
)

const holdForm = Type.Object(
  { hold: Type.Boolean({ description: 'true stops every device; false lets them go on.' }) },
  { additionalProperties: false, description: 'The panic stop.' },
)

const waitForm = Type.Object(
  { wait: duration('How long to wait before the next step.') },
  { additionalProperties: false, description: 'Wait.' },
)

const untilForm = Type.Object(
  {
    until: deviceName,
    path: word('What the device reports.'),
    equals: anyJson('The value to wait for.'),
    within: duration('How long at most; later the step has failed.', undefined, 1),
  },
  { additionalProperties: false, description: 'Wait until a device reports a value.' },
)

const linkForm = Type.Object(
  {
    link: deviceName,
    is: Type.Union([Type.Literal('up'), Type.Literal('down')], {
      description: 'up: the device is there; down: it is gone.',
    }),
    within: duration('How long at most; later the step has failed.', undefined, 1),
  },
  { additionalProperties: false, description: 'Wait until a device is there, or gone.' },
)

const intentForms = [fireForm, setForm, doForm, runForm, cancelForm, holdForm] as const

export const intentForm = Type.Union([...intentForms], {
  description: 'An intent: fire, set, do, run, cancel or hold.',
  'x-expected': 'an intent with one of the keys fire, set, do, run, cancel, hold',
})
export type IntentForm = Static<typeof intentForm>

export const stepForm = Type.Union([...intentForms, waitForm, untilForm, linkForm], {
  description:
    'One step: an intent, a wait, or waiting until a device reports a value, is there or is gone.',
  'x-expected': 'a step with one of the keys fire, set, do, run, cancel, hold, wait, until, link',
})
export type StepForm = Static<typeof stepForm>

/** The intent that a checked short form stands for. */
export function intentOf(form: IntentForm): Intent {
  if ('fire' in form)
    return { verb: 'fire', device: form.fire, action: form.action, args: form.args }
  if ('set' in form) return { verb: 'set', device: form.set, path: form.path, value: form.value }
  if ('do' in form) return { verb: 'do', name: form.do, args: form.args }
  if ('run' in form) return { verb: 'run', macro: form.run, args: form.args }
  // only the hub knows its runs: it refuses an id that is none
  if ('cancel' in form) return { verb: 'cancel', run: form.cancel as RunId }
  return { verb: 'hold', on: form.hold }
}

/** The step that a checked short form stands for. */
export function stepOf(form: StepForm): Step {
  if ('wait' in form) return { waitMs: form.wait }
  if ('until' in form)
    return {
      until: { device: form.until, path: form.path, equals: form.equals },
      withinMs: form.within,
    }
  if ('link' in form)
    return { until: { device: form.link, up: form.is === 'up' }, withinMs: form.within }
  return { do: intentOf(form) }
}
