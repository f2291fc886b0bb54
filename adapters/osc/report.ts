import { plainArgs } from '../../wire/osc-plain.ts'
import { decode, type OscPacket } from '../../wire/osc.ts'
import type { LinkContext } from '../adapter.ts'

/**
 * Reports what a device sent: one argument as its value, none or several as a list. Hostile: what is no OSC, or has
 * no form in JSON (NaN), is no report.
 */
export function reportPacket(bytes: Buffer, context: LinkContext): void {
  const decoded = decode(bytes)
  if (decoded.ok) report(decoded.packet, context)
}

/** The decoder bounds depth and number. A bundle's time is for receivers that act; a report says what is. */
function report(packet: OscPacket, context: LinkContext): void {
  if (packet.kind === 'bundle') {
    for (const element of packet.elements) report(element, context)
    return
  }
  const plain = plainArgs(packet.args)
  if (!plain.ok) return
  const [only, ...more] = plain.values
  context.report(packet.address, only !== undefined && more.length === 0 ? only : plain.values)
}
