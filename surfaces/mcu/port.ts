import { PortWire } from '../../wire/midi-port-wire.ts'
import type { MidiPorts } from '../../wire/midi-ports.ts'
import { longestSysex, midiParser } from '../../wire/midi-parser.ts'
import { encodeMidi } from '../../wire/midi.ts'
import type { ConsoleWire, ConsoleWireEvents } from './wire.ts'

/** A console at a MIDI port of this machine: USB, or a MIDI interface. */
export function portWire(
  { output, input }: { readonly output: string; readonly input: string },
  events: ConsoleWireEvents,
  load: () => Promise<MidiPorts>,
  lookMs?: number,
): ConsoleWire {
  let parser = midiParser(longestSysex)
  const source = `midi:${output}`
  const wire = new PortWire(
    { output, input, direction: 'both', virtual: false },
    {
      up(detail) {
        // half a message of before must not begin a new one
        parser = midiParser(longestSysex)
        events.up(detail)
      },
      down: (detail) => events.down(detail),
      bytes(chunk) {
        for (const each of parser.push(chunk))
          if (each.ok) events.got(each.message)
          else events.rejected(source, each.detail)
      },
    },
    load,
    lookMs,
  )
  return {
    where: `MIDI port ${output}`,
    open() {
      wire.open()
      return Promise.resolve()
    },
    send(messages, done) {
      // the port is asked for each message: what it does not take is lost, and the next look finds that it is gone
      for (const message of messages) wire.write(encodeMidi(message), () => {})
      done()
    },
    close: () => wire.close(),
  }
}
