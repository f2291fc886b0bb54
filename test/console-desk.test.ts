import { createServer, type Socket } from 'node:net'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from 'tap'
import { EmulatedDock } from '../surfaces/streamdeck/emulated-dock.fixture.ts'
import { inBrowser, key, look, onPage } from './fixtures/browser.ts'
import { openBox, sheetOf } from './fixtures/satellite-box.ts'
import { newRoom } from './hub-process.ts'

// The desk as an operator has it: a Stream Deck Studio, a Satellite box and an X-Touch at one hub, and the console in a browser
// that shows the same faces and who is there. With INFRA_PICTURES=docs/surfaces it takes the pictures of the docs.

/** What an X-Touch says every two seconds ("Xctl Protocol for X-Touch" 1.0); silent for longer, it is lost. */
const probe = Buffer.from('f0002032585400f7', 'hex')
const probeMs = 500

/** A machine that takes commands, and answers as it is told. */
async function machine(t: Test, answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', () => answer(socket))
    socket.on('error', () => {}) // the hub's end goes first
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A port on which nobody listens. */
async function nobody(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

void inBrowser(
  'what is pressed on a box is seen on the box and in the console, pending and failed, with who is there',
  async (t, browser) => {
    const pictures = process.env['INFRA_PICTURES']
    const dock = new EmulatedDock()
    const dockPort = await dock.listen()
    t.teardown(() => dock.close())
    const good = await machine(t, (socket) => void socket.write('OK\r\n'))
    const busy = await machine(t, (socket) => void socket.write('ERR disk full\r\n'))
    const mute = await machine(t, () => {})
    const replies = `reply: "^OK", refusal: "^ERR"`
    const config = `site: studio-a
http: { port: 0 }
devices:
  mixer: { protocol: tcp, host: 127.0.0.1, port: ${good}, ${replies}, actions: { cut: "CUT", fade: "FADE" } }
  recorder: { protocol: tcp, host: 127.0.0.1, port: ${busy}, ${replies}, actions: { record: "REC" } }
  player: { protocol: tcp, host: 127.0.0.1, port: ${mute}, replyMs: 60000, ${replies}, actions: { roll: "ROLL" }, delivery: { timeout: 60s, fireDeadline: 60s } }
  lights: { protocol: osc, host: 127.0.0.1, port: ${await nobody()} }
surfaces:
  console: { type: web }
  boxes: { type: satellite, port: 0, webSocketPort: false, panels: { box-7: { operator: ben } } }
  decks: { type: streamdeck, usb: false, docks: [{ host: 127.0.0.1, port: ${dockPort} }], panel: { lock: { pin: "2580" } } }
  faders: { type: mcu, via: xctl, port: 0 }
pages:
  1:
    0/0: { text: CUT, colour: "#7a1f1f", press: { fire: mixer, action: cut } }
    0/1: { text: FADE, colour: "#7a1f1f", press: { fire: mixer, action: fade } }
    0/2: { text: RECORD, colour: "#4b2a7a", press: { fire: recorder, action: record } }
    0/3: { text: ROLL VT, colour: "#1d6b3a", press: { fire: player, action: roll } }
    0/4: { text: PAGE 2, page: next }
    1/0: { text: OFF AIR, colour: "#7a1f1f", confirm: 60s, press: { fire: mixer, action: fade } }
    1/1: { text: HOUSE, colour: "#6b4f1d", press: { set: lights, path: /house, value: 1 } }
    1/2: { text: DARK, colour: "#263238", press: { set: lights, path: /house, value: 0 } }
    1/3: { text: CAM 1, colour: "#1f4d7a", press: { fire: mixer, action: cut } }
    1/4: { text: CAM 2, colour: "#1f4d7a", press: { fire: mixer, action: cut } }
  2:
    0/0: { text: HOME, page: previous }
`
    const hub = await newRoom(t, config).start()
    const xTouch = createSocket('udp4')
    const { body } = await hub.get('/api/v1/surfaces')
    const xctlPort = Number(/Xctl on udp 127\.0\.0\.1:(\d+)/.exec(JSON.stringify(body))?.[1])
    const alive = setInterval(() => xTouch.send(probe, xctlPort, '127.0.0.1'), probeMs)
    t.teardown(() => {
      clearInterval(alive)
      xTouch.close()
    })
    const box = await openBox(t, await hub.port('boxes'), 'box-7')
    for (const [row, col] of [
      [0, 0],
      [0, 2],
      [0, 3],
      [1, 0],
      [1, 1],
    ] as const)
      box.press(row, col)

    await onPage(t, browser, hub.url, { viewport: { width: 1440, height: 1060 } }, async (page) => {
      await key(page, 'CUT').locator('.mark-confirmed').waitFor()
      await look(page, 'RECORD', 'failed')
      await look(page, 'ROLL VT', 'recorded')
      await look(page, 'OFF AIR', 'asks')
      await key(page, 'CUT').locator('.key-who', { hasText: 'ben' }).waitFor()
      const seat = page.locator('.seat')
      await seat.filter({ hasText: 'box-7' }).filter({ hasText: 'page 1' }).waitFor()
      await seat.filter({ hasText: 'Stream Deck Studio' }).filter({ hasText: 'locked' }).waitFor()
      await seat.filter({ hasText: 'X-Touch' }).waitFor()
      box.press(0, 4)
      await seat.filter({ hasText: 'box-7' }).filter({ hasText: 'page 2' }).waitFor()
      box.press(0, 0)
      await seat.filter({ hasText: 'box-7' }).filter({ hasText: 'page 1' }).waitFor()
      await box.shown(({ text, bitmap }) => text === 'RECORD' && bitmap !== null)
      if (pictures === undefined) return
      await page.locator('#surfaces-title').evaluate((title) => title.scrollIntoView())
      await page.screenshot({ path: `${pictures}/console-desk.png` })
      await sheetOf(box, `${pictures}/satellite-box.png`)
    })
  },
)
