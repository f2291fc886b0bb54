import { once, setMaxListeners } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import { DeliveryError, type LinkContext } from '../adapter.ts'
import { adapter } from './adapter.ts'
import type { TcpOptions } from './options.ts'

/** The command ends with a failure like this. */
async function failsAs(t: Test, sending: Promise<string>, failure: object): Promise<void> {
  const error = await sending.catch((error: unknown) => error)
  t.ok(error instanceof DeliveryError, 'a DeliveryError')
  t.match(error, failure)
}

const device = 'relay' as DeviceId // any name will do

/** A device whose answers the test writes by hand, and a link to it. */
async function talking(t: Test, more: Partial<TcpOptions>) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const options = {
    ...{
      host: '127.0.0.1',
      port,
      actions: { on: 'LOGIN hunter22 {n}' },
      sets: {},
      terminator: '\n',
    },
    ...more,
  }
  const states: boolean[] = []
  const context: LinkContext = {
    report: () => {},
    changed: (up) => states.push(up),
    picture: () => {},
    barred: () => null,
  }
  const link = adapter.open(options, context)
  const connected = once(server, 'connection') as Promise<[Socket]>
  const [socket] = await connected
  t.teardown(async () => {
    await link.close()
    socket.destroy()
    server.close()
  })
  const send = (n: number, signal = AbortSignal.timeout(5000)) => {
    const plan = adapter.plan({ verb: 'fire', device, action: 'on', args: [n] }, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, signal)
  }
  return { server, socket, options, states, link, send }
}

void t.test('the pipeline is wide only where no answer is awaited', async (t) => {
  const options = { host: 'a', port: 1, actions: {}, sets: {}, terminator: '' }
  t.equal(adapter.pipeline(options), 256)
  t.equal(adapter.pipeline({ ...options, reply: 'OK' }), 1)
  t.equal(adapter.pipeline({ ...options, refusal: 'ERR' }), 1)
})

void t.test('a pattern that is not safe refuses every command and names its key', async (t) => {
  const options = {
    host: 'a',
    port: 1,
    actions: { on: 'x' },
    sets: {},
    terminator: '',
    reply: '(a+)+',
  }
  const plan = adapter.plan({ verb: 'fire', device, action: 'on', args: null }, options, new Map())
  t.match(plan, { ok: false, failure: { code: 'malformed', detail: /^config: reply / } })
})

void t.test('answers are lines that end with CR, LF or both, wherever they are cut', async (t) => {
  const { socket, send } = await talking(t, { reply: '^%1POWR=OK$' })
  for (const pieces of [['%1POWR=OK\r'], ['%1PO', 'WR=OK\n'], ['noise\r\n%1POWR=OK\r', '\n']]) {
    const sending = send(1)
    await once(socket, 'data')
    for (const piece of pieces) socket.write(piece)
    t.equal(await sending, 'confirmed', JSON.stringify(pieces))
  }
})

void t.test('with a refusal alone any other answer confirms', async (t) => {
  const { socket, send } = await talking(t, { refusal: '^ERR' })
  const sending = send(1)
  await once(socket, 'data')
  socket.write('whatever\n')
  t.equal(await sending, 'confirmed')
})

void t.test('a refusal is quoted without the words of the config that it repeats', async (t) => {
  const { socket, send } = await talking(t, { reply: '^OK', refusal: '^ERR' })
  const sending = send(7)
  await once(socket, 'data')
  socket.write('ERR 404 no such relay: LOGIN hunter22 7\n')
  await failsAs(t, sending, {
    failure: { code: 'refused', reached: 'yes', detail: /ERR 404 no such relay: … … 7$/ },
  })
})

void t.test('an answer that comes too late does not confirm the next command', async (t) => {
  const { server, socket, send } = await talking(t, { reply: '^OK' })
  const deadline = new AbortController()
  const late = send(1, deadline.signal)
  await once(socket, 'data')
  const again = once(server, 'connection') as Promise<[Socket]>
  socket.on('error', () => {}) // the link resets the connection
  deadline.abort()
  await failsAs(t, late, { failure: { code: 'timeout', reached: 'maybe' } })
  const next = send(2)
  socket.write('OK 1\n')
  const [fresh] = await again
  const [asked] = (await once(fresh, 'data')) as [Buffer]
  t.equal(asked.toString(), 'LOGIN hunter22 2\n', 'the next goes over a new connection')
  fresh.write('OK 2\n')
  t.equal(await next, 'confirmed')
  fresh.destroy()
})

void t.test('what a device says unasked does not hide its answer', async (t) => {
  const { socket, send } = await talking(t, { reply: '^OK' })
  const sending = send(1)
  await once(socket, 'data')
  socket.write('EVENT 1\r\n'.repeat(10_000))
  socket.write('OK\n')
  t.equal(await sending, 'confirmed')
})

void t.test(
  'an endless line is no answer, and the next command goes over a new connection',
  async (t) => {
    const { server, socket, send } = await talking(t, { reply: '^OK' })
    const sending = send(1)
    const again = once(server, 'connection') as Promise<[Socket]>
    await once(socket, 'data')
    socket.on('error', () => {}) // the link resets the connection
    socket.write(Buffer.alloc(1024 * 1024, 0x41))
    await failsAs(t, sending, { failure: { code: 'malformed', reached: 'maybe' } })
    const next = send(2)
    const [fresh] = await again
    await once(fresh, 'data')
    fresh.write('OK\n')
    t.equal(await next, 'confirmed')
    fresh.destroy()
  },
)

void t.test('a device that takes no bytes ends the command at its deadline', async (t) => {
  const { socket, options, link } = await talking(t, {})
  socket.pause()
  const big = adapter.plan(
    { verb: 'fire', device, action: 'raw', args: { text: 'x'.repeat(60_000) } },
    options,
    new Map(),
  )
  if (!big.ok) throw new Error(big.failure.detail)
  const deadline = new AbortController()
  // one for all of them, where a router has one for each
  setMaxListeners(0, deadline.signal)
  const sends = Array.from({ length: 200 }, () => link.send(big.command, deadline.signal))
  const ends = Promise.allSettled(sends)
  t.equal(await sends[0], 'sent', 'control: the system takes the first')
  deadline.abort()
  const stuck = (await ends).filter(({ status }) => status === 'rejected')
  t.ok(stuck.length > 0, `${stuck.length} were stuck`)
  for (const { reason } of stuck as PromiseRejectedResult[])
    t.equal(reason.failure.reached, 'maybe')
})
