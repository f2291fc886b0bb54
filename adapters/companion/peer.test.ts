import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import type { CompanionOptions } from './options.ts'
import { simulate } from './simulator.ts'

// No Companion can be had here. What can be: receivers and senders that are not ours, of Debian's liblo-tools and curl.

/** What a test needs, as options for it: where the machine is set up for it, a missing program is a failure. */
function needing(program: string, debian: string) {
  const installed = spawnSync(program, ['--version']).error === undefined
  const needs = `${program} is not installed: apt-get install ${debian}`
  return {
    options: installed || process.env['CI'] !== undefined ? {} : { skip: needs },
    has: (t: Test) => installed || t.fail(needs),
  }
}

const oscdump = needing('oscdump', 'liblo-tools')
const curl = needing('curl', 'curl')

void t.test("liblo's oscdump reads what goes out over OSC", oscdump.options, async (t) => {
  if (!oscdump.has(t)) return
  const free = createSocket('udp4')
  free.bind(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address()
  await new Promise<void>((resolve) => free.close(resolve))
  const dump = spawn('oscdump', ['-L', String(port)])
  t.teardown(() => dump.kill())
  let said = ''
  dump.stdout.setEncoding('utf8')
  dump.stdout.on('data', (text: string) => {
    said += text
  })

  const options: CompanionOptions = {
    ...{ host: '127.0.0.1', transport: 'osc', fallback: [], watch: [], pollMs: 1000 },
    ...{ httpPort: 1, oscPort: port, tcpPort: 1, udpPort: 1 },
  }
  const context = watch()
  const link = adapter.open(options, context)
  t.teardown(() => link.close())
  const fire = (action: string, args: Json) => {
    const intent = { verb: 'fire', device: 'c' as DeviceId, action, args } as const
    const plan = adapter.plan(intent, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, AbortSignal.timeout(5000))
  }
  // it does not say when it listens: until then there is nobody
  while (!said.includes('/surfaces/rescan')) {
    await fire('rescan', {})
    await Promise.race([
      once(dump.stdout, 'data'),
      new Promise((resolve) => setTimeout(resolve, 50)),
    ])
  }
  t.equal(await fire('press', '1/0/5'), 'sent')
  t.equal(await fire('style', { location: '1/0/5', text: 'ON AIR' }), 'sent')
  t.equal(await fire('step', ['1/0/5', 2]), 'sent')
  t.equal(await fire('custom-variable', ['cue', 0.1]), 'sent')
  while (!said.includes('/custom-variable/')) await once(dump.stdout, 'data')
  // a line is its time tag, the address, the types, the values
  const lines = said.split('\n').filter((line) => line !== '' && !line.includes('rescan'))
  t.strictSame(
    lines.map((line) => line.trim().split(' ').slice(1).join(' ')),
    [
      '/location/1/0/5/press',
      '/location/1/0/5/style/text s "ON AIR"',
      '/location/1/0/5/step i 2',
      '/custom-variable/cue/value d 0.100000',
    ],
  )
})

void t.test(
  'curl gets from the simulator what it would from a Companion',
  curl.options,
  async (t) => {
    if (!curl.has(t)) return
    const at = await simulate()
    t.teardown(() => at.close())
    const ask = async (...args: readonly string[]) => {
      const [path = '', ...more] = args
      const url = `http://127.0.0.1:${at.httpPort}${path}`
      const child = spawn('curl', ['-s', '-w', ' %{http_code}', ...more, url])
      let text = ''
      child.stdout.setEncoding('utf8')
      child.stdout.on('data', (chunk: string) => {
        text += chunk
      })
      await once(child, 'close')
      return text
    }
    // the examples of Companion's manual, "HTTP Remote Control"
    t.equal(await ask('/api/location/1/0/2/press', '-X', 'POST'), 'ok 200')
    t.equal(await ask('/api/location/1/9/2/press', '-X', 'POST'), ' 204')
    t.equal(await ask('/api/custom-variable/cue/value?value=intro', '-X', 'POST'), 'ok 200')
    t.equal(await ask('/api/custom-variable/cue/value'), 'intro 200')
    const json = ['-X', 'POST', '-H', 'Content-Type: application/json', '-d']
    t.equal(await ask('/api/custom-variable/cue/value', ...json, '"Some text"'), 'ok 200')
    t.equal(await ask('/api/custom-variable/cue/value'), 'Some text 200')
    t.equal(await ask('/api/custom-variable/none/value'), 'Not found 404')
  },
)
