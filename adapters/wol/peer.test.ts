import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import { adapter } from './adapter.ts'

// socat, of Debian's package of that name, gets the packet: a receiver that is not ours
const installed = spawnSync('socat', ['-V']).error === undefined
const needs = 'socat is not installed: apt-get install socat'

void t.test(
  'socat gets the very bytes of the packet by broadcast',
  // where the machine is set up for it, a missing program is a failure
  installed || process.env['CI'] !== undefined ? {} : { skip: needs },
  async (t) => {
    if (!installed) {
      t.fail(needs)
      return
    }
    const free = createSocket('udp4')
    free.bind(0, '0.0.0.0')
    await once(free, 'listening')
    const { port } = free.address()
    await new Promise<void>((resolve) => free.close(resolve))
    const socat = spawn('socat', ['-d', '-d', '-u', `UDP4-RECV:${port}`, 'STDOUT'])
    t.teardown(() => socat.kill())
    let said = ''
    socat.stderr.setEncoding('utf8')
    while (!said.includes('starting data transfer')) {
      const [text] = (await once(socat.stderr, 'data')) as [string]
      said += text
    }

    const options = {
      mac: '00:11:22:aa:bb:cc',
      host: '127.255.255.255',
      port,
      secureOn: 'c0:a8:00:01:02:03',
      repeat: 2,
      everyMs: 10,
    }
    const context = { report: () => {}, changed: () => {}, picture: () => {}, barred: () => null }
    const link = adapter.open(options, context)
    t.teardown(() => link.close())
    const intent = { verb: 'fire', device: 'pc' as DeviceId, action: 'wake', args: {} } as const
    const plan = adapter.plan(intent, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    t.equal(await link.send(plan.command, AbortSignal.timeout(5000)), 'sent')
    let got = ''
    const packet = `ffffffffffff${'001122aabbcc'.repeat(16)}c0a800010203`
    while (got.length < 2 * packet.length) {
      const [bytes] = (await once(socat.stdout, 'data')) as [Buffer]
      got += bytes.toString('hex')
    }
    t.equal(got, packet + packet)
  },
)
