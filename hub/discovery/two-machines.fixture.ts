import { execFile, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { announce } from './announce.ts'
import { browse, mdnsGroup } from './browse.ts'

// What one of two machines does, the other having Avahi: announces, looks with Avahi's own tools, is looked for, takes back.
// Prints what came of it as JSON, for announce-peer.test.ts.

const run = promisify(execFile)
const here = { addresses: ['10.99.0.1'], group: mdnsGroup, listen: mdnsGroup.port }
const never = new AbortController().signal
const everywhere = { host: '0.0.0.0', txt: {} }
const services = [
  {
    ...everywhere,
    service: 'http',
    transport: 'tcp',
    port: 7700,
    txt: { path: '/', hub: 'hub-a' },
  },
  { ...everywhere, service: 'osc', transport: 'udp', port: 12_321 },
  { ...everywhere, service: 'companion-satellite-tcp', transport: 'tcp', port: 16_622 },
  { service: 'rosstalk', transport: 'tcp', host: '127.0.0.1', port: 7788, txt: {} },
] as const

/** What Avahi sees of a kind, resolved, a line each; asked again until it is as wanted, at most 30 s. */
async function seen(type: string, isWanted: (lines: readonly string[]) => boolean) {
  const last = Date.now() + 30_000
  for (;;) {
    // not there yet, or not answering yet: it is asked again
    const { stdout } = await run('avahi-browse', ['-p', '-r', '-t', type]).catch(() => ({
      stdout: '',
    }))
    const lines = stdout.split('\n').filter((line) => line.startsWith('='))
    if (isWanted(lines) || Date.now() > last) return lines
    await pause(200)
  }
}

const isThere = (lines: readonly string[]) => lines.length > 0
// Avahi's own, so that its tools work before anything of ours is looked at
const published = spawn('avahi-publish', ['-s', 'Desk', '_apple-midi._udp', '5004'])
const midi = await seen('_apple-midi._udp', isThere)
const first = await announce(services, { ...here, name: 'Studio 1.5', machine: 'infra-a' }, never)
const osc = await seen('_osc._udp', isThere)
const console_ = await seen('_http._tcp', isThere)
const satellite = await seen('_companion-satellite-tcp._tcp', isThere)
const loopback = await seen('_rosstalk._tcp', () => true)
const found = await browse([{ service: 'apple-midi', transport: 'udp' }], {
  ...here,
  forMs: 2500,
  signal: never,
})
await first.close()
const gone = await seen('_osc._udp', (lines) => lines.length === 0)
const taken = spawn('avahi-publish', ['-s', 'Studio 1-5', '_osc._udp', '9000'])
await seen('_osc._udp', isThere)
const second = await announce(
  services,
  { ...here, name: 'Studio 1.5', machine: 'infra-a', lookMs: 2500 },
  never,
)
const both = await seen('_osc._udp', (lines) => lines.length === 2)
await second.close()
published.kill()
taken.kill()
process.stdout.write(
  JSON.stringify({
    ...{ midi, osc, console: console_, satellite, loopback, gone, both },
    found: found.found.map(({ announced }) => ({ ...announced, txt: [...announced.txt] })),
    names: [first.name, second.name],
    faults: [...first.faults(), ...second.faults(), ...found.faults],
  }),
)
