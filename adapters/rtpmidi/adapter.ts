import type { Adapter } from '../adapter.ts'
import type { MidiCommand } from '../midi-command.ts'
import { midiDescriptions, midiPreviewText, planMidi } from '../midi-plan.ts'
import { RtpMidiLink } from './link.ts'
import { options } from './options.ts'

/** Nothing is awaited: as many as a group commit brings leave together. */
const pipeline = 4096

export const adapter: Adapter<typeof options, MidiCommand> = {
  protocol: 'rtpmidi',
  title: 'Any device that takes MIDI over the network (RTP-MIDI, AppleMIDI)',
  options,
  // feedback names packets and not commands, so each waits for its own
  pipeline: ({ confirm }) => (confirm === 'feedback' ? 1 : pipeline),
  actions: midiDescriptions,
  plan: planMidi,
  preview: (command, { session, host, port }) => ({
    to: session === 'invite' ? `rtpmidi ${host}:${port}` : `rtpmidi, port ${port}`,
    text: midiPreviewText(command),
    // the link adds the packet's number, time and journal
    bytes: null,
  }),
  // MIDI has no way to ask what a device still knows: all of it
  resync: (lasting) => [...lasting.keys()],
  discovery: {
    service: 'apple-midi',
    transport: 'udp',
    optionsOf: ({ host, port }) => ({ session: 'invite', host, port }),
  },
  open(options, context) {
    const link = new RtpMidiLink(options, context)
    link.open()
    return link
  },
}
