import { type Static, Type } from 'typebox'
import type { DeviceId } from '../../intents/id.ts'
import { listenKeys } from '../listen.ts'
import { ringModes } from './codec.ts'
import { modelNames } from './models.ts'

export const options = Type.Object({
  model: Type.Enum([...modelNames], {
    default: 'x-touch',
    description: 'The console. In its MC mode, or Xctl mode where `via` is xctl.',
  }),
  via: Type.Enum(['port', 'invite', 'accept', 'xctl'], {
    default: 'port',
    description:
      'port: a MIDI port of this machine; invite, accept: network MIDI, asking the console into a session or waiting for it; xctl: an X-Touch’s own network protocol.',
  }),
  midi: Type.String({
    default: '',
    maxLength: 200,
    description: 'port: the MIDI port by its name or a part of it; empty: as the model is called.',
  }),
  midiInput: Type.String({
    default: '',
    maxLength: 200,
    description: 'port: the port to listen to, where it is called otherwise than `midi`.',
  }),
  console: Type.String({
    default: '*',
    minLength: 1,
    maxLength: 253,
    description:
      'Over the network: the console’s name or address. invite: needed; otherwise "*": anyone’s.',
  }),
  port: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_534,
      description:
        'Over the network: the port; 5004 (and the next) for network MIDI, 10111 for xctl unless given. 0 to listen on any free one.',
    }),
  ),
  rings: Type.Enum([...ringModes], {
    default: 'bar',
    description:
      'How the rings show a level: dot; pan: from the middle; bar: from the left; spread.',
  }),
  pagesAsKeys: Type.Boolean({
    default: false,
    description:
      'true: the bank keys (the layer keys of Mini and Compact) are keys of row 14 and turn no pages.',
  }),
  time: Type.Optional(
    Type.Object(
      {
        device: Type.Unsafe<DeviceId>({
          type: 'string',
          description: 'The name of a device of this file.',
          'x-expected': 'the name of a device of this file',
          'x-ref': 'device',
        }),
        path: Type.String({ minLength: 1, maxLength: 512, description: 'What it reports.' }),
      },
      {
        additionalProperties: false,
        description:
          'What the time code display shows: a device’s report, as `timecode` of `midi`.',
      },
    ),
  ),
  silenceMs: Type.Integer({
    default: 7000,
    minimum: 200,
    maximum: 120_000,
    description:
      'Over the network: a console that is silent for so long is lost. An X-Touch speaks every 2 s. ms',
  }),
  ...listenKeys,
})

export type ConsoleSurfaceOptions = Static<typeof options>
