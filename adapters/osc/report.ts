import type { Json } from '../../intents/json.ts'
import { plainArgs } from '../../wire/osc-plain.ts'
import { decode, type OscPacket } from '../../wire/osc.ts'

/** Told of each message that a device sent: one argument as its value, none or several as a list. */
export type Tell = (address: string, value: Json) => void

/** Hostile: what is no OSC, or has no form in JSON (NaN), is no report. */
export function reportPacket(bytes: Buffer, tell: Tell): void {
  const decoded = decode(bytes)
  if (decoded.ok) report(decoded.packet, tell)
}

/** The decoder bounds depth and number. A bundle's time is for receivers that act; a report says what is. */
function report(packet: OscPacket, tell: Tell): void {
  if (packet.kind === 'bundle') {
    for (const element of packet.elements) report(element, tell)
    return
  }
  const plain = plainArgs(packet.args)
  if (!plain.ok) return
  const [only, ...more] = plain.values
  tell(packet.address, only !== undefined && more.length === 0 ? only : plain.values)
}
