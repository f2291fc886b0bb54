import { Type } from 'typebox'
import type { BareKind, MidiMessage } from '../wire/midi.ts'
import { action, channel, type MidiAction, seven, whole } from './midi-action.ts'
import { bytes, messagesOf, sysexOf } from './midi-bytes.ts'
import { machineActions } from './midi-machine.ts'
import { showActions } from './midi-show.ts'
import { timecodeActions } from './midi-timecode-actions.ts'

const note = seven('Note; 60 is the middle C')
const parameter = whole(0, 16_383, 'Number of the parameter')
const fourteen = whole(0, 16_383, 'Value of 14 bits')

/** A controller of a channel. */
const control = (channel: number, controller: number, value: number): MidiMessage => ({
  kind: 'control',
  channel,
  controller,
  value,
})

/** The value of 14 bits of a controller below 32: its upper half, then the lower with the number 32 above. */
export function control14(channel: number, controller: number, value: number) {
  return [
    control(channel, controller, value >> 7),
    control(channel, controller + 32, value & 0x7f),
  ] as const
}

/** Selects a parameter by two controllers, gives its value, and selects none, so that stray data changes nothing. */
function parameterMessages(
  [msb, lsb]: readonly [number, number],
  args: { readonly channel: number; readonly parameter: number; readonly value: number },
): readonly MidiMessage[] {
  const { channel, parameter, value } = args
  return [
    control(channel, msb, parameter >> 7),
    control(channel, lsb, parameter & 0x7f),
    ...control14(channel, 6, value),
    control(channel, 101, 127),
    control(channel, 100, 127),
  ]
}

const parameterArgs = { channel, parameter, value: fourteen }
const channelOrAll = { channel: Type.Optional(channel) }
const channels = Array.from({ length: 16 }, (_, n) => n + 1)

/** A channel mode message, to one channel or to all. */
const mode = (name: string, description: string, controller: number) =>
  action(name, `${description}; without a channel on all`, channelOrAll, (args) =>
    (args.channel === undefined ? channels : [args.channel]).map((each) =>
      control(each, controller, 0),
    ),
  )

const bare = (name: string, description: string, kind: BareKind) =>
  action(name, description, {}, () => [{ kind }])

const voices: readonly MidiAction[] = [
  action(
    'note.on',
    'Note on; velocity 100',
    { channel, note, velocity: Type.Optional(whole(1, 127, 'Velocity')) },
    ({ channel, note, velocity = 100 }) => [{ kind: 'note-on', channel, note, velocity }],
  ),
  action(
    'note.off',
    'Note off; velocity 64',
    { channel, note, velocity: Type.Optional(seven('Release velocity')) },
    ({ channel, note, velocity = 64 }) => [{ kind: 'note-off', channel, note, velocity }],
  ),
  action(
    'control',
    'Control change',
    { channel, controller: seven('Controller'), value: seven('Value') },
    ({ channel, controller, value }) => [control(channel, controller, value)],
  ),
  action(
    'control14',
    'Control change of 14 bits: the upper half, then the lower with the controller 32 above',
    { channel, controller: whole(0, 31, 'Controller of the upper half'), value: fourteen },
    ({ channel, controller, value }) => control14(channel, controller, value),
  ),
  action('rpn', 'Sets a registered parameter', parameterArgs, (args) =>
    parameterMessages([101, 100], args),
  ),
  action('nrpn', 'Sets a non-registered parameter', parameterArgs, (args) =>
    parameterMessages([99, 98], args),
  ),
  action(
    'program',
    'Program change, after its bank where one is given',
    {
      channel,
      program: seven('Program, from 0'),
      bank: Type.Optional(whole(0, 16_383, 'Bank of 14 bits')),
    },
    ({ channel, program, bank }) => [
      ...(bank === undefined ? [] : control14(channel, 0, bank)),
      { kind: 'program', channel, program },
    ],
  ),
  action(
    'pitch',
    'Pitch bend; 0 is the middle',
    { channel, value: whole(-8192, 8191, 'Bend of 14 bits') },
    ({ channel, value }) => [{ kind: 'pitch', channel, value }],
  ),
  action(
    'pressure',
    'Aftertouch of a channel, or of one note',
    { channel, pressure: seven('Pressure'), note: Type.Optional(note) },
    ({ channel, pressure, note }) =>
      note === undefined
        ? [{ kind: 'pressure', channel, pressure }]
        : [{ kind: 'poly-pressure', channel, note, pressure }],
  ),
  mode('sound-off', 'Silences all sound at once', 120),
  mode('reset-controllers', 'Resets all controllers', 121),
  mode('notes-off', 'Ends all notes', 123),
]

const system: readonly MidiAction[] = [
  action('sysex', 'System exclusive, with or without F0 and F7', { bytes }, ({ bytes }) =>
    sysexOf(bytes),
  ),
  action('raw', 'Any MIDI messages as they are on the wire', { bytes }, ({ bytes }) =>
    messagesOf(bytes),
  ),
  action(
    'song.position',
    'Song position pointer',
    { beats: whole(0, 16_383, 'Sixteenth notes from the start') },
    ({ beats }) => [{ kind: 'song-position', beats }],
  ),
  action('song.select', 'Song select', { song: seven('Song, from 0') }, ({ song }) => [
    { kind: 'song-select', song },
  ]),
  bare('sequence.start', 'Starts a sequencer from the top', 'start'),
  bare('sequence.continue', 'Lets a sequencer go on', 'continue'),
  bare('sequence.stop', 'Stops a sequencer', 'stop'),
  bare('clock', 'One MIDI clock, a 24th of a quarter note', 'clock'),
  bare('tune', 'Tune request', 'tune-request'),
  bare('reset', 'Resets the device to how it is when switched on', 'reset'),
]

/** All actions of both MIDI adapters, by name. */
export const midiActions: ReadonlyMap<string, MidiAction> = new Map(
  [...voices, ...system, ...timecodeActions, ...machineActions, ...showActions].map((each) => [
    each.name,
    each,
  ]),
)
