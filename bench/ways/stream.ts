import { once } from 'node:events'
import { connect } from 'node:net'
import { allControls, spotText } from './grid.ts'
import { type Hand, listening, portOf, type Way } from './way.ts'

/** A connection on which presses are lines, after a greeting; what comes back is read and left. */
export async function lines(
  port: number,
  textOf: (number: number) => string,
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

function overLines(config: string, textOf: (number: number) => string): Way['prepare'] {
  return listening(config, (address) => lines(portOf(address), textOf))
}
