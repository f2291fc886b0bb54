import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { decode } from '../wire/osc.ts'
import { encode } from '../wire/osc-encode.ts'
import { newRoom } from './hub-process.ts'

// A whole hub between a console and a mixer, both of them sockets: an X-Touch in Xctl by its document's bytes, and OSC.

const probe = 'f0002032585400f7'

/** Waits until something came over the network: at most 30 s, which only a fault takes. */
async function until(reached: () => boolean, what: string): Promise<void> {
  const last = Date.now() + 30_000
  while (!reached()) {
    if (Date.now() > last) throw new Error(`waited 30 s in vain: ${what}`)
    await setImmediate()
  }
}

/** A socket on loopback, what it got, and from whom last. */
async function party(t: Test) {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const got: Buffer[] = []
  let from: RemoteInfo | null = null
  socket.on('message', (bytes, sender) => {
    got.push(bytes)
    from = sender
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    got,
    say: (bytes: Uint8Array, to: number) => socket.send(bytes, to, '127.0.0.1'),
    answer: (bytes: Uint8Array) => {
      if (from !== null) socket.send(bytes, from.port, from.address)
    },
  }
}

void t.test('a hand on a fader moves the mixer, and the mixer moves the fader', async (t) => {
  const mixer = await party(t)
  const desk = await party(t)
  const config = `site: studio-a
http: { host: 127.0.0.1, port: 0 }
devices:
  mixer: { protocol: osc, host: 127.0.0.1, port: ${mixer.port} }
surfaces:
  desk: { type: mcu, via: xctl, port: 0 }
pages:
  1:
    1/0: { press: { fire: mixer, action: /ch/1/mute }, lit: { device: mixer, path: /ch/1/mute, equals: 1 } }
    5/0: { text: Host, colour: '#00c800', fader: { device: mixer, path: /ch/1/level } }
`
  const hub = await newRoom(t, config).start()
  const { body } = await hub.get('/api/v1/surfaces')
  const port = Number(/Xctl on udp 127\.0\.0\.1:(\d+)/.exec(JSON.stringify(body))?.[1])
  const hand = (hex: string) => desk.say(Buffer.from(hex, 'hex'), port)
  const shown = (hex: string) => desk.got.some((bytes) => bytes.toString('hex').includes(hex))
  const heard = () =>
    mixer.got.flatMap((bytes) => {
      const decoded = decode(bytes)
      return decoded.ok && decoded.packet.kind === 'message' ? [decoded.packet] : []
    })

  hand(probe)
  // green, "Host" below
  await until(() => shown('f0000066582002202020202020 20486f7374'.replace(' ', '')), 'the strip')
  hand('90687fe00040')
  await until(() => heard().length === 1, 'the mixer hears of the hand')
  t.match(heard()[0], { address: '/ch/1/level', args: [{ type: 'f' }] })
  hand('906800')
  await until(() => shown('e00040'), 'let go, the motor holds there')
  mixer.answer(encode('/ch/1/level', [{ type: 'f', value: 1 }]))
  await until(() => shown('e07f7f'), 'the mixer moves the fader')
  hand('90007f')
  hand('900000')
  await until(() => heard().length === 2, 'the mixer hears of the key')
  t.equal(heard()[1]?.address, '/ch/1/mute')
  mixer.answer(encode('/ch/1/mute', [{ type: 'i', value: 1 }]))
  await until(() => shown('90007f'), 'its lamp is lit')
  const { body: asked } = await hub.get('/api/v1/intents?device=mixer')
  t.match(JSON.stringify(asked), /"surface":"desk"/)
  await hub.end()
  await until(() => shown('6e6f20687562'), 'no hub')
})
