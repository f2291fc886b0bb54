import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import type { MacroId } from '../../intents/id.ts'
import { configFrom, newData, parts } from '../core.contract.ts'
import { allProfiles, checkProfile, profileNamed } from './profile.ts'
import { dryProfile, dryWell } from './profile-dry.ts'

const devices = {
  vm: { protocol: 'vmix', host: '127.0.0.1' },
  obs: { protocol: 'obs', host: '127.0.0.1' },
  house: { protocol: 'ha', host: '127.0.0.1', token: '${env:NOBODY_LOOKS}', entities: ['light.*'] },
  desk: { protocol: 'osc', host: '127.0.0.1', port: 9000 },
}
/** Which device fills which role, in all of them. */
const fills: Readonly<Record<string, string>> = {
  switcher: 'vm',
  main: 'vm',
  first: 'vm',
  second: 'obs',
  spare: 'obs',
  recorder: 'obs',
  backup: 'obs',
  encoder: 'obs',
  lights: 'house',
  sign: 'house',
  beacon: 'house',
  messages: 'house',
  sensor: 'house',
  power: 'house',
  floor: 'house',
}

const named = [
  '3-camera-production',
  'camera-handover',
  'dual-production',
  'emergency-shutdown',
  'live-production',
  'live-streaming-studio',
  'motion-recording',
  'on-air-light',
  'production-alert',
  'production-start',
  'production-studio',
  'redundant-stream',
]

const rolesOf = (name: string) =>
  Object.fromEntries(Object.keys(profileNamed(name).roles).map((role) => [role, fills[role] ?? '']))

function file(t: Test, profiles: Record<string, unknown>): string {
  const path = join(newData(t), 'infra.yaml')
  writeFileSync(path, stringify({ site: 'studio', devices, profiles }))
  return path
}

void t.test('the profiles ship, and one config can bind them all', async (t) => {
  t.same(
    allProfiles().map(({ name }) => name),
    named,
  )
  const profiles = Object.fromEntries(named.map((name) => [name, { roles: rolesOf(name) }]))
  const { macros } = configFrom(JSON.stringify({ site: 'studio', devices, profiles }))
  for (const { name, start } of allProfiles())
    t.ok(macros.has(start as never), `${name} has ${start}`)
})

void t.test(
  'every profile is ready where its roles are filled, and its dry run goes through',
  async (t) => {
    for (const name of named) {
      const path = file(t, { [name]: { roles: rolesOf(name) } })
      t.match(await checkProfile(name, path), { ok: true }, `${name} is ready`)
      const dry = await dryProfile(name, path)
      t.equal(dry.failure, null, name)
      t.match(dry.outcome, /^(?:sent|confirmed)$/, name)
      t.ok(
        dry.steps.some(({ sent }) => sent.length > 0),
        `${name} would send something`,
      )
    }
  },
)

void t.test('the check says which role is not filled, and which devices could', async (t) => {
  const { lights: _, ...rest } = rolesOf('live-production')
  const found = await checkProfile(
    'live-production',
    file(t, { 'live-production': { roles: rest } }),
  )
  t.match(found, {
    ok: false,
    roles: [
      { role: 'switcher', device: 'vm', refuses: [], could: ['vm', 'obs'] },
      { role: 'recorder', device: 'obs', could: ['vm', 'obs'] },
      { role: 'lights', device: null, could: ['house'] },
      { role: 'sign', device: 'house' },
    ],
  })
})

void t.test('the check says what a device that was chosen would refuse', async (t) => {
  const roles = { ...rolesOf('live-production'), switcher: 'desk', sign: 'nobody' }
  const { ok, roles: found } = await checkProfile(
    'live-production',
    file(t, { 'live-production': { roles } }),
  )
  t.notOk(ok)
  t.same(found[0]?.refuses, ['switch.program: it does not offer that'])
  t.same(found[3]?.refuses, ['no device nobody'])
})

void t.test('the dry run prints what would be sent, in order, with times', async (t) => {
  const roles = rolesOf('3-camera-production')
  const path = file(t, { '3-camera-production': { roles, parameters: { shot: '4s' } } })
  const dry = await dryProfile('3-camera-production', path)
  const sent = dry.steps.flatMap((step) => step.sent.map(({ atMs, text }) => `${atMs} ${text}`))
  t.match(sent, [
    /^0 StartRecord/,
    /^0 .*PreviewInput.*Camera/,
    /^0 /,
    /^4000 .*PreviewInput/,
    /^4000 /,
    /^8000 .*PreviewInput/,
    /^8000 /,
    /^12000 /,
    /^12000 StopRecord/,
  ])
  t.equal(dry.tookMs, 12_000)
})

const nested = `
macros:
  show:
    onFailure: stop
    steps:
      - { ask: "On air?", within: 1h, otherwise: no }
      - repeat: 2
        steps: [ { set: desk, path: /round, value: { expr: vars.round } }, { wait: 2s } ]
      - if: { device: desk, path: /mode, equals: live }
        then: [ { set: desk, path: /never, value: 1 } ]
        else: [ { until: desk, path: /tape, equals: 1, within: 5s }, { set: desk, path: /roll, value: 1 } ]
      - { together: [ [ { wait: 3s }, { set: desk, path: /slow, value: 1 } ], [ { set: desk, path: /fast, value: 1 } ] ] }
      - { run: inner }
  inner:
    onFailure: stop
    steps: [ { try: [ { link: obs, is: down, within: 1h } ], always: [ { set: desk, path: /end, value: 1 } ] } ]
`

void t.test(
  'the dry run goes through waits, repeats, branches and questions inside others',
  async (t) => {
    const config = configFrom(`${stringify({ site: 'studio', devices })}${nested}`)
    const dry = await dryWell(parts, config, 'show' as MacroId)
    if ('refused' in dry) throw new Error(dry.refused)
    t.equal(dry.failure, null)
    t.equal(dry.tookMs, 7000)
    const at = ({ macro, place }: (typeof dry.steps)[number]) => `${macro} ${place}`
    t.strictSame(
      dry.steps.flatMap((step) => step.sent.map(({ atMs, text }) => `${atMs} ${at(step)} ${text}`)),
      [
        '0 show step 2.1 /round i:0',
        '2000 show step 2.1 /round i:1',
        '4000 show step 3.2 /roll i:1',
        '4000 show step 4.1 /fast i:1',
        '7000 show step 4.2 /slow i:1',
        '7000 inner step 1.1 /end i:1',
      ],
    )
    t.strictSame(dry.steps.map((step) => `${step.atMs}-${step.tookMs} ${at(step)}`).slice(0, 6), [
      '0-0 show step 1',
      '0-4000 show step 2',
      '0-0 show step 2.1',
      '0-2000 show step 2.2',
      '2000-0 show step 2.1',
      '2000-2000 show step 2.2',
    ])
  },
)

void t.test('a name that there is not is refused, with those that there are', async (t) => {
  t.throws(() => profileNamed('live'), /there is no profile live; there are: 3-camera-production, /)
  t.throws(() => profileNamed('../../package'), /there is no profile/)
  await t.rejects(
    dryProfile('production-alert', file(t, {})),
    /infra profile check production-alert/,
  )
})
