import { type Static, Type } from 'typebox'
import { showFormats } from '../wire/midi-msc.ts'

/** All of them, in MMC, MSC and MTC. */
export const everyDevice = 127

const deviceId = (what: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 127,
    default: everyDevice,
    description: `${what}; 127: all of them.`,
  })

/** By the name of its general category, or by the number of the document's table. */
export const showFormat = Type.Union(
  [
    Type.Enum(Object.keys(showFormats) as (keyof typeof showFormats)[]), // its own keys
    Type.Integer({ minimum: 1, maximum: 127 }),
  ],
  {
    description:
      'Kind of equipment in MIDI Show Control: lighting, sound, machinery, video, projection, process-control, pyro, all, or the number of its table.',
  },
)

/** Options that both MIDI adapters have. */
export const midiOptions = {
  machine: deviceId('Device id in MIDI Machine Control'),
  show: deviceId('Device id in MIDI Show Control'),
  showFormat: Type.Unsafe<Static<typeof showFormat>>({ ...showFormat, default: 'lighting' }),
  recorder: Type.Boolean({
    default: false,
    description:
      'It records when Machine Control says so: record.start and record.stop are offered.',
  }),
}

export interface MidiOptions {
  readonly machine?: number
  readonly show?: number
  readonly showFormat?: Static<typeof showFormat>
  readonly recorder?: boolean
}
