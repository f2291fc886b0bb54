import { once } from 'node:events'
import { WebSocket } from 'ws'
import { controlsAt, spotOf } from './grid.ts'
import { lines } from './stream.ts'
import { type Hand, listening, portOf, type Way } from './way.ts'

/** A first Stream Deck XL behind a Satellite: 32 keys, each drawn with its pixels. */
const added = (id: string) =>
  `ADD-DEVICE DEVICEID=${id} PRODUCT_NAME="Bench" KEYS_TOTAL=32 KEYS_PER_ROW=8 BITMAPS=72\n`

/** A finger on a key, and off it, at a panel that is so wide. */
export function pressOf(id: string, number: number, width = 8): string {
  const { row, col } = spotOf(number)
  const key = `KEY-PRESS DEVICEID=${id} KEY=${row * width + col}`
  return `${key} PRESSED=1\n${key} PRESSED=0\n`
}

export const satellite: Way = {
  name: 'Satellite, TCP',
  link: 'TCP',
  surface: 'satellite',
  says: controlsAt({ row: 0, col: 0 }, 4, 8),
  prepare: listening('type: satellite, port: 0, webSocketPort: 0', (address) =>
    lines(portOf(address, 'tcp'), (number) => pressOf('bench-tcp', number), added('bench-tcp')),
  ),
}

export const satelliteWebSocket: Way = {
  name: 'Satellite, WebSocket',
  link: 'TCP',
  surface: 'satellite',
  says: controlsAt({ row: 0, col: 0 }, 4, 8),
  prepare: listening('', async (address): Promise<Hand> => {
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(address, 'ws')}`)
    await once(socket, 'open')
    socket.on('message', () => {})
    socket.send(added('bench-ws'))
    return {
      press: (number) => socket.send(pressOf('bench-ws', number)),
      close: () => socket.terminate(),
    }
  }),
}
