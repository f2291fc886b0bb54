import { Type, type Static, type TProperties } from 'typebox'
import type { DeviceId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { valueTypes, type ValueType } from '../intents/value-type.ts'

// How the config writes intents: short forms, chosen by their first key.

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

/** What an argument of a macro or a variable of the site must be. */
export const valueType = Type.Unsafe<ValueType>({
  enum: [...valueTypes],
  default: 'any',
  description: 'What it must be.',
  'x-expected': 'string, number, boolean or any',
})

const word = (description: string) =>
  Type.String({ minLength: 1, maxLength: 512, description, 'x-expected': 'a word' })

/** The forms of an intent, with what else the mapping may have. `values`: what an argument or value may be. */
export function intentFormsWith<More extends TProperties>(values: object, more: More) {
  const closed = { additionalProperties: false } as const
  const args = Type.Unsafe<Json>({
    ...anyJson('Arguments: a mapping or a list, as the action wants them.', {}),
    ...values,
  })
  return [
    Type.Object(
      {
        fire: deviceName,
        action: word('What to do: the device’s own word, a standard action, or an OSC address.'),
        args,
        ...more,
      },
      { ...closed, description: 'Momentary: do this once.' },
    ),
    Type.Object(
      {
        set: deviceName,
        path: word('What to set: a path of the device, or an OSC address.'),
        value: Type.Unsafe<Json>({ ...anyJson('The value to set.'), ...values }),
        ...more,
      },
      { ...closed, description: 'Lasting: the last value wins.' },
    ),
    Type.Object(
      {
        do: Type.String({
          description: 'A named intent of this file, or a standard action.',
          'x-expected': 'a named intent of this file or a standard action',
          'x-ref': 'intent',
        }),
        args,
        ...more,
      },
      { ...closed, description: 'A named intent.' },
    ),
    Type.Object({ run: macroName, args, ...more }, { ...closed, description: 'Start a macro.' }),
    Type.Object(
      { cancel: word('The id of the run to stop.'), ...more },
      { ...closed, description: 'Stop a run of a macro.' },
    ),
    Type.Object(
      {
        hold: Type.Boolean({ description: 'true stops every device; false lets them go on.' }),
        ...more,
      },
      { ...closed, description: 'The panic stop.' },
    ),
  ] as const
}

const intentForms = intentFormsWith({}, {})

export const intentForm = Type.Union([...intentForms], {
  description: 'An intent: fire, set, do, run, cancel or hold.',
  'x-expected': 'an intent with one of the keys fire, set, do, run, cancel, hold',
})
export type IntentForm = Static<typeof intentForm>

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
