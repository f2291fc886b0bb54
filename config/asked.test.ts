import t from 'tap'
import { intentFaultOf } from '../hub/configure.ts'
import { parts } from '../hub/core.contract.ts'
import { loadConfig } from './load.ts'

const intentFault = intentFaultOf(parts)

const load = (step: string, more = { intentFault }) =>
  loadConfig(
    `site: s
devices:
  mypro: { protocol: vmix, host: 127.0.0.1 }
  relay: { protocol: tcp, host: 127.0.0.1, port: 9, actions: { on: "ON {n}" } }
macros:
  go:
    onFailure: stop
    steps:
      - ${step}
`,
    'infra.yaml',
    { ...parts.config, ...more },
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
