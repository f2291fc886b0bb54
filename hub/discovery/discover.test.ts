import t from 'tap'
import { discoveredOf } from './discover.ts'

void t.test('of what is announced only that is shown which an adapter takes for its own', (t) => {
  const ha = { service: 'home-assistant', transport: 'tcp' } as const
  const txtOf = (name: string) =>
    new Map(
      name === 'a hub'
        ? [
            ['site', 'studio-a'],
            ['hub', 'hub-a'],
          ]
        : [['hub', 'of a lamp']],
    )
  const announced = (name: string) => ({ name, host: '10.0.0.4', port: 8123, txt: txtOf(name) })
  const discovery = {
    ...ha,
    optionsOf: ({ name, host }: { readonly name: string; readonly host: string }) =>
      name === 'installing' ? null : { host },
  }
  const other = { protocol: 'osc', discovery: { ...discovery, service: 'osc' } }
  const found = ['Home', 'installing', 'a hub', 'Attic'].map((name) => ({
    wanted: ha,
    announced: announced(name),
  }))
  t.strictSame(
    discoveredOf(found, [{ protocol: 'ha', discovery }, other]).map(
      ({ name, protocol, options }) => [name, protocol, options],
    ),
    [
      ['Attic', 'ha', { host: '10.0.0.4' }],
      ['Home', 'ha', { host: '10.0.0.4' }],
    ],
  )
  t.end()
})
