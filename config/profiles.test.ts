import t from 'tap'
import { loadConfig } from './load.ts'
import { parts } from './parts.contract.ts'
import type { MacroId } from '../intents/id.ts'

const shelf = {
  names: ['go-live'],
  text: (name: string) =>
    name === 'go-live'
      ? `
title: t
description: d
start: go_live
roles: { mixer: Mixes., sign: Says so. }
parameters:
  level: { description: How loud., default: 0.5 }
  cue: { description: Which., default: main }
  pause: { description: How long., default: 1s }
macros:
  go_live:
    onFailure: stop
    steps:
      - { set: mixer, path: /level, value: '{level}' }
      - { wait: '{pause}' }
      - { do: both_on }
intents:
  both_on:
    - { fire: sign, action: '/cue/{cue}/{unknown}', args: { device: mixer } }
`
      : null,
}

const devices = `
site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9000 }
  lamp: { protocol: osc, host: 127.0.0.1, port: 9001 }
`
const load = (rest: string) =>
  loadConfig(`${devices}${rest}`, 'infra.yaml', { ...parts, profiles: shelf })
const faults = (rest: string) => {
  const loaded = load(rest)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message)
}
const bound = `profiles: { go-live: { roles: { mixer: desk, sign: lamp }, parameters: { level: 1, pause: 20ms } } }`

void t.test('a profile that is bound is there as if its macros stood in the config', async (t) => {
  const loaded = load(`${bound}
pages: { 1: { 0/0: { text: GO, press: { run: go_live } } } }
`)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
  const { macros, intents } = loaded.config
  t.match(macros.get('go_live' as MacroId)?.steps, [
    { do: { verb: 'set', device: 'desk', path: '/level', value: 1 } },
    { waitMs: 20 },
    { do: { verb: 'do', name: 'both_on' } },
  ])
  t.match(JSON.stringify(intents.get('both_on')), '"device":"lamp"')
  t.match(JSON.stringify(intents.get('both_on')), '"device":"desk"')
  t.match(JSON.stringify(intents.get('both_on')), '/cue/main/{unknown}')
})

void t.test(
  'a role that nobody fills is an error at its profile, and says what helps',
  async (t) => {
    t.match(faults(`profiles: { go-live: { roles: { mixer: desk } } }`), [
      /^infra\.yaml:6:13 profiles\.go-live\.roles\.sign: expected a device of this file \(infra profile check go-live/,
    ])
  },
)

void t.test('what the profile or the site does not have is an error', async (t) => {
  t.match(faults(`profiles: { go-love: {} }`), [/a profile \(did you mean "go-live"\?\)/])
  t.match(faults(bound.replace('mixer: desk', 'mixer: deks')), [/did you mean "desk"/])
  t.match(faults(bound.replace('level: 1', 'levle: 1')), [
    /one of its parameters \(did you mean "level"/,
  ])
  t.match(faults(bound.replace('sign: lamp', 'sign: lamp, sing: lamp')), [/one of its roles/])
  t.match(faults(bound.replace('20ms', 'soon')), [/go_live\.steps\[1\].*a duration/])
})

void t.test('a macro of the same name is an error, and nothing is written over', async (t) => {
  const own = 'macros: { go_live: { onFailure: stop, steps: [{ wait: 1s }] } }'
  t.match(faults(`${bound}\n${own}`), [/that nothing else is called macros\.go_live/])
})
