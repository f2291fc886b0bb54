import t from 'tap'
import { parts } from '../hub/core.contract.ts'
import { loadConfig } from './load.ts'

const base = `site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
macros:
  go: { onFailure: stop, steps: [{ wait: 1ms }] }
`
const load = (text: string) => loadConfig(base + text, 'infra.yaml', parts.config)

/** The faults of a config, without the file's name. */
const faults = (text: string): readonly string[] => {
  const loaded = load(text)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message.slice('infra.yaml:'.length))
}

void t.test('triggers and schedules are read with their defaults', async (t) => {
  const loaded = load(`triggers:
  hot: { on: { state: desk, path: /t, below: 3 }, run: go }
  bad: { on: { outcome: [failed, unknown] }, run: go, for: 2s, coolDown: 1m }
schedules:
  dusk: { sun: sunset, latitude: 52.5, longitude: 13.4, before: 15m, run: go }
  shows: { calendar: shows.ics, run: go, missed: all }
`)
  t.match(loaded, {
    ok: true,
    config: {
      triggers: [
        {
          name: 'hot',
          on: { kind: 'state', test: { is: 'below', limit: 3, reset: 3 } },
          args: {},
          when: null,
          forMs: 0,
          lateMs: 60_000,
        },
        { on: { ends: ['failed', 'unknown'] }, forMs: 2000, coolDownMs: 60_000 },
      ],
      schedules: [
        { timing: { kind: 'sun', offsetMs: -900_000 }, missed: 'skip', lateMs: 60_000 },
        { timing: { kind: 'calendar-file', path: 'shows.ics', zone: 'UTC' }, missed: 'all' },
      ],
    },
  })
})

void t.test('what is wrong with a trigger or a schedule is said where it stands', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'triggers: { a: { on: { state: dsek, path: /t }, run: go } }',
      /on\.state: .*did you mean "desk"/,
    ],
    ['triggers: { a: { on: { hub: start }, run: gone } }', /a\.run: /],
    ['triggers: { a: { on: { nothing: 1 }, run: go } }', /one of the keys intent, outcome, state/],
    [
      'triggers: { a: { on: { state: desk, path: /t, above: 1, below: 0 }, run: go } }',
      /one of above, below and equals/,
    ],
    [
      'triggers: { a: { on: { state: desk, path: /t, above: 1, reset: 2 }, run: go } }',
      /other side of the limit/,
    ],
    [
      'triggers: { a: { on: { hub: start }, run: go, when: 1 + } }',
      /^6:\d+ triggers\.a\.when: expected an expression/,
    ],
    [
      'triggers: { a: { on: { hub: start }, run: go, args: { x: { expr: \'state("cam", "/a")\' } } } }',
      /expr: expected the name of a device/,
    ],
    [
      'schedules: { a: { cron: "61 * * * *", run: go } }',
      /schedules\.a\.cron: expected a cron pattern/,
    ],
    [
      'schedules: { a: { cron: "1 * * * *", zone: Mars/Base, run: go } }',
      /schedules\.a\.zone: expected a time zone/,
    ],
    ['schedules: { a: { once: tomorrow, run: go } }', /a time such as 2026-12-24/],
    ['schedules: { a: { sun: noon, latitude: 1, longitude: 1, run: go } }', /schedules\.a\.sun/],
    ['schedules: { a: { every: 10ms, run: go } }', /at least 1000ms/],
  ]
  for (const [text, wanted] of cases) {
    const found = faults(text)
    t.ok(
      found.some((fault) => wanted.test(fault)),
      `${text}: ${found.join(' | ')}`,
    )
  }
})
