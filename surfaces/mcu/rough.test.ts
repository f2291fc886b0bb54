import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { MemoryPorts } from '../../wire/memory-midi-ports.fixture.ts'
import { NoPorts, type MidiPorts } from '../../wire/midi-ports.ts'
import { Inviter } from '../../wire/rtp-inviter.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import {
  type Bad,
  bearsRoughGuests,
  counter,
  type Door,
  type Guest,
  inStep,
  until,
} from '../rough.contract.ts'
import type { ConsoleSurfaceOptions } from './options.ts'
import { openConsole } from './surface.ts'

const usual: ConsoleSurfaceOptions = {
  ...({ model: 'x-touch', via: 'port', midi: '', midiInput: '', console: '*', port: 0 } as const),
  ...({ rings: 'bar', pagesAsKeys: false, silenceMs: 30_000, host: '127.0.0.1' } as const),
  insecure: false,
  operator: 'unidentified',
}
const noPorts = () => Promise.reject(new NoPorts('not asked for here'))

const hex = (bytes: string) => Buffer.from(bytes.replaceAll(' ', ''), 'hex')
const bytes = (what: string, text: string, counted: number): Bad => ({
  what,
  bytes: hex(text),
  counted,
  then: 'goes on',
})
/** PLAY, down and up (Mackie Control, "Channel Strip and buttons": note 5E). */
const play = '90 5e 7f 90 5e 00'

/** Each guest is a console of its own: one entry of the config is one. */
function door(
  connected: (name: string, host: RecordingHost) => Promise<Omit<Guest, 'arrived' | 'press'>>,
  step: number,
  press: (guest: Omit<Guest, 'arrived' | 'press'>, count: number) => Promise<void>,
): Door {
  const host = new RecordingHost()
  let guests = 0
  return {
    rejected: () => host.rejections.length,
    async guest() {
      const name = `desk-${guests++}`
      const guest = await connected(name, host)
      const seatOf = () => host.desk.seats.find(({ panel }) => panel.id === `mcu:${name}`)
      await until('the console has a seat', () => seatOf() !== undefined)
      const arrived = counter(seatOf()?.said ?? [], ({ type }) => type === 'down')
      return {
        ...guest,
        arrived,
        press: (count) => inStep(count, step, arrived, (now) => press(guest, now)),
      }
    },
  }
}

async function console(
  t: Test,
  name: string,
  host: RecordingHost,
  given: Partial<ConsoleSurfaceOptions>,
  load: () => Promise<MidiPorts> = noPorts,
) {
  const opened = await openConsole(name, { ...usual, ...given }, host, load, 5)
  t.teardown(() => opened.close())
  return { port: Number(/:(\d+):/.exec(opened.address)?.[1]) }
}

/** Hostile MIDI, whichever way it comes. */
const midi = [
  bytes('a giant SysEx', `f0 ${'00'.repeat(100_000)} f7`, 1),
  bytes('a SysEx that another message cuts', `f0 00 00 66 14 ${'7f'.repeat(1000)} f6`, 1),
  bytes('data of nothing', '01 02 03', 1),
  bytes('channels and notes that it does not have', '9f 7f 7f ef 7f 7f bf 7f 7f', 0),
  bytes("another maker's SysEx", 'f0 41 10 42 12 40 00 7f 00 41 f7', 0),
  bytes('a challenge without a question', 'f0 00 00 66 14 01 f7', 0),
]

bearsRoughGuests(t, {
  name: 'a console at a MIDI port',
  bad: [{ ...bytes('half a message', '90 5e', 0), then: 'leaves' }, ...midi],
  async open(t) {
    return door(
      async (name, host) => {
        const ports = new MemoryPorts()
        const port = `X-Touch ${name}`
        ports.plugged.in.push(port)
        ports.plugged.out.push(port)
        await console(t, name, host, {}, () => Promise.resolve(ports))
        return {
          async send(chunk) {
            ports.say(port, chunk.toString('hex'))
          },
          async leave() {
            ports.plugged.in.pop()
            ports.plugged.out.pop()
          },
          isCutOff: () => false,
        }
      },
      500,
      async ({ send }, count) => send(hex(play.repeat(count))),
    )
  },
})

/** A sender of datagrams. */
async function sender(t: Test, port: number) {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return (chunk: Buffer) =>
    new Promise<void>((resolve, reject) =>
      socket.send(chunk, (error) => (error === null ? resolve() : reject(error))),
    )
}

bearsRoughGuests(t, {
  name: 'a console by Xctl',
  // a packet is whole messages: what is cut is not waited for
  bad: [bytes('half a message', '90 5e', 0), ...midi.slice(1), bytes('an empty packet', '', 0)],
  async open(t) {
    return door(
      async (name, host) => {
        const { port } = await console(t, name, host, { via: 'xctl' })
        const send = await sender(t, port)
        await send(hex('f0 00 20 32 58 54 00 f7'))
        return { send, leave: () => Promise.resolve(), isCutOff: () => false }
      },
      500,
      ({ send }, count) => send(hex(play.repeat(count))),
    )
  },
})

bearsRoughGuests(t, {
  name: 'a console by network MIDI',
  // each press is a packet with its journal, written and read here
  flood: 20_000,
  // from a stranger at the same port: nobody is in a session with it, and nothing of it is told
  bad: [
    bytes('noise', 'ff'.repeat(1000), 0),
    bytes('half an invitation', 'ffff 494e 0000', 0),
    // RFC 6295, section 3: a list that is longer than its packet
    bytes('a list that lies', '8061 0001 00000000 00000001 8fff 90 5e 7f', 0),
    bytes('a press of nobody', '8061 0001 00000000 00000001 03 90 5e 7f', 0),
    bytes('a farewell of nobody', 'ffff 4259 00000002 00000000 00000000', 0),
    bytes('an empty packet', '', 0),
  ],
  async open(t) {
    const sessions = new Map<object, Inviter>()
    return door(
      async (name, host) => {
        const { port } = await console(t, name, host, { via: 'accept' })
        const far = new Inviter(
          {
            ...{ host: '127.0.0.1', port, bind: '127.0.0.1', shownAs: name },
            ...({ journal: true, silenceMs: 30_000, confirm: 'sent' } as const),
          },
          { up() {}, down() {}, got() {}, lost() {}, tells: () => true },
        )
        far.open()
        t.teardown(() => far.close(true))
        await until('it is in a session', () => far.session !== null)
        const guest = {
          // the port of the session's data is the next one
          send: await sender(t, port + 1),
          leave: () => Promise.resolve(),
          isCutOff: () => false,
        }
        sessions.set(guest, far)
        return guest
      },
      100,
      async (guest, count) => {
        const key = { kind: 'note-on', channel: 1, note: 0x5e } as const
        for (let n = 0; n < count; n++)
          sessions.get(guest)?.session?.send(
            [
              { ...key, velocity: 127 },
              { ...key, velocity: 0 },
            ],
            () => {},
          )
      },
    )
  },
})
