import type { OscArg } from '../../wire/osc-arg.ts'
import { encodePacket, immediately } from '../../wire/osc-encode.ts'
import { timeTag } from '../../wire/osc-time.ts'
import type { OscMessage, OscPacket } from '../../wire/osc.ts'

/** What is sent, its arguments checked; encoded when it is sent, because a time may count from then. Plain data. */
export type OscCommand =
  | {
      readonly type: 'message'
      readonly address: string
      readonly args: readonly OscArg[]
      /** The address whose message answers it; null: none is awaited. */
      readonly answer: string | null
    }
  | ({ readonly type: 'bundle' } & OscBundle)

export interface OscBundle {
  /** When it takes effect. */
  readonly time: OscTime
  readonly elements: readonly (OscMessage | ({ readonly kind: 'bundle' } & OscBundle))[]
}

/** At once; that many milliseconds after it is sent; or at a moment, ms since 1970. */
export type OscTime =
  | { readonly type: 'now' }
  | { readonly type: 'in'; readonly ms: number }
  | { readonly type: 'at'; readonly ms: number }

/** 1 MiB: sixteen times a UDP datagram, and a bound for what a stream may announce. */
export const maxPacketBytes = 1024 * 1024

/** The bytes of a command that is sent at `now`, ms since 1970. */
export function bytesOf(command: OscCommand, now: number): Buffer {
  return encodePacket(
    command.type === 'message'
      ? { kind: 'message', address: command.address, args: command.args }
      : packetOf(command, now),
  )
}

function packetOf({ time, elements }: OscBundle, now: number): OscPacket {
  return {
    kind: 'bundle',
    time: tagOf(time, now),
    elements: elements.map((each) => (each.kind === 'message' ? each : packetOf(each, now))),
  }
}

function tagOf(time: OscTime, now: number): bigint {
  switch (time.type) {
    case 'now':
      return immediately
    case 'in':
      return timeTag(now + time.ms)
    case 'at':
      return timeTag(time.ms)
    default:
      return time satisfies never
  }
}
