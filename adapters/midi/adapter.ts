import { encodeMidi } from '../../wire/midi.ts'
import { PortWire } from '../../wire/midi-port-wire.ts'
import { systemPorts } from '../../wire/system-midi-ports.ts'
import type { Adapter } from '../adapter.ts'
import type { MidiCommand } from '../midi-command.ts'
import { midiDescriptions, midiPreviewText, planMidi } from '../midi-plan.ts'
import { MidiLink } from './link.ts'
import { options } from './options.ts'
import { streamWire } from './stream-wire.ts'

/** Nothing is awaited, and a MIDI cable carries about a thousand messages a second. */
const pipeline = 1024

export const adapter: Adapter<typeof options, MidiCommand> = {
  protocol: 'midi',
  title: 'Any device with a MIDI port on this machine, or behind a serial-to-network converter',
  options,
  pipeline: () => pipeline,
  actions: midiDescriptions,
  plan: planMidi,
  preview: (command, { via, output, host, port }) => ({
    to: via === 'tcp' ? `midi, tcp ${host}:${port}` : `midi port ${output}`,
    text: midiPreviewText(command),
    bytes: Buffer.concat(command.messages.map(encodeMidi)),
  }),
  // MIDI has no way to ask what a device still knows: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const { via, host, port } = options
    const link = new MidiLink(context, (events) =>
      via === 'tcp' ? streamWire(host, port, events) : new PortWire(options, events, systemPorts),
    )
    link.open()
    return link
  },
}
