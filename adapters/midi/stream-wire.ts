import type { MidiWire, MidiWireEvents } from '../../wire/midi-wire.ts'
import { Connection } from '../connection.ts'

/** Plain MIDI bytes over TCP, as on a MIDI cable. */
export function streamWire(host: string, port: number, events: MidiWireEvents): MidiWire {
  const connection = new Connection(host, port, {
    up: () => events.up(`connected to ${host}:${port}`),
    down: (detail) => events.down(`${host}:${port}: ${detail}`),
    bytes: (chunk) => events.bytes(chunk),
  })
  return {
    open: () => connection.open(),
    write: (bytes, done) => connection.write(bytes, () => done(null)),
    drop: (detail) => connection.drop(detail),
    close: () => connection.close(),
  }
}
