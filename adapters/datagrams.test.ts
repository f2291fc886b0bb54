import t, { type Test } from 'tap'
import { DeliveryError, type LinkContext } from './adapter.ts'
import { Datagrams } from './datagrams.ts'
import { simulate } from './udp/simulator.ts'

/** Keeps the states of a link and lets the test wait for one. */
function states() {
  const seen: [boolean, string][] = []
  let look = () => {}
  const context: LinkContext = {
    report: () => {},
    barred: () => null,
    changed(up, detail) {
      seen.push([up, detail])
      look()
    },
    picture: () => {},
  }
  const until = (up: boolean) =>
    new Promise<string>((resolve) => {
      look = () => {
        const [last, detail] = seen.at(-1) ?? [null, '']
        if (last === up) resolve(detail)
      }
      look()
    })
  return { context, seen, until }
}

function opened(t: Test, peer: { readonly host: string; readonly port: number }) {
  const { context, seen, until } = states()
  const datagrams = new Datagrams(peer, Buffer.alloc(0), context, null)
  datagrams.open()
  t.teardown(() => datagrams.close())
  const send = (text: string | Buffer, signal = AbortSignal.timeout(5000)) =>
    datagrams.send(Buffer.from(text), signal).catch((error: unknown) => error)
  return { seen, until, send, datagrams }
}

void t.test('a port where nobody listens is seen, and each packet is still sent', async (t) => {
  const gone = await simulate()
  await gone.close()
  const { send, until } = opened(t, gone)
  await until(true)
  t.equal(await send('CUE'), 'sent', 'until it refuses it counts as up')
  t.equal(await until(false), `nobody listens on 127.0.0.1:${gone.port}`)
  for (let n = 0; n < 20; n++) t.equal(await send(`CUE ${n}`), 'sent')
})

void t.test('what could not leave is not sent behind what came after it', async (t) => {
  const gone = await simulate()
  await gone.close()
  const { send, until } = opened(t, gone)
  await until(true)
  // in one turn: the refusal of the first is the failure of the second, and the third leaves
  const [first, second, third] = await Promise.all(['A', 'B', 'C'].map((text) => send(text)))
  t.strictSame([first, third], ['sent', 'sent'])
  t.match(second, { failure: { code: 'unreachable', reached: 'no' } })
})

void t.test('a device that starts to listen is found without anybody pressing', async (t) => {
  const gone = await simulate()
  await gone.close()
  const { send, until, seen } = opened(t, gone)
  await until(true)
  await send('CUE')
  await until(false)
  const device = await simulate({ port: gone.port })
  t.teardown(() => device.close())
  await until(true)
  t.equal(device.count(), 0, 'the look itself is nothing to the device')
  t.ok(
    seen.some(([up]) => !up),
    'control: it was away',
  )
  const batch = Array.from({ length: 100 }, (_, n) => `CUE ${n}`)
  await Promise.all(batch.map((text) => send(text)))
  await device.until(100, AbortSignal.timeout(5000))
  t.strictSame(device.received(), batch)
})

void t.test('more than a datagram carries is refused, and the link stays up', async (t) => {
  const device = await simulate()
  t.teardown(() => device.close())
  const { send, until, seen } = opened(t, device)
  await until(true)
  const error = await send(Buffer.alloc(65_508))
  t.ok(error instanceof DeliveryError)
  t.match(error, { failure: { code: 'malformed', reached: 'no' } })
  t.equal(await send(Buffer.alloc(60_000, 0x41)), 'sent', 'control: less is sent')
  t.strictSame(
    seen.map(([up]) => up),
    [true],
  )
})

void t.test('a name that nobody knows is said and every command ends', async (t) => {
  const { send, until, datagrams } = opened(t, { host: 'no-such-device.invalid', port: 9 })
  t.match(await until(false), /no-such-device\.invalid/)
  t.match(await send('x', AbortSignal.timeout(50)), {
    failure: { code: 'unreachable', reached: 'no' },
  })
  const waiting = send('y')
  await datagrams.close()
  t.match(await waiting, { failure: { code: 'unreachable', reached: 'no', detail: /closed/ } })
})
