import { Type, type TObject } from 'typebox'
import { type ConfigParts, type LoadedConfig, loadConfig } from './load.ts'

// What tests of this folder give `loadConfig` in place of the hub's adapters: schemas of the same form as theirs.
// The real ones are loaded with demo.yaml where hub and adapters meet.

const port = (standard?: number) =>
  Type.Integer({
    minimum: 1,
    maximum: 65_535,
    description: 'Port',
    ...(standard === undefined ? {} : { default: standard }),
  })
const host = Type.String({ minLength: 1, default: '127.0.0.1', description: 'Host' })
const actions = Type.Record(Type.String(), Type.String(), { default: {}, description: 'Templates' })
const request = Type.Object({
  method: Type.Union([Type.Literal('GET'), Type.Literal('POST')], { default: 'POST' }),
  path: Type.String({ default: '/' }),
  json: Type.Optional(Type.Unknown()),
  lane: Type.Optional(Type.Literal('slow')),
})

export const adapters: ReadonlyMap<string, TObject> = new Map<string, TObject>([
  ['vmix', Type.Object({ host, port: port(8099), httpPort: port(8088) })],
  [
    'osc',
    Type.Object({
      host,
      port: port(),
      transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp')], { default: 'udp' }),
    }),
  ],
  ['tcp', Type.Object({ host, port: port(), actions })],
  ['udp', Type.Object({ host, port: port(), actions })],
  [
    'http',
    Type.Object({
      url: Type.String({ pattern: '^https?://', description: 'URL' }),
      token: Type.Optional(Type.String({ minLength: 1, 'x-secret': true })),
      actions: Type.Record(Type.String(), request, { default: {} }),
      tries: Type.Optional(Type.Integer({ multipleOf: 2 })),
    }),
  ],
  [
    'ha',
    Type.Object({
      host,
      port: port(8123),
      token: Type.String({ 'x-secret': true }),
      entities: Type.Array(Type.String()),
      pictures: Type.Record(
        Type.String(),
        Type.Object({ entity: Type.String(), everyMs: Type.Integer() }),
        {
          default: {},
          'x-pictures': true,
        },
      ),
    }),
  ],
])

export const surfaces: ReadonlyMap<string, TObject> = new Map<string, TObject>([
  ['osc', Type.Object({ host, port: port(12321) })],
  ['tcp', Type.Object({ host, port: port(16759) })],
  ['udp', Type.Object({ host, port: port(16759), insecure: Type.Boolean({ default: false }) })],
  ['satellite', Type.Object({ host, port: port(16622), webSocketPort: port(16623) })],
])

export const parts: ConfigParts = {
  adapterOptions: (protocol) => adapters.get(protocol) ?? null,
  surfaceOptions: (type) => surfaces.get(type) ?? null,
  standardNames: new Set(['record.start', 'switch.cut', 'audio.mute', 'audio.unmute']),
  hostName: 'test-host',
  protocols: [...adapters.keys()],
  surfaceTypes: ['web', ...surfaces.keys()],
}

export function load(text: string): LoadedConfig {
  return loadConfig(text, 'infra.yaml', parts)
}

/** The faults' messages; empty for a good config. */
export function faultsOf(text: string): readonly string[] {
  const loaded = load(text)
  return loaded.ok ? [] : loaded.faults.map(({ message }) => message)
}
