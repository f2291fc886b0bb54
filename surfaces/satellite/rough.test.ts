import { once } from 'node:events'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import type { RecordingHost } from '../recording-host.contract.ts'
import {
  type Bad,
  bearsRoughGuests,
  bearsRoughPanels,
  counter,
  type Door,
  type PanelGuest,
  until,
} from '../rough.contract.ts'
import { roughSocket } from '../rough-socket.contract.ts'
import { openSurface, packed } from './test-client.contract.ts'

/** The lines of a connection that has one panel with four keys of 256 pixels; `guest` names it. */
const added = (guest: number) =>
  `ADD-DEVICE DEVICEID=box-${guest} PRODUCT_NAME=box KEYS_TOTAL=4 KEYS_PER_ROW=4 BITMAPS=256\n`
const down = (guest: number) => `KEY-PRESS DEVICEID=box-${guest} KEY=0 PRESSED=1\n`

const line = (what: string, text: string) =>
  ({ what, bytes: Buffer.from(`${text}\n`), counted: 1, then: 'goes on' }) as const
const bad: readonly Bad[] = [
  { what: 'half a line', bytes: Buffer.from('KEY-PRESS DEVICEID='), counted: 0, then: 'leaves' },
  { what: 'a giant line', bytes: Buffer.alloc(2_000_000, 'x'), counted: 0, then: 'leaves' },
  {
    what: 'bytes that are no text',
    bytes: Buffer.of(0xff, 0xfe, 0x0a),
    counted: 1,
    then: 'is cut off',
  },
  {
    what: 'a browser',
    bytes: Buffer.from('POST /press HTTP/1.1\r\n'),
    counted: 1,
    then: 'is cut off',
  },
  line('an unknown command', 'JUMP HIGHER=1'),
  line('a key that is none', 'KEY-PRESS DEVICEID=box-1 KEY=zero PRESSED=1'),
  line('the panel of another connection', 'KEY-PRESS DEVICEID=box-0 KEY=0 PRESSED=1'),
  line('a panel that is not there', 'KEY-PRESS DEVICEID=ghost KEY=0 PRESSED=1'),
  line('turns without end', 'KEY-ROTATE DEVICEID=box-1 KEY=0 DIRECTION=1000000000'),
  line('a key twice', 'ADD-DEVICE DEVICEID=x PRODUCT_NAME=x KEYS_TOTAL=99999'),
  line('a bitmap that no panel has', 'ADD-DEVICE DEVICEID=x PRODUCT_NAME=x BITMAPS=1000000'),
  line('a manifest of nonsense', 'ADD-DEVICE DEVICEID=x PRODUCT_NAME=x LAYOUT_MANIFEST=e30='),
  line(
    'a manifest of giants',
    `ADD-DEVICE DEVICEID=x PRODUCT_NAME=x LAYOUT_MANIFEST=${packed({
      stylePresets: { default: { bitmap: { w: 1e9, h: 1e9 } } },
      controls: { a: { row: 0, column: 0 } },
    })}`,
  ),
]

/** What a connection needs to be a guest. */
interface Line {
  send(bytes: Buffer): Promise<void>
  /** Without a word. */
  leave(): Promise<void>
  isCutOff(): boolean
  stall(on: boolean): void
}

function door(host: RecordingHost, connected: () => Promise<Line>): Door<PanelGuest> {
  let guests = 0
  return {
    rejected: () => host.rejections.length,
    async guest(): Promise<PanelGuest> {
      const own = guests++
      const line = await connected()
      await line.send(Buffer.from(added(own)))
      const seatOf = () => host.desk.seats.find(({ panel }) => panel.id === `box-${own}`)
      await until('its panel has a seat', () => seatOf() !== undefined)
      const seat = seatOf() ?? host.desk.newest
      return {
        ...line,
        seat,
        arrived: counter(seat.said, ({ type }) => type === 'down'),
        async press(count) {
          // a message of a WebSocket has two megabytes at most
          for (let left = count; left > 0; left -= 1000)
            await line.send(Buffer.from(down(own).repeat(Math.min(1000, left))))
        },
      }
    },
  }
}

async function openTcp(t: Test): Promise<Door<PanelGuest>> {
  const { host, port } = await openSurface(t)
  return door(host, async () => {
    const { socket, send, isCutOff } = await roughSocket(t, port)
    return {
      send,
      isCutOff,
      async leave() {
        socket.destroy()
      },
      stall: (on) => void (on ? socket.pause() : socket.resume()),
    }
  })
}

async function openWebSocket(t: Test): Promise<Door<PanelGuest>> {
  const { host, webSocketPort } = await openSurface(t)
  return door(host, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${webSocketPort}`)
    t.teardown(() => socket.terminate())
    socket.on('error', () => {}) // one that is cut off on purpose
    await once(socket, 'open')
    return {
      send: (bytes) => new Promise<void>((resolve) => socket.send(bytes, () => resolve())),
      isCutOff: () => socket.readyState === WebSocket.CLOSED,
      async leave() {
        socket.terminate()
      },
      stall: (on) => (on ? socket.pause() : socket.resume()),
    }
  })
}

for (const [name, open, flood] of [
  ['Satellite over TCP', openTcp, 50_000],
  // the same lines behind another door
  ['Satellite over WebSocket', openWebSocket, 30_000],
] as const) {
  bearsRoughGuests(t, { name, bad, open, flood })
  bearsRoughPanels(t, { name, bad, open })
}
