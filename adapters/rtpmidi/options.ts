import { type Static, Type } from 'typebox'
import { midiOptions } from '../midi-options.ts'

/** 5004: what Apple's sessions begin at. The data port is the next one. */
const usualPort = 5004

export const options = Type.Object(
  {
    session: Type.Enum(['invite', 'accept'], {
      default: 'invite',
      description: 'invite: asks the peer into a session; accept: waits for the peer to ask.',
    }),
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: '127.0.0.1',
      description:
        'The peer, by name or address. accept: whose invitation is accepted; "*": anyone’s.',
    }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_534,
      default: usualPort,
      description:
        'Control port: the peer’s, or with accept the one to listen on. Data is on the next.',
    }),
    bind: Type.String({
      minLength: 1,
      maxLength: 45,
      default: '0.0.0.0',
      description: 'accept: the address of this machine to listen on.',
    }),
    shownAs: Type.String({
      minLength: 1,
      maxLength: 63,
      default: 'InfraFabric',
      description: 'The name that the peer shows.',
    }),
    journal: Type.Boolean({
      default: true,
      description: 'Sends the recovery journal, so that a lost packet is put right by the next.',
    }),
    confirm: Type.Enum(['sent', 'feedback'], {
      default: 'sent',
      description:
        'feedback: one command at a time, confirmed once the peer has said that it got that very packet. Only for peers that say so soon.',
    }),
    silenceMs: Type.Integer({
      minimum: 200,
      maximum: 120_000,
      default: 24_000,
      description:
        'A peer that is silent for so long is lost; a quarter of it is between signs of life. ms',
    }),
    ...midiOptions,
  },
  { additionalProperties: false },
)

export type RtpMidiOptions = Static<typeof options>
