import t, { type Test } from 'tap'
import { lengthPrefixed } from '../../wire/length.ts'
import { bundleOf, encode } from '../../wire/osc-encode.ts'
import { slip } from '../../wire/slip.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { type Bad, bearsRoughGuests } from '../rough.contract.ts'
import { datagramDoor, streamDoor } from '../rough-socket.contract.ts'
import { surface } from './surface.ts'

const options = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'unidentified' },
  variables: {},
  subscriptionMs: 60_000,
}

const pressing = (col: number) => encode(`/location/1/0/${col}/press`, [])

async function open(t: Test, transport: 'udp' | 'tcp-slip' | 'tcp-length') {
  const host = new RecordingHost()
  const opened = await surface.open('touch', { ...options, transport }, host)
  t.teardown(() => opened.close())
  return { host, port: Number(opened.address.split(':').at(-1)) }
}

/** In packets: OSC 1.0, "OSC Packets". */
const packets: readonly (readonly [what: string, packet: Buffer])[] = [
  ['half a packet', pressing(1).subarray(0, -3)],
  ['noise', Buffer.from('no osc at all')],
  ['an unknown address', encode('/nobody/knows', [])],
  ['a number that is none', encode('/if/set/desk/a', [{ type: 'f', value: Number.NaN }])],
  ['a value of the wrong type', encode('/if/hold', [{ type: 's', value: 'perhaps' }])],
  ['a control that is not there', encode('/location/9/0/1/press', [])],
  // an element that says that it has 2,147,483,647 bytes
  ['a bundle that lies', Buffer.from('#bundle\0\0\0\0\0\0\0\0\x01\x7f\xff\xff\xff', 'latin1')],
  [
    'bundles in bundles',
    Array.from({ length: 200 }).reduce<Buffer>((inner) => bundleOf([inner]), pressing(1)),
  ],
  ['a pattern of all there is', encode('/location/[/0/1/press', [])],
]

const inPackets = (frame: (packet: Buffer) => Buffer): readonly Bad[] =>
  packets.map(([what, packet]) => ({ what, bytes: frame(packet), counted: 1, then: 'goes on' }))

bearsRoughGuests(t, {
  name: 'OSC over UDP',
  bad: inPackets((packet) => packet),
  async open(t) {
    const { host, port } = await open(t, 'udp')
    return datagramDoor(t, host, port, pressing)
  },
})

bearsRoughGuests(t, {
  name: 'OSC over TCP with SLIP',
  bad: [
    ...inPackets((packet) => slip(packet)),
    {
      what: 'a frame that is cut',
      bytes: slip(pressing(1)).subarray(0, -1),
      counted: 1,
      then: 'leaves',
    },
    // RFC 1055: an escape is followed by 0xdc or 0xdd
    {
      what: 'a wrong escape',
      bytes: Buffer.from('c02fdb00c0', 'hex'),
      counted: 1,
      then: 'goes on',
    },
    {
      what: 'a giant frame',
      bytes: slip(Buffer.alloc(1_000_000, '/')),
      counted: 1,
      then: 'goes on',
    },
  ],
  async open(t) {
    const { host, port } = await open(t, 'tcp-slip')
    return streamDoor(t, host, port, (col) => slip(pressing(col)))
  },
})

bearsRoughGuests(t, {
  name: 'OSC over TCP with lengths',
  bad: [
    ...inPackets((packet) => lengthPrefixed(packet)),
    {
      what: 'a frame that is cut',
      bytes: lengthPrefixed(pressing(1)).subarray(0, -1),
      counted: 1,
      then: 'leaves',
    },
    {
      what: 'a giant length',
      bytes: Buffer.from('ffffffff2f610000', 'hex'),
      counted: 1,
      then: 'is cut off',
    },
  ],
  async open(t) {
    const { host, port } = await open(t, 'tcp-length')
    return streamDoor(t, host, port, (col) => lengthPrefixed(pressing(col)))
  },
})
