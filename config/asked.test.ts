import t from 'tap'
import { intentFaultOf } from '../hub/configure.ts'
import { parts } from '../hub/core.contract.ts'
import { loadConfig } from './load.ts'

const intentFault = intentFaultOf(parts)

const loadFile = (text: string, more = { intentFault }) =>
  loadConfig(
    `site: s
devices:
  mypro: { protocol: vmix, host: 127.0.0.1 }
  relay: { protocol: tcp, host: 127.0.0.1, port: 9, actions: { on: "ON {n}" } }
${text}
`,
    'infra.yaml',
    { ...parts.config, ...more },
  )

const load = (step: string, more = { intentFault }) =>
  loadFile(
    `macros:
  go:
    onFailure: stop
    steps:
      - ${step}`,
    more,
  )

void t.test(
  'what a step asks of a device that does not take it is said where it stands',
  async (t) => {
    for (const [step, wanted] of [
      [
        '{ fire: mypro, action: Cutt }',
        /^infra\.yaml:9:\d+ macros\.go\.steps\[0\]\.action: expected what mypro takes .*Cut/,
      ],
      ['{ fire: relay, action: on }', /steps\[0\]\.action: expected what relay takes .*n/],
      [
        '{ set: mypro, path: recording, value: maybe }',
        /steps\[0\]\.value: expected what mypro takes/,
      ],
      [
        '{ set: mypro, path: recoding, value: true }',
        /steps\[0\]\.(?:path|value): expected what mypro takes .*recoding/,
      ],
      [
        '{ if: 1 < 2, then: [{ wait: 1s }, { fire: mypro, action: Cutt }] }',
        /steps\[0\]\.then\[1\]\.action/,
      ],
      ['{ note: a, undo: [{ fire: mypro, action: Cutt }] }', /steps\[0\]\.undo\[0\]\.action/],
    ] as const) {
      const loaded = load(step)
      t.match(loaded, { ok: false, faults: [{ message: wanted }] }, step)
    }
    t.match(
      load('{ fire: mypro, action: Cutt }', {} as never),
      { ok: true },
      'a hub starts, and refuses it then',
    )
  },
)

void t.test('what it takes, and what is computed, is no fault', async (t) => {
  for (const step of [
    '{ fire: mypro, action: Cut }',
    '{ fire: relay, action: on, args: { n: 1 } }',
    '{ fire: relay, action: on, args: { n: { expr: args.n } } }',
    '{ set: mypro, path: recording, value: { expr: 1 < 2 } }',
  ])
    t.match(load(step), { ok: true }, step)
})

void t.test('what a control asks of a device that does not take it, too', async (t) => {
  const control = (text: string) => loadFile(`pages:\n  1:\n    0/0: ${text}`)
  for (const [text, wanted] of [
    [
      '{ press: { fire: mypro, action: Cutt } }',
      /^infra\.yaml:7:\d+ pages\.1\.0\/0\.press\.action: expected what mypro takes .*Cut/,
    ],
    ['{ release: { fire: relay, action: on } }', /0\/0\.release\.action: expected .*n/],
    [
      '{ rotate-left: { set: mypro, path: recording, value: maybe } }',
      /0\/0\.rotate-left\.value: expected what mypro takes/,
    ],
    [
      '{ hold: { after: 1s, do: { fire: mypro, action: Cutt } } }',
      /0\/0\.hold\.do\.action: expected what mypro takes/,
    ],
  ] as const)
    t.match(control(text), { ok: false, faults: [{ message: wanted }] }, text)
  t.match(control('{ press: { fire: relay, action: on, args: { n: 1 } } }'), { ok: true })
})

void t.test(
  'and what a named intent does, also with a condition or in place of others',
  async (t) => {
    const named = (text: string) => loadFile(`intents:\n  all_off: ${text}`)
    for (const [text, wanted] of [
      [
        '[{ fire: relay, action: on }]',
        /^infra\.yaml:6:\d+ intents\.all_off\[0\]\.action: expected .*n/,
      ],
      [
        '[{ hold: false }, { fire: mypro, action: Cutt, when: { link: relay, is: up } }]',
        /^infra\.yaml:6:\d+ .*action: expected what mypro takes .*Cut/,
      ],
      [
        '{ do: [{ fire: mypro, action: Cut }], override: { mypro: [{ set: mypro, path: recoding, value: true }] } }',
        /^infra\.yaml:6:\d+ .*: expected what mypro takes .*recoding/,
      ],
    ] as const)
      t.match(named(text), { ok: false, faults: [{ message: wanted }] }, text)
    t.match(named('[{ fire: relay, action: on, args: { n: 1 } }]'), { ok: true })
  },
)
