import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { browse, mdnsGroup } from './browse.ts'

// Against python-zeroconf, which shares nothing with what asks it: Debian's python3-zeroconf, on this machine's loopback.

const python = '/usr/bin/python3'
const program = `
import socket, sys
from zeroconf import Zeroconf, ServiceInfo
at = sys.argv[1]
zeroconf = Zeroconf(interfaces=[at])
zeroconf.register_service(ServiceInfo(
  '_home-assistant._tcp.local.', 'Studio 1.5._home-assistant._tcp.local.',
  addresses=[socket.inet_aton(at)], port=8123, properties={'version': '2024.1'}, server='ha.local.'))
print('ready', flush=True)
sys.stdin.read()
zeroconf.close()
`

const isMissing = spawnSync(python, ['-c', 'import zeroconf']).status !== 0
const skip =
  isMissing && process.env['CI'] === undefined
    ? { skip: 'zeroconf missing: apt-get install python3-zeroconf' }
    : {}

void t.test('a device that another program announces is found over multicast', skip, async (t) => {
  const child = spawn(python, ['-c', program, '127.0.0.1'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  t.teardown(async () => {
    child.stdin.end() // it says goodbye
    await exit
  })
  const said = await Promise.race([once(createInterface(child.stdout), 'line'), exit])
  t.strictSame(said, ['ready'])
  const { found, faults } = await browse([{ service: 'home-assistant', transport: 'tcp' }], {
    addresses: ['127.0.0.1'],
    group: mdnsGroup,
    listen: mdnsGroup.port,
    forMs: 2500,
    signal: new AbortController().signal,
  })
  t.strictSame(faults, [])
  const studio = found.find(({ announced }) => announced.name === 'Studio 1.5')
  t.match(studio?.announced, { host: '127.0.0.1', port: 8123 })
  t.equal(studio?.announced.txt.get('version'), '2024.1')
})
