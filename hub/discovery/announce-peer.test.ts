import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

// Against Debian's Avahi 0.8 on a machine of its own, which is a network namespace: apt-get install avahi-daemon avahi-utils dbus iproute2.

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const needs =
  'unshare -n -m true && command -v avahi-daemon avahi-browse avahi-publish dbus-daemon ip'
const isMissing = spawnSync('sh', ['-c', needs]).status !== 0
const skip =
  isMissing && process.env['CI'] === undefined
    ? { skip: 'needs root, and: apt-get install avahi-daemon avahi-utils dbus iproute2' }
    : {}

void t.test('Avahi sees what a hub announces, and the hub what Avahi announces', skip, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'infra-avahi-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const node = [process.execPath, ...process.execArgv, file('two-machines.fixture.ts')]
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['-n', '-m', 'sh', file('two-machines.fixture.sh'), folder, ...node],
    { encoding: 'utf8', timeout: 150_000, cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  )
  t.equal(status, 0, stderr)
  const seen: unknown = JSON.parse(stdout.slice(stdout.indexOf('{')))
  const at = (name: string, type: string, rest: string) =>
    new RegExp(`^=;[^;]+;IPv4;${name};${type};local;${rest}`)
  t.match(seen, {
    midi: [at('Desk', '_apple-midi\\._udp', 'stage.local;10.99.0.2;5004;')],
    osc: [at('Studio\\\\0321-5', '_osc\\._udp', 'infra-a.local;10.99.0.1;12321;')],
    console: [
      at('Studio\\\\0321-5', 'Web Site', 'infra-a.local;10.99.0.1;7700;"hub=hub-a" "path=/"'),
    ],
    satellite: [at('Studio\\\\0321-5', '_companion-satellite-tcp\\._tcp', '.*;16622;')],
    loopback: [],
    found: [{ name: 'Desk', host: '10.99.0.2', port: 5004 }],
    gone: [],
    names: ['Studio 1-5', 'Studio 1-5 (2)'],
    faults: [],
  })
  t.match(seen, { both: { length: 2 } })
  t.end()
})
