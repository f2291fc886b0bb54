import { once } from 'node:events'
import { connect } from 'node:net'
import { lengthPrefixed } from '../../wire/length.ts'
import { encode } from '../../wire/osc-encode.ts'
import { allControls, spotText } from './grid.ts'
import { type Hand, listening, portOf, type Way } from './way.ts'

/** A connection on which presses are lines or framed, after a greeting; what comes back is read and left. */
export async function lines(
  port: number,
  textOf: (number: number) => string | Buffer,
  greeting = '',
): Promise<Hand> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.resume()
  socket.write(greeting)
  return {
    press: (number) => void socket.write(textOf(number)),
    close: () => socket.destroy(),
  }
}

export const tcp: Way = {
  name: 'TCP lines',
  link: 'TCP',
  surface: 'tcp',
  says: 'number',
  prepare: overLines('type: tcp, port: 0', (number) => `FIRE d0 /cue/go args=[${number}]\r\n`),
}

export const companionTcp: Way = {
  ...tcp,
  name: "TCP, Companion's words",
  says: allControls,
  prepare: overLines('', (number) => `LOCATION 1/${spotText(number)} PRESS\n`),
}

export const rosstalk: Way = {
  name: 'RossTalk',
  link: 'TCP',
  surface: 'rosstalk',
  says: allControls,
  prepare: overLines('type: rosstalk, port: 0', (number) => `CC 1/${spotText(number)}\r\n`),
}

/** OSC 1.0, section "OSC Packets": a length before each over a stream. */
export const oscTcp: Way = {
  name: 'OSC over TCP',
  link: 'TCP',
  surface: 'osc-tcp',
  says: 'number',
  prepare: overLines('type: osc, transport: tcp-length, port: 0', (value) =>
    lengthPrefixed(encode('/if/fire/d0/cue/go', [{ type: 'i', value }])),
  ),
}

function overLines(config: string, textOf: (number: number) => string | Buffer): Way['prepare'] {
  return listening(config, (address) => lines(portOf(address), textOf))
}
