import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Test } from 'tap'
import type { RecordingHost } from './recording-host.contract.ts'
import { counter, type Door, type Guest, inStep } from './rough.contract.ts'

/** A connection that reads what it is told and throws it away. */
export async function roughSocket(t: Test, port: number) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  t.teardown(() => socket.destroy())
  socket.on('error', () => {}) // one that is cut off on purpose
  await once(socket, 'connect')
  socket.resume()
  return {
    socket,
    async send(bytes: Buffer) {
      if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    },
    isCutOff: () => socket.readableEnded || socket.closed,
    async leave() {
      socket.end()
      if (!socket.closed) await once(socket, 'close')
    },
  }
}

/** How many presses of column `col` of the first page the hub heard. */
const ofColumn = (host: RecordingHost, col: number) =>
  counter(host.gestures, ({ place }) => place.page === 1 && place.col === col)

/** A way in at which each guest has a column of its own. `enter`: with the bytes of its press, and how many of them arrived. */
function doorOf(
  host: RecordingHost,
  pressing: (col: number) => Buffer,
  enter: (one: Buffer, arrived: () => number) => Promise<Guest>,
): Door {
  let guests = 0
  return {
    rejected: () => host.rejections.length,
    guest() {
      const col = guests++
      return enter(pressing(col), ofColumn(host, col))
    },
  }
}

/** Guests of a surface that presses controls of the grid. `pressing`: the bytes of a press in that column. */
export function streamDoor(
  t: Test,
  host: RecordingHost,
  port: number,
  pressing: (col: number) => Buffer,
): Door {
  return doorOf(host, pressing, async (one, arrived) => {
    const { send, leave, isCutOff } = await roughSocket(t, port)
    const press = (count: number) => send(Buffer.concat(Array.from({ length: count }, () => one)))
    return { press, arrived, send, leave, isCutOff }
  })
}

/** The same of a surface that takes datagrams. */
export function datagramDoor(
  t: Test,
  host: RecordingHost,
  port: number,
  pressing: (col: number) => Buffer,
): Door {
  return doorOf(host, pressing, async (one, arrived) => {
    const socket = createSocket('udp4')
    t.teardown(() => socket.close())
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const send = (bytes: Buffer) =>
      new Promise<void>((resolve, reject) =>
        socket.send(bytes, (error) => (error === null ? resolve() : reject(error))),
      )
    return {
      press: (count) =>
        inStep(count, 100, arrived, async (now) => {
          await Promise.all(Array.from({ length: now }, () => send(one)))
        }),
      arrived,
      send,
      leave: () => Promise.resolve(),
      isCutOff: () => false,
    }
  })
}
