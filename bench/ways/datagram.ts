import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from '../../wire/osc-encode.ts'
import { allControls, spotOf } from './grid.ts'
import { type Hand, listening, portOf, type Way } from './way.ts'

async function sending(
  address: string,
  bytesOf: (number: number) => Buffer | string,
): Promise<Hand> {
  const socket = createSocket('udp4')
  socket.connect(portOf(address), '127.0.0.1')
  await once(socket, 'connect')
  return { press: (number) => socket.send(bytesOf(number)), close: () => void socket.close() }
}

export const osc: Way = {
  name: 'OSC',
  link: 'UDP',
  surface: 'osc',
  says: 'number',
  prepare: listening('type: osc, port: 0', (address) =>
    sending(address, (value) => encode('/if/fire/d0/cue/go', [{ type: 'i', value }])),
  ),
}

export const companionOsc: Way = {
  name: "OSC, Companion's words",
  link: 'UDP',
  surface: 'osc',
  says: allControls,
  prepare: listening('', (address) =>
    sending(address, (number) => {
      const { row, col } = spotOf(number)
      return encode(`/location/1/${row}/${col}/press`, [])
    }),
  ),
}

export const udp: Way = {
  name: 'UDP lines',
  link: 'UDP',
  surface: 'udp',
  says: 'number',
  prepare: listening('type: udp, port: 0', (address) =>
    sending(address, (number) => `FIRE d0 /cue/go args=[${number}]\r\n`),
  ),
}
