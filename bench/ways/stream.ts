import { once } from 'node:events'
import { connect } from 'node:net'
import { allControls, spotOf } from './grid.ts'
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
  prepare: listening('type: tcp, port: 0', (address) =>
    lines(portOf(address), (number) => `FIRE d0 /cue/go args=[${number}]\r\n`),
  ),
}

export const companionTcp: Way = {
  name: "TCP, Companion's words",
  link: 'TCP',
  surface: 'tcp',
  says: allControls,
  prepare: listening('', (address) =>
    lines(portOf(address), (number) => {
      const { row, col } = spotOf(number)
      return `LOCATION 1/${row}/${col} PRESS\n`
    }),
  ),
}

export const rosstalk: Way = {
  name: 'RossTalk',
  link: 'TCP',
  surface: 'rosstalk',
  says: allControls,
  prepare: listening('type: rosstalk, port: 0', (address) =>
    lines(portOf(address), (number) => {
      const { row, col } = spotOf(number)
      return `CC 1/${row}/${col}\r\n`
    }),
  ),
}
