import type { OscArg } from '../../wire/osc-arg.ts'

/** One message, its arguments checked; encoded when it is sent. */
export interface OscCommand {
  readonly address: string
  readonly args: readonly OscArg[]
}

/** 1 MiB: sixteen times a UDP datagram, and a bound for what a stream may announce. */
export const maxPacketBytes = 1024 * 1024
