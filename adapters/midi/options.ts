import { type Static, Type } from 'typebox'
import { midiOptions } from '../midi-options.ts'

export const options = Type.Object(
  {
    via: Type.Enum(['system', 'tcp'], {
      default: 'system',
      description:
        'system: a MIDI port of this machine; tcp: plain MIDI bytes over TCP, as serial-to-network converters carry them.',
    }),
    output: Type.String({
      maxLength: 200,
      default: '',
      description:
        'system: the MIDI port by its name or a part of it, "X-Touch"; empty: the first there is. Of a virtual port: its name.',
    }),
    input: Type.String({
      maxLength: 200,
      default: '',
      description: 'system: the port to listen to, where it is called otherwise than `output`.',
    }),
    direction: Type.Enum(['both', 'out', 'in'], {
      default: 'both',
      description: 'system: whether it is sent to, listened to, or both.',
    }),
    virtual: Type.Boolean({
      default: false,
      description:
        'system: makes a port of that name, which other programs connect to. Not on Windows.',
    }),
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: '127.0.0.1',
      description: 'tcp: where the converter is.',
    }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 4001,
      description: 'tcp: the port that carries its MIDI socket.',
    }),
    ...midiOptions,
  },
  { additionalProperties: false },
)

export type MidiPortOptions = Static<typeof options>
