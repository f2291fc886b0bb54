import t from 'tap'
import type { Config } from '../../config/config.ts'
import { announce } from './announce.ts'
import { announced, servicesOf } from './announcements.ts'
import { loadSurfaces } from '../leaf.ts'

const http = { host: '0.0.0.0', port: 0, tls: null, insecure: true }
const quiet = { durability: null, expiresInMs: null }
const surfaces = new Map([
  [
    'touch',
    { type: 'osc', options: { transport: 'udp', host: '0.0.0.0', port: 12_321 }, ...quiet },
  ],
  [
    'boxes',
    {
      type: 'satellite',
      options: { host: '0.0.0.0', port: 16_622, webSocketPort: 16_623 },
      ...quiet,
    },
  ],
  ['panel', { type: 'web', options: {}, ...quiet }],
])
// only what is announced of a config is looked at
const config = {
  announce: true,
  site: 'studio-a',
  hub: 'hub-a',
  http,
  surfaces,
} as unknown as Config

void t.test(
  'the console, the OSC port and Satellite’s are announced, each as who looks for it wants',
  async (t) => {
    const services = servicesOf(config, await loadSurfaces(), 'http://10.0.0.5:7700')
    t.strictSame(
      services.map(({ service, transport, port }) => `_${service}._${transport} ${port}`),
      [
        '_http._tcp 7700',
        '_osc._udp 12321',
        '_companion-satellite-tcp._tcp 16622',
        '_companion-satellite-ws._tcp 16623',
      ],
    )
    t.match(services[0], { txt: { path: '/' } })
    for (const { txt } of services) t.match(txt, { site: 'studio-a', hub: 'hub-a' })
  },
)

void t.test('a hub that is told to keep quiet announces nothing', async (t) => {
  const kinds = await loadSurfaces()
  const address = 'http://10.0.0.5:7700'
  t.strictSame(servicesOf({ ...config, announce: false }, kinds, address), [])
  // control: the same hub would announce
  t.equal(servicesOf(config, kinds, address).length, 4)
})

void t.test('a hub on loopback announces nothing, and asks no network', async (t) => {
  const warnings: string[] = []
  const only = { ...config, http: { ...http, host: '127.0.0.1' }, surfaces: new Map() }
  const announcing = announced(only, new Map(), 'http://127.0.0.1:7700', (line) =>
    warnings.push(line),
  )
  await announcing.close()
  // control: a network that is not there would have been told of
  const options = {
    ...{ addresses: ['192.0.2.1'], group: { address: '224.0.0.251', port: 5353 }, listen: 0 },
    ...{ name: 'Studio', machine: 'infra', lookMs: 1 },
  }
  const service = { service: 'osc', transport: 'udp', port: 9000, txt: {} } as const
  const signal = new AbortController().signal
  const onLoopback = await announce([{ ...service, host: '127.0.0.1' }], options, signal)
  t.strictSame([onLoopback.faults(), warnings], [[], []])
  const beyond = await announce([{ ...service, host: '0.0.0.0' }], options, signal)
  t.match(beyond.faults(), [/192\.0\.2\.1/])
  await Promise.all([onLoopback.close(), beyond.close()])
})
