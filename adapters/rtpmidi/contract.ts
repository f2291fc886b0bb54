import type { Sample } from '../sample.contract.ts'
import type { MidiCommand } from '../midi-command.ts'
import { adapter } from './adapter.ts'
import type { options, RtpMidiOptions } from './options.ts'
import { type RtpMidiSimulator, simulate } from './simulator.ts'

/** The defaults of the options that matter here. */
const usual = {
  host: '127.0.0.1',
  bind: '127.0.0.1',
  shownAs: 'InfraFabric',
  journal: true,
  confirm: 'sent',
  silenceMs: 1000,
  machine: 127,
  show: 127,
  showFormat: 'lighting',
  recorder: true,
} as const

function sample(
  name: string,
  session: RtpMidiOptions['session'],
  confirm: RtpMidiOptions['confirm'] = 'sent',
): Sample<typeof options, MidiCommand, RtpMidiSimulator> {
  return {
    name,
    adapter,
    simulate: (earlier) =>
      simulate({
        session,
        silenceMs: usual.silenceMs,
        ...(earlier === null ? {} : { port: earlier.port }),
      }),
    options: ({ port }) => ({ ...usual, session, confirm, port }),
    fire: (n) => ({ action: 'pitch', args: { channel: 1, value: n }, received: `pitch 1 ${n}` }),
    set: { path: 'cc/1/7', value: 100 },
    ack: confirm === 'feedback' ? 'confirmed' : 'sent',
    // feedback says that packets came; nothing says that a device obeyed or refused
    answers: false,
    wrong: { action: 'note.on', args: { channel: 17, note: 60 }, names: '"channel"' },
    unknown: { action: 'note.onn', near: 'note.on' },
    secrets: [],
    flood(peer, count) {
      peer.say(
        Array.from({ length: count }, (_, n) => ({
          kind: 'control',
          channel: 1,
          controller: 1,
          value: n % 128,
        })),
      )
      return { path: 'cc/1/1', value: (count - 1) % 128 }
    },
  }
}

export const samples = [
  sample('rtpmidi that invites', 'invite'),
  sample('rtpmidi that is invited', 'accept'),
  sample('rtpmidi with feedback', 'invite', 'feedback'),
]
