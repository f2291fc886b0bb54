import { createSocket } from 'node:dgram'
import { getEventListeners, once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import { MemoryPorts } from '../../wire/memory-midi-ports.fixture.ts'
import { encodeMidi, hexOf, type MidiMessage } from '../../wire/midi.ts'
import { NoPorts, type MidiPorts } from '../../wire/midi-ports.ts'
import { Acceptor } from '../../wire/rtp-acceptor.ts'
import type { EndpointOptions } from '../../wire/rtp-endpoint.ts'
import { Inviter } from '../../wire/rtp-inviter.ts'
import { systemPorts } from '../../wire/system-midi-ports.ts'
import { blankFace } from '../desk.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { SurfaceError } from '../surface.ts'
import type { ConsoleSurfaceOptions } from './options.ts'
import { openConsole } from './surface.ts'

/** How often the tests look for plugs. Milliseconds. */
const lookMs = 5
const usual: ConsoleSurfaceOptions = {
  model: 'x-touch',
  via: 'port',
  midi: '',
  midiInput: '',
  console: '*',
  port: 0,
  rings: 'bar',
  pagesAsKeys: false,
  silenceMs: 7000,
  host: '127.0.0.1',
  insecure: false,
  operator: 'unidentified',
}

async function opened(
  t: Test,
  given: Partial<ConsoleSurfaceOptions>,
  load: () => Promise<MidiPorts>,
) {
  const host = new RecordingHost()
  const surface = await openConsole('desk', { ...usual, ...given }, host, load, lookMs)
  t.teardown(() => surface.close())
  return { host, surface }
}

const noPorts = () => Promise.reject(new NoPorts('not asked for here'))

/** Waits until something came of what was done elsewhere: at most 30 s, which only a fault takes. */
async function until(reached: () => boolean): Promise<void> {
  const last = Date.now() + 30_000
  while (!reached()) {
    if (Date.now() > last) throw new Error('waited 30 s in vain')
    await setImmediate()
  }
}

async function atPort(t: Test, given: Partial<ConsoleSurfaceOptions> = {}) {
  const ports = new MemoryPorts()
  const plug = (isIn: boolean) => {
    ports.plugged.in.splice(0, 9, ...(isIn ? ['X-Touch X-TOUCH_INT'] : []))
    ports.plugged.out.splice(0, 9, ...(isIn ? ['X-Touch X-TOUCH_INT'] : []))
  }
  plug(true)
  const { host, surface } = await opened(t, given, () => Promise.resolve(ports))
  await host.until(() => host.desk.seats.length === 1)
  const sent = () =>
    ports.sent.splice(0).map((line) => line.split(': ')[1]?.replace(/(..)(?=.)/g, '$1 ') ?? '')
  const say = (bytes: string) => ports.say('X-Touch X-TOUCH_INT', bytes.replaceAll(' ', ''))
  return { host, surface, ports, plug, sent, say }
}

void t.test(
  'an X-Touch that is plugged in is a panel: a hand on it is heard, faces are drawn',
  async (t) => {
    const { host, surface, sent, say } = await atPort(t)
    const seat = host.desk.newest
    t.match(seat.panel, { id: 'mcu:desk', product: 'X-Touch', ownsPin: true })
    t.equal(surface.address, 'MIDI port X-Touch: MIDI port X-Touch X-TOUCH_INT')
    t.ok(sent().includes('f0 00 00 66 14 00 f7'), 'it is asked who it is')
    say('90 68 7f e0 00 20 e0 00 40 90 68 00')
    t.strictSame(seat.said, [
      { type: 'touch', row: 5, col: 0, on: true },
      { type: 'fader', row: 5, col: 0, position: 0x1000 / 16_383 },
      { type: 'fader', row: 5, col: 0, position: 0x2000 / 16_383 },
      { type: 'touch', row: 5, col: 0, on: false },
    ])
    t.strictSame(sent(), ['e0 00 40'], 'its motor holds where the hand left it')
    await seat.draw({ row: 5, col: 0 }, { level: 0 })
    t.strictSame(sent(), ['e0 00 00'], 'a change at the device moves the fader')
    seat.port.page(2)
    t.strictSame(sent(), ['b0 4a 32'])
  },
)

void t.test('however much is drawn in a long show, nothing of it is kept', async (t) => {
  const { host } = await atPort(t)
  const { port } = host.desk.newest
  const gone = new AbortController()
  const takes = { bitmap: null, text: true, colour: true, level: true }
  const control = { row: 5, col: 0, kind: 'fader', takes } as const
  for (let n = 0; n < 20; n++)
    await port.draw(control, { ...blankFace, level: n / 20 }, gone.signal)
  t.equal(getEventListeners(gone.signal, 'abort').length, 0)
})

void t.test('a fader whose move nothing came of goes back', async (t) => {
  const { host, sent, say } = await atPort(t)
  const seat = host.desk.newest
  await seat.draw({ row: 5, col: 0 }, { level: 0 })
  sent()
  seat.answer = { ok: false, code: 'locked', detail: 'the panel is locked' }
  say('e0 7f 7f')
  await until(() => host.desk.newest.said.length === 1)
  await setImmediate()
  t.strictSame(sent(), ['e0 00 00'])
})

void t.test(
  'unplugged in the middle of a draw it leaves, and plugged in it is shown all anew',
  async (t) => {
    const { host, ports, plug, sent, say } = await atPort(t)
    const first = host.desk.newest
    say('90 68 7f f0 00 00 66')
    plug(false)
    await host.until(() => first.end !== null)
    t.equal(first.end, 'left')
    t.strictSame([...ports.open], [], 'its ports are let go')
    await first.draw({ row: 5, col: 0 }, { level: 1 })
    t.match(host.rejections.at(-1)?.failure.detail, 'X-Touch X-TOUCH_INT was unplugged')
    const reasons = host.rejections.length
    sent()
    plug(true)
    await host.until(() => host.desk.seats.length === 2)
    t.ok(host.rejections.length <= reasons + 1, 'why it is not there is told once')
    t.ok(sent().includes('90 5e 00'), 'lamps from before are put out')
    say('90 5e 7f')
    const second = host.desk.newest
    t.strictSame(second.said, [{ type: 'down', row: 12, col: 3 }], 'half a message is forgotten')
    await second.draw({ row: 5, col: 0 }, { level: 1 })
    t.strictSame(sent(), ['e0 7f 7f'], 'and so is the hand that was on a fader')
  },
)

void t.test('a console that is switched off and on again is drawn anew', async (t) => {
  const { host, sent, say } = await atPort(t)
  sent()
  say('f0 00 00 66 14 01 30 31 32 33 34 35 36 01 02 03 04 f7')
  await host.until(() => host.desk.newest.redraws === 1)
  t.equal(sent()[0], 'f0 00 00 66 14 02 30 31 32 33 34 35 36 05 05 7b 2f f7')
})

void t.test('hostile SysEx and noise stop nothing', async (t) => {
  const { host, say } = await atPort(t)
  say(`f0 ${'00 '.repeat(100_000)}f7`)
  say('f4 01 02 03 ff fe f0 00 00 66 14 01 00 f7 90')
  say('5e 7f')
  t.strictSame(host.desk.newest.said, [{ type: 'down', row: 12, col: 3 }])
  t.ok(host.rejections.some(({ failure }) => /SysEx of more than 16384/.test(failure.detail)))
})

void t.test('the time code display follows a device', async (t) => {
  const { host, sent } = await atPort(t, { time: { device: 'deck' as DeviceId, path: 'timecode' } })
  sent()
  host.report('deck', 'transport', 'play')
  t.strictSame(sent(), [])
  host.report('deck', 'timecode', '01:00:00:00')
  t.ok(sent().includes('b0 47 71'))
})

void t.test('when the hub stops, the console is dark and says so', async (t) => {
  const { host, surface, sent } = await atPort(t)
  await host.desk.newest.draw({ row: 12, col: 3 }, { lit: true })
  sent()
  await surface.close()
  const last = sent()
  t.ok(last.includes('90 5e 00'))
  t.ok(last.includes('f0 00 00 66 14 12 00 6e 6f 20 68 75 62 20 f7'), 'no hub')
  t.equal(host.desk.newest.end, 'left')
  t.equal(host.followers, 0)
})

void t.test('another console of this name takes over, and this one says so', async (t) => {
  const { host, sent, say } = await atPort(t)
  sent()
  host.desk.newest.finish('replaced', 'another console joined')
  t.ok(sent().includes('f0 00 00 66 14 12 00 69 6e 20 75 73 65 20 f7'), 'in use')
  say('90 5e 7f')
  t.strictSame(host.desk.newest.said, [])
})

void t.test('a machine without MIDI says what to do, and the hub starts', async (t) => {
  const { host, surface } = await opened(t, {}, systemPorts)
  await host.until(() => host.rejections.length > 0 || host.desk.seats.length > 0)
  t.match(
    surface.address,
    /^MIDI port X-Touch: .*(modprobe|there is no MIDI|@julusian\/midi|libasound)/,
  )
})

const peer: EndpointOptions = {
  host: '127.0.0.1',
  port: 0,
  bind: '127.0.0.1',
  shownAs: 'X-Touch at a computer',
  journal: true,
  silenceMs: 7000,
  confirm: 'sent',
}

/** What the console at the other side of a network session got, in hex. */
function side(got: string[]) {
  return {
    up: () => {},
    down: () => {},
    got: (message: MidiMessage) => void got.push(hexOf(encodeMidi(message))),
    lost: () => {},
    tells: () => true,
  }
}

void t.test(
  'a console over network MIDI that is invited is driven, and a farewell is its unplugging',
  async (t) => {
    const got: string[] = []
    const far = new Acceptor({ ...peer, host: '*' }, side(got))
    await far.listen()
    t.teardown(() => far.close(false))
    const { host } = await opened(
      t,
      { via: 'invite', console: '127.0.0.1', port: far.port },
      noPorts,
    )
    await until(() => host.desk.seats.length === 1)
    far.session?.send([{ kind: 'pitch', channel: 3, value: 8191 }], () => {})
    await until(() => host.desk.newest.said.length === 1)
    t.strictSame(host.desk.newest.said, [{ type: 'fader', row: 5, col: 2, position: 1 }])
    await host.desk.newest.draw({ row: 5, col: 2 }, { level: 0 })
    await until(() => got.includes('e2 00 00'))
    t.ok(got.includes('f0 00 00 66 14 00 f7'))
    const first = host.desk.newest
    far.session?.close(true)
    await until(() => first.end === 'left')
    t.match(host.rejections.at(-1)?.failure, { code: 'unreachable', detail: /left the session/ })
  },
)

void t.test('a console over network MIDI that invites is driven, too', async (t) => {
  const { host, surface } = await opened(t, { via: 'accept', console: '127.0.0.1' }, noPorts)
  const port = Number(/:(\d+):/.exec(surface.address)?.[1])
  const got: string[] = []
  const far = new Inviter({ ...peer, port }, side(got))
  far.open()
  t.teardown(() => far.close(true))
  await until(() => host.desk.seats.length === 1 && far.session !== null)
  far.session?.send([{ kind: 'note-on', channel: 1, note: 0x5e, velocity: 127 }], () => {})
  await until(() => host.desk.newest.said.length === 1)
  await host.desk.newest.draw({ row: 12, col: 3 }, { state: { is: 'pending' } })
  await until(() => got.includes('90 5e 01'))
  await surface.close()
  await until(() => got.includes('f0 00 00 66 14 12 00 6e 6f 20 68 75 62 20 f7'))
  t.pass('its farewell arrived')
})

/** An X-Touch in Xctl mode: packets by the document "Xctl Protocol for X-Touch". */
async function xTouch(t: Test, port: number) {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const got: string[] = []
  socket.on('message', (bytes) => got.push(bytes.toString('hex')))
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return {
    got,
    say: (bytes: string) => socket.send(Buffer.from(bytes.replaceAll(' ', ''), 'hex')),
  }
}
const probe = 'f0 00 20 32 58 54 00 f7'

void t.test(
  'an X-Touch that asks by Xctl is answered, driven, and lost when it is silent',
  async (t) => {
    const { host, surface } = await opened(t, { via: 'xctl', silenceMs: 200 }, noPorts)
    const { got, say } = await xTouch(t, Number(/:(\d+):/.exec(surface.address)?.[1]))
    say('90 5e 7f')
    await host.until(() => host.rejections.length === 1)
    t.match(host.rejections[0]?.failure.detail, 'not asked for a host')
    say(probe)
    await host.until(() => host.desk.seats.length === 1)
    const seat = host.desk.newest
    await until(() => got.includes('f000006614 00f7'.replace(' ', '')))
    say('90 68 7f e0 00 40 90 68 00')
    await host.until(() => seat.said.length === 3)
    await seat.draw({ row: 5, col: 0 }, { text: 'Host', level: 1, colour: '#ff0000' })
    // the motor, and the first strip in red, in one packet
    const strip = `f00000665820 01 20202020202020 486f7374202020 f7`.replaceAll(' ', '')
    await until(() => got.includes(`e07f7f${strip}`))
    await host.until(() => seat.end !== null)
    t.match(host.rejections.at(-1)?.failure.detail, 'silent for 200 ms')
    say(probe)
    await host.until(() => host.desk.seats.length === 2)
    t.pass('it comes back')
  },
)

void t.test(
  'a second X-Touch at the same port drives nothing, and neither does another address',
  async (t) => {
    const { host, surface } = await opened(t, { via: 'xctl' }, noPorts)
    const port = Number(/:(\d+):/.exec(surface.address)?.[1])
    const [first, second] = [await xTouch(t, port), await xTouch(t, port)]
    first.say(probe)
    await host.until(() => host.desk.seats.length === 1)
    second.say(probe)
    second.say('90 5e 7f')
    await host.until(() => host.rejections.length === 2)
    t.match(host.rejections[1]?.failure.detail, 'another console is driven here')
    t.strictSame([host.desk.seats.length, host.desk.newest.said.length], [1, 0])
    const strict = await opened(t, { via: 'xctl', console: '127.0.0.2' }, noPorts)
    const other = await xTouch(t, Number(/:(\d+):/.exec(strict.surface.address)?.[1]))
    other.say(probe)
    await strict.host.until(() => strict.host.rejections.length === 1)
    t.match(strict.host.rejections[0]?.failure.detail, 'only 127.0.0.2')
  },
)

void t.test('what does not fit is said with the config key at fault', async (t) => {
  const wrong: readonly (readonly [Partial<ConsoleSurfaceOptions>, string, RegExp])[] = [
    [{ via: 'xctl', model: 'x-touch-mini' }, 'model', /only an X-Touch speaks Xctl/],
    [{ via: 'invite' }, 'console', /say whom to invite/],
    [{ via: 'xctl', host: '0.0.0.0' }, 'host', /insecure: true/],
    [{ via: 'accept', host: '0.0.0.0' }, 'host', /insecure: true/],
  ]
  for (const [given, option, message] of wrong) {
    const error: unknown = await openConsole(
      'desk',
      { ...usual, ...given },
      new RecordingHost(),
      noPorts,
    ).catch((caught: unknown) => caught)
    t.ok(error instanceof SurfaceError)
    t.match(error, { option, message })
  }
  const { surface } = await opened(t, { via: 'xctl' }, noPorts)
  const port = Number(/:(\d+):/.exec(surface.address)?.[1])
  await t.rejects(
    openConsole('desk', { ...usual, via: 'xctl', port }, new RecordingHost(), noPorts),
    {
      option: 'port',
      message: /is in use/,
    },
  )
})
