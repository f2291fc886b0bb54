import t from 'tap'
import { parts } from '../hub/core.contract.ts'
import { loadConfig } from './load.ts'

const base = `site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
variables:
  on_air: { type: boolean, default: false, description: Red light }
  count: { type: number, default: 0 }
  guest: { default: null }
`

/** The faults of a config, without the file's name. */
const faults = (text: string): readonly string[] => {
  const loaded = loadConfig(text, 'infra.yaml', parts.config)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message.slice('infra.yaml:'.length))
}

void t.test(
  'variables are declared with a type and a default, and used like a device',
  async (t) => {
    const good = `${base}
macros:
  go:
    onFailure: stop
    steps:
      - { set: site, path: count, value: { expr: site.count + 1 } }
      - { until: site, path: on_air, equals: true, within: 5s }
pages: { 1: { 0/0: { text: AIR, press: { set: site, path: on_air, value: true }, lit: { device: site, path: on_air, equals: true } } } }
triggers: { a: { on: { variable: count, above: 3, reset: 1 }, when: 'site.on_air && has(site.guest)', run: go } }
`
    t.same(faults(good), [])
    t.match(loadConfig(good, 'infra.yaml', parts.config), {
      config: {
        variables: new Map([
          ['on_air', { type: 'boolean', default: false, description: 'Red light' }],
        ]),
        triggers: [
          { on: { kind: 'state', device: 'site', path: 'count', test: { is: 'above', reset: 1 } } },
        ],
      },
    })
  },
)

void t.test(
  'what is wrong with a variable, or a use of one, is said where it stands',
  async (t) => {
    const macro = (step: string) => `${base}macros: { go: { onFailure: stop, steps: [${step}] } }\n`
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        'site: s\nvariables: { a: { type: number, default: low } }',
        /a\.default: expected a number, as a is declared, found "low"/,
      ],
      [
        'site: s\nvariables: { a: { type: number } }',
        /a\.default: expected a value, found nothing/,
      ],
      [
        'site: s\nvariables: { a: { type: int, default: 1 } }',
        /expected string, number, boolean or any/,
      ],
      ['site: s\nvariables: { a-b: { default: 1 } }', /a name of letters, digits and "_"/],
      [
        'site: s\ndevices: { site: { protocol: osc, host: h, port: 9 } }',
        /^2:12 devices\.site: expected another name/,
      ],
      [
        macro('{ set: site, path: cuont, value: 1 }'),
        /path: expected a variable of this file \(did you mean "count"\?\)/,
      ],
      [
        macro('{ set: site, path: count, value: "1" }'),
        /value: expected a number, as count is declared, found "1"/,
      ],
      [
        macro('{ until: site, path: on_air, equals: 1, within: 1s }'),
        /equals: expected true or false/,
      ],
      [macro('{ fire: site, action: go }'), /fire: expected a device: site has variables/],
      [
        macro('{ untilTrue: "1 > 2 || site.onair", within: 1s }'),
        /^8:64 .*expected a variable of this file .*"on_air".*found site\.onair/,
      ],
      [
        `${macro('{ wait: 1ms }')}triggers: { a: { on: { variable: cont }, run: go } }`,
        /on\.variable: expected a variable of this file \(did you mean "count"/,
      ],
      [
        `${macro('{ wait: 1ms }')}triggers: { a: { on: { variable: on_air, equals: 3 }, run: go } }`,
        /on\.equals: expected true or false/,
      ],
      [
        `${base}witness: { personal: [guest] }`,
        /witness\.personal: expected nothing that is the name of a variable/,
      ],
      [
        'site: s\ntriggers: { a: { on: { hub: start }, run: go, when: site.x } }\nmacros: { go: { onFailure: stop, steps: [{ set: site, path: x, value: 1 }] } }',
        /a variable of this file \(there is none\)/,
      ],
    ]
    for (const [text, wanted] of cases) t.match(faults(text).join('\n'), wanted)
  },
)
