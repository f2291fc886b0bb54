import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Inviter } from '../../wire/rtp-inviter.ts'
import { controlsAt, spotOf } from './grid.ts'
import { listening, portOf, type Way } from './way.ts'

// An X-Touch's keys REC, SOLO, MUTE and SELECT of its eight channels: notes 0 to 31, in rows 1 to 4 of the page.

function noteOf(number: number): number {
  const { row, col } = spotOf(number)
  return (row - 1) * 8 + col
}

/** A session over loopback is there at once, after one clock exchange; past this something is wrong. Milliseconds. */
const sessionMs = 10_000

export const mcu: Way = {
  name: 'MCU, network MIDI',
  link: 'UDP',
  surface: 'mcu',
  says: controlsAt({ row: 1, col: 0 }, 4, 8),
  prepare: listening('type: mcu, via: accept, console: 127.0.0.1, port: 0', async (address) => {
    const told = new AbortController()
    const console = new Inviter(
      {
        ...{ host: '127.0.0.1', port: portOf(address), bind: '127.0.0.1', shownAs: 'bench' },
        ...{ journal: true, silenceMs: 60_000, confirm: 'sent' },
      },
      { up: () => told.abort(), down: () => {}, got: () => {}, lost: () => {}, tells: () => true },
    )
    console.open()
    if (!told.signal.aborted)
      await once(told.signal, 'abort', { signal: AbortSignal.timeout(sessionMs) })
    return {
      press(number) {
        const note = { kind: 'note-on', channel: 1, note: noteOf(number) } as const
        console.session?.send(
          [
            { ...note, velocity: 127 },
            { ...note, velocity: 0 },
          ],
          () => {},
        )
      },
      close: () => console.close(true),
    }
  }),
}

/** What an X-Touch says every two seconds ("Xctl Protocol for X-Touch" 1.0). */
const probe = Buffer.from('f0002032585400f7', 'hex')
const probeMs = 2000

export const xctl: Way = {
  name: 'Xctl',
  link: 'UDP',
  surface: 'xctl',
  says: controlsAt({ row: 1, col: 0 }, 4, 8),
  prepare: listening('type: mcu, via: xctl, port: 0', async (address) => {
    const socket = createSocket('udp4')
    socket.connect(portOf(address), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('message', () => {})
    socket.send(probe)
    const alive = setInterval(() => socket.send(probe), probeMs)
    return {
      press(number) {
        const note = noteOf(number)
        socket.send(Buffer.of(0x90, note, 0x7f, 0x90, note, 0x00))
      },
      close() {
        clearInterval(alive)
        socket.close()
      },
    }
  }),
}
