import t from 'tap'
import { configFrom } from '../hub/core.contract.ts'
import { stepForm } from '../config/step.ts'
import {
  abort,
  ask,
  assign,
  attempt,
  cancel,
  checkpoint,
  choose,
  expr,
  fire,
  forEach,
  hold,
  link,
  macro,
  named,
  note,
  repeat,
  repeatWhile,
  reports,
  run,
  set,
  together,
  until,
  wait,
  waitUntil,
  when,
} from './build.ts'
import type { Macro, Step } from './macro.ts'

// What is written in YAML and what is written in TypeScript is the same data.

const config = (macros: string) =>
  configFrom(`site: s
devices: { desk: { protocol: osc, host: 127.0.0.1, port: 9 } }
macros:
  other: { onFailure: stop, steps: [{ note: here }] }
${macros}`).macros

const stepOf = (yaml: string) =>
  config(`  m: { onFailure: stop, steps: [${yaml}] }\n`).get('m' as Macro['id'])?.steps[0]

const isHot = reports('desk', '/t', 5)

/** Each form of a step with all its keys, and with as few as it may have. */
const forms: readonly (readonly [yaml: string, built: Step])[] = [
  ['{ fire: desk, action: /go }', fire('desk', '/go')],
  [
    '{ fire: desk, action: /go, args: [1, { expr: args.n }], waitFor: confirmed, within: 2s }',
    fire('desk', '/go', [1, expr('args.n')], { waitFor: 'confirmed', within: '2s' }),
  ],
  ['{ set: desk, path: /level, value: 0.5 }', set('desk', '/level', 0.5)],
  [
    '{ do: light.set, args: { light: key, level: 1 } }',
    named('light.set', { light: 'key', level: 1 }),
  ],
  ['{ run: other }', run('other')],
  ['{ run: other, args: { n: 1 } }', run('other', { n: 1 })],
  [
    '{ cancel: 01890a5d-ac96-774b-bcce-b302099a8057 }',
    cancel('01890a5d-ac96-774b-bcce-b302099a8057'),
  ],
  ['{ hold: true }', hold(true)],
  ['{ wait: 1.5s }', wait('1.5s')],
  ['{ wait: 500ms, jitter: 100 }', wait('500ms', 100)],
  ['{ waitUntil: "18:30" }', waitUntil('18:30')],
  ['{ waitUntil: "18:30:15", zone: Europe/Berlin }', waitUntil('18:30:15', 'Europe/Berlin')],
  ['{ until: desk, path: /t, equals: 5, within: 1m }', until(isHot, '1m')],
  ['{ link: desk, is: up, within: 5s }', until(link('desk', 'up'), '5s')],
  ['{ link: desk, is: down, within: 2h }', until(link('desk', 'down'), '2h')],
  ['{ untilTrue: 1 < 2, within: 1s }', until('1 < 2', '1s')],
  ['{ if: 1 < 2, then: [{ wait: 1s }] }', when('1 < 2', [wait('1s')])],
  [
    '{ if: { device: desk, path: /t, equals: 5 }, then: [{ wait: 1s }], else: [{ note: no }], within: 1m }',
    when(isHot, [wait('1s')], [note('no')], { within: '1m' }),
  ],
  ['{ choose: [{ when: 1 < 2, steps: [{ note: a }] }] }', choose([['1 < 2', [note('a')]]])],
  [
    '{ choose: [{ when: { link: desk, is: up }, steps: [{ note: a }] }, { when: 1 < 2, steps: [{ note: b }] }], otherwise: [{ note: c }] }',
    choose(
      [
        [link('desk', 'up'), [note('a')]],
        ['1 < 2', [note('b')]],
      ],
      [note('c')],
    ),
  ],
  ['{ repeat: 3, steps: [{ wait: 1s }] }', repeat(3, [wait('1s')])],
  ['{ repeat: args.n, steps: [{ wait: 1s }] }', repeat('args.n', [wait('1s')])],
  ['{ while: 1 < 2, steps: [{ wait: 1s }] }', repeatWhile('1 < 2', [wait('1s')])],
  [
    '{ forEach: [1, b, { c: 2 }], as: item, steps: [{ note: each }] }',
    forEach([1, 'b', { c: 2 }], 'item', [note('each')]),
  ],
  [
    '{ forEach: args.list, as: item, steps: [{ note: each }] }',
    forEach('args.list', 'item', [note('each')]),
  ],
  ['{ together: [[{ note: a }], [{ note: b }]] }', together([[note('a')], [note('b')]])],
  [
    '{ together: [[{ note: a }]], finish: first, limit: 2, within: 1s }',
    together([[note('a')]], { finish: 'first', limit: 2, within: '1s' }),
  ],
  ['{ try: [{ note: a }] }', attempt([note('a')], {})],
  [
    '{ try: [{ note: a }], recover: [{ note: b }], always: [{ note: c }] }',
    attempt([note('a')], { recover: [note('b')], always: [note('c')] }),
  ],
  ['{ ask: Go?, within: 30s }', ask('Go?', '30s')],
  [
    '{ ask: Go?, within: 30s, choices: [a, b], otherwise: b, as: said, name: door }',
    ask('Go?', '30s', { choices: ['a', 'b'], otherwise: 'b', as: 'said', name: 'door' }),
  ],
  ['{ checkpoint: on air }', checkpoint('on air')],
  ['{ note: here, name: mark }', note('here', { name: 'mark' })],
  ['{ abort: enough }', abort('enough')],
  ['{ let: { a: 1, b: { expr: vars.a + 1 } } }', assign({ a: 1, b: expr('vars.a + 1') })],
  [
    '{ set: desk, path: /a, value: 1, name: up, retry: { times: 2, every: 1s }, onFailure: { run: other }, undo: [{ set: desk, path: /a, value: 0 }] }',
    set('desk', '/a', 1, {
      name: 'up',
      retry: { times: 2, every: '1s' },
      onFailure: { run: 'other' },
      undo: [set('desk', '/a', 0)],
    }),
  ],
  ['{ note: a, onFailure: compensate }', note('a', { onFailure: 'compensate' })],
]

void t.test('each form of a step gives the same data in YAML and in TypeScript', async (t) => {
  for (const [yaml, built] of forms) t.same(stepOf(yaml), built, yaml)
  t.notSame(stepOf('{ wait: 1s }'), wait('2s'), 'control: another duration is other data')
})

void t.test('no form of a step and none of its keys is left out', async (t) => {
  const keys = stepForm.anyOf.flatMap((form) => Object.keys(form.properties))
  const written = new Set(forms.flatMap(([yaml]) => yaml.match(/\w+(?=:)/g) ?? []))
  t.ok(keys.length > 50, 'control: they were found')
  for (const key of keys) t.ok(written.has(key), key)
})

void t.test('a macro gives the same data, too, with the defaults of the config', async (t) => {
  const steps = [note('a')]
  for (const [yaml, built] of [
    ['{ onFailure: stop, steps: [{ note: a }] }', macro('m', steps, { onFailure: 'stop' })],
    [
      `{ onFailure: { run: other }, onCrash: ask, resumeWithin: 12h, onCancel: compensate, args: { n: { type: number, default: 1 } },
         concurrency: { queue: 2 }, limits: { steps: 50, within: 1h }, steps: [{ note: a }] }`,
      macro('m', steps, {
        onFailure: { run: 'other' },
        onCrash: 'ask',
        resumeWithin: '12h',
        onCancel: 'compensate',
        args: { n: { type: 'number', default: 1 } },
        concurrency: { policy: 'queue', most: 2 },
        limits: { steps: 50, within: '1h' },
      }),
    ],
  ] as const)
    t.same(config(`  m: ${yaml}\n`).get(built.id), built, yaml)
})

void t.test('a duration that is none is refused where it is written', async (t) => {
  t.throws(() => wait('1e3s'), /1e3s is no duration such as 500ms/)
  t.throws(() => wait('200h'), /at most 168h/)
  t.throws(() => wait(-1), /-1 is no duration/)
  // @ts-expect-error: the compiler refuses it, too
  t.throws(() => wait('soon'), /soon is no duration/)
})
