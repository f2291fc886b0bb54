import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import type { CompanionOptions } from './options.ts'
import { type CompanionSimulator, simulate } from './simulator.ts'

const device = 'companion' as DeviceId // any name will do
const soon = () => AbortSignal.timeout(10_000)

type More = Partial<CompanionOptions>

/** A link to a Companion, what it reports, and ways to ask it. */
async function opened(t: Test, at: CompanionSimulator, more: More, ready = true) {
  const { host, httpPort, oscPort, tcpPort, udpPort } = at
  const options: CompanionOptions = {
    ...{ host, httpPort, oscPort, tcpPort, udpPort },
    ...{ transport: 'http', fallback: [], watch: [], pollMs: 100 },
    ...more,
  }
  const context = watch()
  const reported = new Map<string, Json>()
  const report = (path: string, value: Json) => {
    reported.set(path, value)
    context.report(path, value)
  }
  const link = adapter.open(options, { ...context, report })
  t.teardown(() => link.close())
  if (ready) await context.until(() => context.up === true)
  const fire = async (action: string, args: Json, signal = soon()) => {
    const intent = { verb: 'fire', device, action, args } as const
    const planned = adapter.plan(intent, options, new Map())
    if (!planned.ok) return planned.failure
    return link.send(planned.command, signal).catch((error: unknown) => {
      if (error instanceof DeliveryError) return error.failure
      throw error
    })
  }
  const says = (path: string, value: Json) =>
    context.until(() => JSON.stringify(reported.get(path)) === JSON.stringify(value))
  return { link, context, reported, fire, says }
}

async function companion(t: Test): Promise<CompanionSimulator> {
  const at = await simulate()
  t.teardown(() => at.close())
  return at
}

void t.test('what Companion has not is refused with its place', async (t) => {
  const at = await companion(t)
  for (const transport of ['http', 'tcp'] as const) {
    const { fire } = await opened(t, at, { transport })
    t.equal(await fire('press', '1/0/0'), 'sent', 'control')
    const refused = { code: 'refused', reached: 'yes' }
    t.match(await fire('press', '1/0/9'), { ...refused, detail: /1\/0\/9/ })
    t.match(await fire('step', ['1/0/0', 9]), { ...refused, detail: /1\/0\/0.*step/i })
    t.match(await fire('custom-variable', ['none', 1]), refused)
    t.equal(await fire('rescan', {}), 'sent')
  }
  const { fire } = await opened(t, at, { transport: 'tcp' })
  t.equal(await fire('page-set', ['emulator', 2]), 'sent')
  // Companion answers +OK to it
  t.match(await fire('page-set', ['emulator', 9999]), { code: 'refused', detail: /no page 9999/ })
})

void t.test('a custom variable is confirmed by what is read back', async (t) => {
  const at = await companion(t)
  for (const transport of ['http', 'tcp'] as const) {
    const { fire, reported } = await opened(t, at, { transport })
    for (const value of ['ON AIR', '7', 7, 0.5, true, 'ünï "x"']) {
      t.equal(await fire('custom-variable', { name: 'cue', value }), 'confirmed', String(value))
      const known = value === '7' || (transport === 'tcp' && value === true) ? String(value) : value
      t.equal(reported.get('custom-variable/cue'), known === '7' ? 7 : known)
    }
  }
  const { fire, reported } = await opened(t, at, {})
  t.equal(await fire('custom-variable', { name: 'cue', value: { a: [1] } }), 'confirmed')
  t.strictSame(reported.get('custom-variable/cue'), { a: [1] })
  t.equal(await fire('custom-variable', { name: 'cue', value: '' }), 'confirmed')
  const { fire: blind } = await opened(t, at, { transport: 'osc' })
  t.equal(await blind('custom-variable', { name: 'cue', value: 'x' }), 'sent')
})

void t.test('what said ok and did not follow is no success', async (t) => {
  const at = await companion(t)
  const { write } = at.knows
  t.teardown(() => Object.assign(at.knows, { write }))
  for (const transport of ['http', 'tcp'] as const) {
    const { fire } = await opened(t, at, { transport })
    Object.assign(at.knows, { write: () => 'ok' })
    const end = await fire('custom-variable', { name: 'cue', value: 'new' })
    t.match(end, { code: 'timeout', reached: 'yes', detail: /custom-variable\/cue is "intro"/ })
    Object.assign(at.knows, { write })
  }
})

void t.test('a connection is switched on and off, and that is read back', async (t) => {
  const at = await companion(t)
  const { fire, reported } = await opened(t, at, {})
  t.equal(await fire('connection-disable', 'obs'), 'confirmed')
  t.match(reported.get('connection/obs'), { enabled: false })
  t.match(await fire('connection-restart', 'obs'), { code: 'refused', detail: /409/ })
  t.equal(await fire('connection-enable', 'obs'), 'confirmed')
  t.equal(await fire('connection-restart', 'obs'), 'sent')
  t.match(await fire('connection-enable', 'none'), { code: 'refused' })
})

void t.test('what is watched is reported, whichever way commands go', async (t) => {
  const at = await companion(t)
  const paths = ['custom-variable/cue', 'variable/obs/recording', 'custom-variable/none']
  const { says, reported } = await opened(t, at, { transport: 'osc', watch: paths })
  await says('custom-variable/cue', 'intro')
  await says('variable/obs/recording', 'Stopped')
  await says('custom-variable/none', null)
  at.knows.write('cue', 'outro')
  await says('custom-variable/cue', 'outro')
  const { fire } = await opened(t, at, {})
  t.equal(await fire('read', 'variable/obs/recording'), 'confirmed')
  t.match(await fire('read', 'variable/obs/none'), { code: 'refused', detail: /no value at/ })
  t.equal(reported.size, 3)
})

void t.test('over TCP a control that changes its colour is told', async (t) => {
  const at = await companion(t)
  const { says } = await opened(t, at, { transport: 'tcp' })
  at.redraw(1, 0, 3, 255)
  await says('location/1/0/3/bgcolor', '#ff0000')
})

void t.test('another way is taken only where the first certainly did not arrive', async (t) => {
  const at = await companion(t)
  const { fire, says, context } = await opened(t, at, { fallback: ['osc', 'tcp'] })
  await says('transport', 'http')
  t.equal(await fire('press', '1/0/0'), 'sent')
  t.strictSame(at.received(), ['POST /api/location/1/0/0/press'])

  // it may have arrived: nothing more goes out, on whatever way
  for (const fault of ['hang', 'half-reply', 'close', 'garbage', 'refuse'] as const) {
    at.fault(fault)
    const count = at.count()
    const end = await fire('press', '1/0/1', AbortSignal.timeout(300))
    t.ok(typeof end === 'object' && end.reached !== 'no', `${fault}: in doubt, or refused`)
    at.fault('none')
    await context.until(() => context.up === true)
    await says('transport', 'http')
    // a later command overtakes nothing: what the fault may have led to would be here by now
    t.equal(await fire('press', '1/0/2'), 'sent')
    const got = at.received().slice(count)
    t.strictSame(
      got.filter((each) => each.includes('/1/0/1/') || each.includes(' 1/0/1 ')).length,
      1,
      `${fault}: pressed once`,
    )
  }

  await at.shut('http')
  const count = at.count()
  t.equal(await fire('press', '1/0/3'), 'sent')
  await at.until(count + 1, soon())
  await says('transport', 'osc')
  t.equal(at.received().at(-1), '/location/1/0/3/press', 'then by OSC')
  t.equal(context.up, true, 'it can still be reached')
  // a style's size can only be said over HTTP, which is away
  t.match(await fire('style', { location: '1/0/0', size: 9 }), {
    code: 'unreachable',
    reached: 'no',
  })

  await at.shut('osc')
  // OSC tells only by the next one that nobody listens: that one is `sent`, and is lost
  while (
    (await fire('press', '1/0/4')) !== 'sent' ||
    at.received().at(-1) !== 'LOCATION 1/0/4 PRESS'
  )
    await new Promise((resolve) => setImmediate(resolve))
  await says('transport', 'tcp')
  t.equal(at.received().at(-1), 'LOCATION 1/0/4 PRESS', 'and at last over TCP')

  await at.shut('tcp')
  await context.until(() => context.up === false)
  t.match(await fire('press', '1/0/5'), {
    code: 'unreachable',
    reached: 'no',
    detail: /http.*; tcp/,
  })
})

void t.test('with OSC switched off the fallback goes on to TCP and presses once', async (t) => {
  const at = await companion(t)
  await at.shut('http')
  await at.shut('osc')
  const { fire, says } = await opened(t, at, { fallback: ['osc', 'tcp'] })
  await says('transport', 'tcp')
  t.equal(await fire('press', '1/0/0'), 'sent')
  t.strictSame(at.received(), ['LOCATION 1/0/0 PRESS'])
})

/** A server whose answers the test writes by hand. */
async function talking(t: Test, transport: 'http' | 'tcp') {
  const at = await companion(t)
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // the link may reset it
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { fire, context } = await opened(t, { ...at, httpPort: port, tcpPort: port }, { transport })
  return { server, sockets, fire, context }
}

void t.test('the request is one that Companion understands, byte for byte', async (t) => {
  const { server, fire } = await talking(t, 'http')
  const asked = async (action: string, args: Json, answer: string) => {
    const connection = once(server, 'connection') as Promise<[Socket]>
    const end = fire(action, args)
    const [socket] = await connection
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    let text = bytes.toString()
    const due = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    while (due > 0 && !text.includes('\r\n\r\n{')) {
      const [more] = (await once(socket, 'data')) as [Buffer]
      text += more.toString()
    }
    socket.end(answer)
    return { text, end: await end }
  }
  const ok =
    'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nok'
  const press = await asked('press', '1/0/2', ok)
  t.match(press, { end: 'sent', text: /^POST \/api\/location\/1\/0\/2\/press HTTP\/1\.1\r\n/ })
  const style = await asked('style', { location: '2/1/4', text: 'TEST', size: 28 }, ok)
  t.match(style.text, /\r\ncontent-type: application\/json\r\n/i)
  t.ok(style.text.endsWith('\r\n\r\n{"text":"TEST","size":28}'))
  const status = (line: string) => `HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`
  t.match(await asked('press', '1/0/2', status('204 No Content')), {
    end: { code: 'refused', detail: 'Companion has no control at 1/0/2' },
  })
  t.match(await asked('press', '1/0/2', status('403 Forbidden')), {
    end: { code: 'refused', reached: 'yes', detail: /HTTP API is switched off/ },
  })
  t.match(await asked('press', '1/0/2', status('302 Found')), { end: { code: 'refused' } })
  const other = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
  t.match(await asked('press', '1/0/2', other), {
    end: { code: 'malformed', reached: 'maybe', detail: /without the ok of a Companion/ },
  })
  const huge = `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(70_000)}`
  t.match(await asked('press', '1/0/2', huge), { end: { code: 'malformed', reached: 'maybe' } })
})

void t.test(
  'over TCP an answer is told from what is said unasked, wherever it is cut',
  async (t) => {
    const { sockets, fire, context } = await talking(t, 'tcp')
    const [socket] = sockets
    if (socket === undefined) throw new Error('not connected')
    const answered = async (...pieces: readonly string[]) => {
      const end = fire('press', '1/2/3')
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      t.equal(bytes.toString(), 'LOCATION 1/2/3 PRESS\n')
      for (const piece of pieces) socket.write(piece)
      return end
    }
    const told =
      '{"type":"bank_bg_change","page":1,"row":0,"column":0,"red":0,"green":1,"blue":2}\n'
    t.equal(await answered(told.slice(0, 20), told.slice(20), '+', 'OK\n'), 'sent')
    t.equal(await answered('{"type":"news of a later version"}\r\n+OK\r\n'), 'sent')
    t.match(await answered('-ERR No control at location\n'), {
      code: 'refused',
      reached: 'yes',
      detail: 'Companion refused at 1/2/3: No control at location',
    })
    t.match(await answered('hello\n'), { code: 'malformed', reached: 'maybe' })
    await context.until(() => context.up === false)
  },
)

void t.test('a sign of life says who answers', async (t) => {
  const at = await companion(t)
  const { link } = await opened(t, at, { fallback: ['tcp'] })
  t.match(await link.test(soon()), /^http .*: Bitfocus Companion; connected to tcp /)
})
