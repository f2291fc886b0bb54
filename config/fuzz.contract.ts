import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { load } from './parts.contract.ts'
import { resolveSecrets } from './secret.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'configs (YAML)',
    seeds: [
      'site: s\ndevices:\n  desk: { protocol: osc, port: 9000 }\npages: { 1: { 0/0: { press: { fire: desk, action: /a } } } }\n',
      'site: &a [*a, "x"]\nmacros: !!set {a, b}\n? [k]\n: |\n  text\n',
      'site: s\nmacros:\n  m: { onFailure: stop, steps: [ { wait: 5s }, { until: desk, path: a, equals: 1, within: 1m } ] }\n',
      'schedules: { a: { cron: "*/5 * * * *", zone: Europe/Berlin, run: m }, b: { every: 1h, run: m } }\n',
      '{"site":"s","http":{"host":"0.0.0.0","port":"x"}}',
      `site: ${'['.repeat(40)}`,
    ],
    open: () => (bytes) => {
      const loaded = load(bytes.toString())
      if (!loaded.ok && loaded.faults.length === 0) throw new Error('refused, and nobody knows why')
    },
  },
  {
    name: 'secrets in a config',
    seeds: ['${env:INFRAFABRIC_NO_SUCH}', 'a ${env:X} b $${env:Y}', '${file:', '${env:}'],
    open: () => (bytes) => {
      const resolved = resolveSecrets({ token: bytes.toString() }, {}, () => 'hidden')
      if (!resolved.ok && resolved.detail.includes('hidden')) throw new Error('it tells a secret')
    },
  },
]
