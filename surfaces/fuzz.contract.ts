import { encode } from '../wire/osc-encode.ts'
import { decode, type OscPacket } from '../wire/osc.ts'
import { parseAddress } from './address.ts'
import { parseCommand } from './command.ts'
import { understood, type Wanted } from './companion.ts'
import type { FuzzTarget } from './fuzz-target.contract.ts'
import { RecordingHost } from './recording-host.contract.ts'

const variables = { cue: { device: 'desk', path: '/cue' } }

/** A room with a grid of 32 controls. Nothing is recorded in it: what is tried only asks what there is. */
function room(): RecordingHost {
  const host = new RecordingHost()
  for (let n = 0; n < 32; n++) host.show({ page: 1, row: n >> 3, col: n & 7 }, { text: `${n}` })
  host.report('desk', '/cue', 'intro')
  return host
}

/** What is asked names real places, and what is wrong is said shortly. */
function sound(wanted: Wanted, host: RecordingHost): void {
  for (const asked of understood(wanted, host, variables)) {
    if (asked.kind === 'error' && asked.failure.detail.length > 500)
      throw new Error('an error quotes too much')
    if ('control' in asked && asked.control.length > 128) throw new Error('a control is too long')
    if (asked.kind === 'gesture' && !(asked.place.page >= 1 && asked.place.row >= 0))
      throw new Error('a gesture at no place')
  }
}

function each(packet: OscPacket, take: (wanted: Wanted) => void): void {
  if (packet.kind === 'message') take(parseAddress(packet.address, packet.args))
  else for (const element of packet.elements) each(element, take)
}

const osc = (address: string) => encode(address, [{ type: 'f', value: 1 }])

export const targets: readonly FuzzTarget[] = [
  {
    name: 'lines of TCP and UDP',
    seeds: [
      'FIRE desk /cue/go 1 "two words" a={"b":[1]}',
      'SET desk /master/level 0.5',
      'LOCATION 1/0/2 PRESS',
      'LOCATION 1/0/2 STYLE TEXT say "hi',
      'LOCATION 1/0/2 SET-STEP 2',
      'CUSTOM-VARIABLE cue SET-VALUE intro',
      'SURFACE emulator PAGE-SET 2',
      'HOLD ON',
    ],
    open() {
      const host = room()
      return (bytes) => sound(parseCommand(bytes.toString()), host)
    },
  },
  {
    name: 'OSC addresses',
    seeds: [
      osc('/if/fire/desk/cue/go'),
      osc('/if/set/desk/master/level'),
      osc('/location/1/0/2/press'),
      osc('/location/1/{0,2}/[0-7]*?/press'),
      osc('/location/1/0/2/step'),
      osc('/custom-variable/cue/value'),
    ],
    open() {
      const host = room()
      return (bytes) => {
        const decoded = decode(bytes)
        // most bytes are no packet: then they are an address
        if (decoded.ok) each(decoded.packet, (wanted) => sound(wanted, host))
        else sound(parseAddress(`/${bytes.toString()}`, []), host)
      }
    },
  },
]
