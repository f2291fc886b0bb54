import t from 'tap'
import { parts } from '../hub/core.contract.ts'
import { loadConfig } from './load.ts'

const base = `site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
macros:
  alarm: { onFailure: stop, args: { level: { type: number }, who: { type: string, default: anna } }, steps: [{ wait: 1ms }] }
  any: { onFailure: stop, steps: [{ wait: 1ms }] }
`
/** The faults of a config, without the file's name. */
const faults = (text: string): readonly string[] => {
  const loaded = loadConfig(base + text, 'infra.yaml', parts.config)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message.slice('infra.yaml:'.length))
}
const trigger = (rest: string) => `triggers: { t: { on: { hub: start }, ${rest} } }\n`

void t.test('a trigger that names what its macro wants is right, computed or not', async (t) => {
  t.same(faults(trigger('run: alarm, args: { level: 3 }')), [])
  t.same(faults(trigger('run: alarm, args: { level: { expr: 1 + 1 }, who: ben }')), [])
  t.same(faults(trigger('run: any, args: { what: ever }')), [], 'who declares nothing takes all')
  t.same(
    faults(`pages: { 1: { 0/0: { press: { fire: desk, action: /x, args: { run: alarm } } } } }\n`),
    [],
    'what a device gets is its own business',
  )
})

void t.test('where the arguments of a macro do not fit is said where they stand', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      trigger('run: alarm'),
      /^7:43 triggers\.t\.args\.level: expected what the macro wants \(alarm needs level, a number\), found nothing/,
    ],
    [
      trigger('run: alarm, args: { level: loud }'),
      /t\.args\.level: .*level of alarm must be a number.*found "loud"/,
    ],
    [
      trigger('run: alarm, args: { level: 1, lvl: 2 }'),
      /t\.args\.lvl: .*alarm has no argument lvl/,
    ],
    [trigger('run: alarm, args: [1]'), /t\.args: .*takes its arguments by name: level, who/],
    ['schedules: { s: { every: 1h, run: alarm } }\n', /schedules\.s\.args\.level/],
    [
      'pages: { 1: { 0/0: { press: { run: alarm, args: { level: true } } } } }\n',
      /pages\.1\.0\/0\.press\.args\.level/,
    ],
    ['intents: { loud: [{ run: alarm }] }\n', /intents\.loud\[0\]\.args\.level/],
    [
      '  more: { onFailure: { run: alarm }, steps: [{ wait: 1ms }] }\n',
      /macros\.more\.onFailure\.args\.level/,
    ],
    [
      '  more: { onFailure: stop, steps: [{ try: [{ run: alarm, args: { who: 3, level: 1 } }] }] }\n',
      /steps\[0\]\.try\[0\]\.args\.who/,
    ],
    [
      '  more: { onFailure: stop, args: { n: { type: number, default: x } }, steps: [{ wait: 1ms }] }\n',
      /more\.args\.n\.default: expected a number, found "x"/,
    ],
    [
      '  more: { onFailure: stop, args: { trigger: {} }, steps: [{ wait: 1ms }] }\n',
      /more\.args\.trigger: expected another name/,
    ],
  ]
  for (const [text, wanted] of cases) t.match(faults(text).join('\n'), wanted, text)
})
