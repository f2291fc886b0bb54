import t from 'tap'
import type { MacroId } from '../intents/id.ts'
import { loadConfig } from './load.ts'
import { parts } from './parts.contract.ts'

const load = (intents: string) =>
  loadConfig(
    `site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9000 }
  lamp: { protocol: osc, host: 127.0.0.1, port: 9001 }
intents:
${intents}`,
    'infra.yaml',
    parts,
  )
const parted = (intents: string) => {
  const loaded = load(intents)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
  return loaded.config
}
const faults = (intents: string) => {
  const loaded = load(intents)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message)
}
const list = `
    - { set: desk, path: /level, value: 0 }
    - { fire: lamp, action: /off }
    - { fire: lamp, action: /park }`

void t.test(
  'a device does it otherwise where the named intent says so, or not at all',
  async (t) => {
    const plain = parted(`  dark: ${list}`).intents.get('dark')
    t.same(
      plain?.map((each) => 'device' in each && each.device),
      ['desk', 'lamp', 'lamp'],
    )
    const dark = (override: string) =>
      parted(`  dark:\n    do: ${list}\n    override: ${override}`).intents.get('dark')
    t.match(dark('{ lamp: [{ fire: lamp, action: /dim, args: [10] }] }'), [
      { device: 'desk', path: '/level' },
      { device: 'lamp', action: '/dim' },
    ])
    t.equal(
      dark('{ lamp: [{ fire: lamp, action: /dim }] }')?.length,
      2,
      'once for all of its parts',
    )
    t.match(dark('{ lamp: skip }'), [{ device: 'desk' }])
    t.equal(dark('{ lamp: skip }')?.length, 1)
  },
)

void t.test('a part with a condition is a macro that looks when it is asked for', async (t) => {
  const { intents, macros } = parted(`  dark:
    - { set: desk, path: /level, value: 0 }
    - { fire: lamp, action: /off, when: { device: desk, path: /show, equals: false } }`)
  t.match(intents.get('dark'), [{ verb: 'set' }, { verb: 'run', macro: 'dark_when_2' }])
  t.match(macros.get('dark_when_2' as MacroId), {
    onFailure: 'stop',
    steps: [
      {
        if: { device: 'desk', path: '/show', equals: false },
        then: [{ do: { verb: 'fire', device: 'lamp', action: '/off' } }],
      },
    ],
  })
})

void t.test('what is wrong in it is said where it stands', async (t) => {
  t.match(faults(`  dark:\n    do: ${list}\n    override: { lmap: skip }`), [
    /^infra\.yaml:11:17 intents\.dark\.override\.lmap: expected a device that its list names \(did you mean "lamp"/,
  ])
  t.match(
    faults('  dark: [{ fire: lamp, action: /off, when: { device: dekc, path: /x, equals: 1 } }]'),
    [/^infra\.yaml:6:\d+ .*the name of a device of this file/],
  )
  t.match(faults('  dark: []'), [/^infra\.yaml:6:\d+ intents\.dark/])
  t.match(faults('  dark: { do: 1 }'), [/^infra\.yaml:6:\d+ intents\.dark/])
})
