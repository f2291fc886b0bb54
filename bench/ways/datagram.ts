import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from '../../wire/osc-encode.ts'
import { allControls, spotText } from './grid.ts'
import { listening, portOf, type Way } from './way.ts'

/** Each press a datagram. */
function overUdp(config: string, bytesOf: (number: number) => Buffer | string): Way['prepare'] {
  return listening(config, async (address) => {
    const socket = createSocket('udp4')
    socket.connect(portOf(address), '127.0.0.1')
    await once(socket, 'connect')
    return { press: (number) => socket.send(bytesOf(number)), close: () => void socket.close() }
  })
}

export const osc: Way = {
  name: 'OSC',
  link: 'UDP',
  surface: 'osc',
  says: 'number',
  prepare: overUdp('type: osc, port: 0', (value) =>
    encode('/if/fire/d0/cue/go', [{ type: 'i', value }]),
  ),
}

export const companionOsc: Way = {
  ...osc,
  name: "OSC, Companion's words",
  says: allControls,
  prepare: overUdp('', (number) => encode(`/location/1/${spotText(number)}/press`, [])),
}

export const udp: Way = {
  ...osc,
  name: 'UDP lines',
  surface: 'udp',
  prepare: overUdp('type: udp, port: 0', (number) => `FIRE d0 /cue/go args=[${number}]\r\n`),
}
