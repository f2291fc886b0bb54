import { createServer, type Socket } from 'node:net'
import { encodeMidi, type MidiMessage, midiText } from '../../wire/midi.ts'
import { longestSysex, midiParser } from '../../wire/midi-parser.ts'
import { Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

export interface MidiSimulator extends Simulator {
  /** Sends messages to whoever is connected. */
  say(messages: readonly MidiMessage[]): void
}

/** A MIDI device behind a serial-to-network converter. MIDI knows neither answer nor refusal: it shows no faults. */
export async function simulate(options: SimulatorOptions = {}): Promise<MidiSimulator> {
  const received = new Received()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const parser = midiParser(longestSysex)
    socket.on('data', (chunk) => {
      for (const each of parser.push(chunk))
        received.add(each.ok ? midiText(each.message) : `? ${each.detail}`)
    })
    // who is gone is gone
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  let open = true
  return {
    host,
    port,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: () => {},
    release: () => {},
    say(messages) {
      const bytes = Buffer.concat(messages.map(encodeMidi))
      for (const socket of sockets) socket.write(bytes)
    },
    async close() {
      received.close()
      if (!open) return
      open = false
      for (const socket of sockets) socket.resetAndDestroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
