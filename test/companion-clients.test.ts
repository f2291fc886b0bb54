import t, { type Test } from 'tap'
import { watch } from '../adapters/rig.fixture.ts'
import { adapter } from '../adapters/companion/adapter.ts'
import type { CompanionOptions } from '../adapters/companion/options.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { surface as http } from '../surfaces/companion-http/surface.ts'
import { surface as osc } from '../surfaces/osc/surface.ts'
import { RecordingHost } from '../surfaces/recording-host.contract.ts'
import type { OpenSurface } from '../surfaces/surface.ts'
import { surface as tcp } from '../surfaces/tcp/surface.ts'
import { surface as udp } from '../surfaces/udp/surface.ts'

// The adapter that drives a Companion, which was tested against Companion's words, drives our own surfaces: the address is all
// that changes.

const keys = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'anna' },
  variables: { cue: { device: 'desk', path: '/cue/name' } },
}

function openAll(host: RecordingHost): Promise<readonly OpenSurface[]> {
  return Promise.all([
    http.open('http', { ...keys, deprecated: false, answerMs: 30_000 }, host),
    osc.open('osc', { ...keys, transport: 'udp', subscriptionMs: 60_000 }, host),
    tcp.open('tcp', { ...keys, answers: 'companion' }, host),
    udp.open('udp', keys, host),
  ])
}

async function room(t: Test, transport: CompanionOptions['transport']) {
  const host = new RecordingHost()
  host.show({ page: 1, row: 0, col: 5 }, { text: 'CUT' })
  const open = await openAll(host)
  t.teardown(() => Promise.all(open.map((surface) => surface.close())))
  const [httpPort = 0, oscPort = 0, tcpPort = 0, udpPort = 0] = open.map(({ address }) =>
    Number(address.split(':').at(-1)),
  )
  const options: CompanionOptions = {
    ...{ host: '127.0.0.1', transport, fallback: [], watch: [], pollMs: 1000 },
    ...{ httpPort, oscPort, tcpPort, udpPort },
  }
  const context = watch()
  const link = adapter.open(options, context)
  t.teardown(() => link.close())
  await context.until(() => context.up === true)
  // over HTTP the client reads back what it wrote: the device says it, as a real one would
  void host
    .until(() => host.wishes.length === 1)
    .then(() => host.report('desk', '/cue/name', 'intro 2'))
  const fire = (action: string, args: Json) => {
    const intent = { verb: 'fire', device: 'c' as DeviceId, action, args } as const // any name will do
    const plan = adapter.plan(intent, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, AbortSignal.timeout(30_000))
  }
  return { host, fire }
}

for (const transport of ['http', 'osc', 'tcp', 'udp'] as const)
  void t.test(`a client of Companion's ${transport} drives us by another address`, async (t) => {
    const { host, fire } = await room(t, transport)
    for (const gesture of ['press', 'down', 'up', 'rotate-left', 'rotate-right'])
      await fire(gesture, '1/0/5')
    await fire('custom-variable', ['cue', 'intro 2'])
    await fire('rescan', {})
    await fire('style', { location: '1/0/5', text: 'X' })
    await host.until(() => host.gestures.length === 5 && host.wishes.length === 2)
    t.strictSame(
      host.gestures.map(({ gesture }) => gesture),
      ['press', 'down', 'up', 'rotate-left', 'rotate-right'],
    )
    t.match(host.wishes, [
      { intent: { verb: 'set', device: 'desk', path: '/cue/name', value: 'intro 2' } },
      { intent: { verb: 'set', device: 'site', path: 'looks/1/0/5/text', value: 'X' } },
    ])
    t.equal(host.rejections.length, 0)
    // control: what there is not is seen by the client where it can see, and counted here
    const style = fire('style', { location: '1/7/7', text: 'X' })
    if (transport === 'http' || transport === 'tcp') await t.rejects(style)
    else await style
    await host.until(() => host.rejections.length === 1)
  })
