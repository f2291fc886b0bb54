import { Type, type Static } from 'typebox'
import { siteDevice } from '../intents/id.ts'
import { isObject, type Json } from '../intents/json.ts'
import { outcomes, type Outcome } from '../intents/outcome.ts'
import type { Source, Test, Trigger } from '../macros/trigger/trigger.ts'
import { type CheckRun, note } from './check.ts'
import { duration } from './duration.ts'
import { anyJson, deviceName, macroName } from './form.ts'
import type { Located } from './source.ts'
import { number, oneOf, start, text } from './start.ts'

// How the config writes triggers.

const closed = { additionalProperties: false } as const

const verbs = ['any', 'fire', 'set', 'do', 'run', 'cancel', 'hold'] as const
const filter = {
  device: Type.Optional(deviceName),
  name: Type.Optional(text('The action, path, named intent or macro. Default: any.')),
}
const several = <const T extends string>(words: readonly T[], description: string) =>
  Type.Union(
    [
      oneOf(words, description),
      Type.Array(oneOf(words, description), { minItems: 1, maxItems: 20 }),
    ],
    {
      description,
      'x-expected': `one of ${words.join(', ')}, or a list of them`,
    },
  )

/** Of a value; left out: any other value than before. */
const test = {
  equals: Type.Optional(anyJson('Fires when it comes to this value.')),
  above: Type.Optional(number('Fires when it comes above this.')),
  below: Type.Optional(number('Fires when it comes below this.')),
  reset: Type.Optional(number('It may fire again when it was back here. Default: the limit.')),
}

const onForm = Type.Union(
  [
    Type.Object({ intent: oneOf(verbs, 'An intent of this kind is accepted.'), ...filter }, closed),
    Type.Object(
      {
        outcome: several(outcomes, 'An intent ends like this.'),
        verb: Type.Optional(oneOf(verbs, 'Of this kind. Default: any.')),
        ...filter,
      },
      closed,
    ),
    Type.Object(
      {
        state: deviceName,
        path: text('What the device reports.'),
        ...test,
      },
      closed,
    ),
    Type.Object(
      { link: deviceName, is: oneOf(['up', 'down'], 'Its link comes up, or goes down.') },
      closed,
    ),
    Type.Object(
      {
        variable: Type.String({
          description: 'A variable of the site.',
          'x-expected': 'a variable of this file',
          'x-ref': 'variable',
        }),
        ...test,
      },
      closed,
    ),
    Type.Object({ webhook: text('What is posted to /api/v1/webhooks/NAME.') }, closed),
    Type.Object(
      {
        mqtt: text('The topic; + and # as MQTT has them.'),
        broker: Type.String({
          pattern: '^(mqtts?://.+|.*\\$\\{(env|file):[^}]+\\}.*)$',
          maxLength: 2000,
          description: 'Its URL, or a reference to it.',
          'x-expected': 'a URL such as mqtt://127.0.0.1:1883, or a reference such as ${env:BROKER}',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        osc: Type.String({
          pattern: '^/',
          maxLength: 500,
          description: 'The OSC address.',
          'x-expected': 'an OSC address such as /go',
        }),
        port: Type.Integer({
          minimum: 1,
          maximum: 65535,
          description: 'The UDP port, on loopback.',
        }),
      },
      closed,
    ),
    Type.Object({ file: text('The path of a file that comes, goes or changes.') }, closed),
    Type.Object({ hub: oneOf(['start'], 'A hub of the site starts.') }, closed),
    Type.Object(
      {
        ended: macroName,
        as: Type.Optional(
          several(['done', 'stopped', 'cancelled'], 'How the run ends. Default: any.'),
        ),
      },
      closed,
    ),
  ],
  {
    description: 'What it listens to.',
    'x-expected':
      'one of the keys intent, outcome, state, link, variable, webhook, mqtt, osc, file, hub, ended',
  },
)

export const triggerForm = Type.Object(
  {
    on: onForm,
    ...start,
    for: duration('It must hold, or be quiet, for so long first.', '0ms'),
    coolDown: duration('After it has fired, nothing for so long.', '0ms'),
  },
  { ...closed, description: 'Starts a macro when something happens.' },
)
export type TriggerForm = Static<typeof triggerForm>

export function triggerOf(name: string, form: TriggerForm): Trigger {
  return {
    name,
    on: sourceOf(form.on),
    when: form.when ?? null,
    run: form.run,
    args: form.args,
    forMs: form.for,
    coolDownMs: form.coolDown,
    lateMs: form.late,
  }
}

function sourceOf(on: TriggerForm['on']): Source {
  if ('intent' in on) return { kind: 'intent', filter: filterOf(on.intent, on.device, on.name) }
  if ('outcome' in on) {
    const ends: readonly Outcome[] = listOf(on.outcome)
    return { kind: 'outcome', filter: filterOf(on.verb, on.device, on.name), ends }
  }
  if ('state' in on) return { kind: 'state', device: on.state, path: on.path, test: testOf(on) }
  if ('variable' in on)
    return { kind: 'state', device: siteDevice, path: on.variable, test: testOf(on) }
  if ('link' in on) return { kind: 'link', device: on.link, up: on.is === 'up' }
  if ('webhook' in on) return { kind: 'signal', way: 'webhook', name: on.webhook, from: null }
  if ('mqtt' in on) return { kind: 'signal', way: 'mqtt', name: on.mqtt, from: on.broker }
  if ('osc' in on) return { kind: 'signal', way: 'osc', name: on.osc, from: String(on.port) }
  if ('file' in on) return { kind: 'signal', way: 'file', name: on.file, from: null }
  if ('hub' in on) return { kind: 'start' }
  return { kind: 'run', macro: on.ended, ends: listOf(on.as ?? ['done', 'stopped', 'cancelled']) }
}

type StateForm = Pick<
  Extract<TriggerForm['on'], { readonly state: unknown }>,
  'equals' | 'above' | 'below' | 'reset'
>

function testOf({ equals, above, below, reset }: StateForm): Test {
  if (above !== undefined) return { is: 'above', limit: above, reset: reset ?? above }
  if (below !== undefined) return { is: 'below', limit: below, reset: reset ?? below }
  return equals === undefined ? { is: 'change' } : { is: 'equal', to: equals }
}

type Filter = Extract<Source, { readonly kind: 'intent' }>['filter']

function filterOf(
  verb: (typeof verbs)[number] | undefined,
  device?: Filter['device'],
  name?: string,
): Filter {
  return {
    verb: verb === undefined || verb === 'any' ? null : verb,
    device: device ?? null,
    name: name ?? null,
  }
}

function listOf<T extends string>(one: T | readonly T[]): readonly T[] {
  return typeof one === 'string' ? [one] : one
}

/** Reports what no form can say: two tests of one value, and a way back that is none. */
export function checkTriggers(run: CheckRun, root: Located): void {
  for (const [name, spot] of root.entries?.get('triggers')?.entries ?? []) {
    const on = spot.entries?.get('on')
    if (on === undefined || !isObject(on.value)) continue
    if (on.value['state'] === undefined && on.value['variable'] === undefined) continue
    const { above, below, equals, reset } = on.value
    const path = ['triggers', name, 'on']
    if ([above, below, equals].filter((test) => test !== undefined).length > 1)
      note(run, on.at, path, 'one of above, below and equals', 'several of them')
    if (reset !== undefined && !isBack(reset, above, below))
      note(
        run,
        on.entries?.get('reset')?.at ?? on.at,
        [...path, 'reset'],
        'a number on the other side of the limit',
        JSON.stringify(reset),
      )
  }
}

function isBack(reset: Json, above: Json | undefined, below: Json | undefined): boolean {
  if (typeof reset !== 'number') return false
  if (typeof above === 'number') return reset <= above
  return typeof below === 'number' && reset >= below
}
