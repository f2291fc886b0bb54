import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError, type LinkContext } from '../adapter.ts'
import { adapter } from './adapter.ts'
import type { WolOptions } from './options.ts'
import { macBytes, magicPacket, passwordBytes, readMagicPacket } from './packet.ts'
import { simulate } from './simulator.ts'

const device = 'studio-pc' as DeviceId // any name will do
const base: WolOptions = {
  mac: '00:11:22:aa:bb:cc',
  host: '127.0.0.1',
  port: 9,
  repeat: 1,
  everyMs: 10,
}
const soon = () => AbortSignal.timeout(5000)
const six = 'ffffffffffff'
const times16 = '001122aabbcc'.repeat(16)

function plan(args: Json, options = base) {
  return adapter.plan({ verb: 'fire', device, action: 'wake', args }, options, new Map())
}

/** A link, and what it reports. */
function opened(t: Test, options: WolOptions) {
  const reports: [string, Json][] = []
  const states: [boolean, string][] = []
  const context: LinkContext = {
    report: (...all) => void reports.push(all),
    changed: (...all) => void states.push(all),
    picture: () => {},
    barred: () => null,
  }
  const link = adapter.open(options, context)
  t.teardown(() => link.close())
  const wake = (signal = soon(), args: Json = {}) => {
    const planned = plan(args, options)
    if (!planned.ok) throw new Error(planned.failure.detail)
    return link.send(planned.command, signal).catch((error: unknown) => error)
  }
  return { link, wake, reports, states }
}

/** A socket on this machine, and the datagrams it gets, in hexadecimal. */
async function receiver(t: Test, address: string) {
  const socket = createSocket('udp4')
  const got: string[] = []
  socket.on('message', (bytes) => got.push(bytes.toString('hex')))
  socket.bind(0, address)
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { socket, got, port: socket.address().port }
}

void t.test('the packet is six ff and sixteen times the address', async (t) => {
  const mac = macBytes('00:11:22:aa:bb:cc') ?? Buffer.alloc(0)
  t.equal(magicPacket(mac, Buffer.alloc(0)).toString('hex'), six + times16)
  const secure = magicPacket(mac, passwordBytes('c0:a8:00:01:02:03') ?? Buffer.alloc(0))
  t.equal(secure.toString('hex'), `${six}${times16}c0a800010203`, 'and the password of six bytes')
  const short = magicPacket(mac, passwordBytes('192.168.0.1') ?? Buffer.alloc(0))
  t.equal(short.toString('hex'), `${six}${times16}c0a80001`, 'or of four')
  t.match(plan({}), { ok: true, command: { mac: '00:11:22:aa:bb:cc', own: true } })
  const command = { mac: '00:11:22:aa:bb:cc', own: true }
  const shown = adapter.preview?.(command, base)
  t.equal(Buffer.from(shown?.bytes ?? []).toString('hex'), six + times16)
  const secret = adapter.preview?.(command, { ...base, secureOn: 'c0:a8:00:01:02:03' })
  t.match(secret, { bytes: null, text: /password \(not shown\)/ })
})

void t.test(
  'a MAC address is read as people and switches write it, and nothing else is',
  async (t) => {
    for (const text of ['00:11:22:AA:bb:cc', '00-11-22-aa-bb-cc', '0011.22aa.bbcc', '001122aabbcc'])
      t.equal(macBytes(text)?.toString('hex'), '001122aabbcc', text)
    for (const text of [
      '',
      '00:11:22:aa:bb',
      '00:11:22-aa-bb-cc',
      '00:11:22:aa:bb:gg',
      '0011.22aa',
    ])
      t.equal(macBytes(text), null, text)
    t.match(plan({ mac: 7 }), {
      failure: { detail: 'argument "mac": expected text, got a number' },
    })
    t.match(plan({ host: 'x' }), { failure: { detail: /"host" is not known: it takes mac/ } })
    t.match(plan(['02:00:00:00:00:01']), { command: { mac: '02:00:00:00:00:01', own: false } })
    const set = (path: string, value: Json) =>
      adapter.plan({ verb: 'set', device, path, value }, base, new Map())
    t.match(set('awake', true), { ok: true })
    t.match(set('awake', false), { failure: { code: 'malformed', detail: /only true/ } })
    t.match(set('awoke', true), { failure: { code: 'not-found', detail: /near: awake/ } })
  },
)

void t.test('what is no magic packet wakes nobody', async (t) => {
  const good = Buffer.from(six + times16, 'hex')
  t.equal(readMagicPacket(good)?.mac.toString('hex'), '001122aabbcc', 'control')
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ 1
    t.equal(readMagicPacket(bad), null, `byte ${at}`)
  }
  t.equal(readMagicPacket(good.subarray(1)), null)
  t.equal(readMagicPacket(Buffer.concat([good, Buffer.alloc(5)])), null)
})

void t.test('it is repeated, with the password for its own machine alone', async (t) => {
  const { got, port, socket } = await receiver(t, '127.0.0.1')
  const { wake } = opened(t, { ...base, port, repeat: 3, secureOn: 'c0:a8:00:01:02:03' })
  t.equal(await wake(), 'sent')
  while (got.length < 3) await once(socket, 'message')
  t.strictSame(got, Array(3).fill(`${six}${times16}c0a800010203`))
  t.equal(await wake(soon(), { mac: '02:00:00:00:00:01' }), 'sent')
  while (got.length < 6) await once(socket, 'message')
  t.equal(got[3], six + '020000000001'.repeat(16))
})

void t.test('it goes to a broadcast address', async (t) => {
  const { got, port, socket } = await receiver(t, '0.0.0.0')
  // the broadcast address of the loopback network
  const { wake } = opened(t, { ...base, host: '127.255.255.255', port })
  t.equal(await wake(), 'sent')
  while (got.length === 0) await once(socket, 'message')
  t.strictSame(got, [six + times16])
})

void t.test('with a check it is confirmed once the machine is awake, and reported', async (t) => {
  const check = { host: '127.0.0.1', port: (await receiver(t, '127.0.0.1')).port }
  const machine = await simulate({ mac: base.mac, check })
  t.teardown(() => machine.close())
  const { link, wake, reports } = opened(t, { ...base, port: machine.port, check })
  t.match(await link.test(soon()), /does not answer: it sleeps/)
  t.strictSame(reports.at(-1), ['awake', false], 'control: it slept')
  t.equal(await wake(), 'confirmed')
  t.strictSame(reports.at(-1), ['awake', true])
  t.match(await link.test(soon()), /it is awake/)
  t.equal(await wake(soon(), { mac: '02:00:00:00:00:01' }), 'sent', 'of another nothing is known')
})

void t.test('a machine that does not wake in its time is no success', async (t) => {
  const check = { host: '127.0.0.1', port: (await receiver(t, '127.0.0.1')).port, withinMs: 100 }
  // its packet has no password, and the machine wants one
  const machine = await simulate({ mac: base.mac, secureOn: '1.2.3.4', check })
  t.teardown(() => machine.close())
  const { wake, link } = opened(t, { ...base, port: machine.port, check })
  const end = await wake()
  t.ok(end instanceof DeliveryError)
  t.match(end, { failure: { code: 'timeout', reached: 'maybe', detail: /within 100 ms/ } })
  t.equal(machine.count(), 1, 'control: it got the packet')
  const late = opened(t, { ...base, port: machine.port, check: { ...check, withinMs: 60_000 } })
  t.match(await late.wake(AbortSignal.timeout(50)), { failure: { code: 'timeout' } })
  const closed = late.wake()
  await machine.until(3, soon())
  await late.link.close()
  t.match(await closed, { failure: { code: 'unreachable', reached: 'maybe' } })
  await link.close()
})

void t.test('a password that is none refuses to send and is not shown', async (t) => {
  const { wake, states, link } = opened(t, { ...base, secureOn: 'S3CR3T' })
  const end = await wake()
  t.match(end, { failure: { code: 'malformed', reached: 'no', detail: /secureOn/ } })
  t.match(states, [[false, /secureOn/]])
  await t.rejects(link.test(soon()))
  t.notMatch(JSON.stringify([end, states]), /S3CR3T/)
})
