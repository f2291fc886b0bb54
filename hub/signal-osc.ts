import { createSocket } from 'node:dgram'
import type { Json } from '../intents/json.ts'
import { decode, type OscPacket } from '../wire/osc.ts'
import { plainArgs } from '../wire/osc-plain.ts'
import type { Heard, Listener, Reachable } from './listener.ts'

/** Listens on a UDP port of loopback for these addresses. What else comes, or is no OSC, is not for it. */
export function listenToOsc(
  port: number,
  addresses: readonly string[],
  heard: Heard,
  reachable: Reachable,
): Listener {
  const wanted = new Set(addresses)
  const socket = createSocket('udp4')
  // the port is taken, for one: the next start, or the next change of the config, tries again
  socket.on('error', ({ message }) => reachable(message))
  socket.on('listening', () => reachable(null))
  socket.on('message', (bytes, from) => {
    const decoded = decode(bytes)
    if (!decoded.ok) return
    for (const { address, value } of messagesOf(decoded.packet))
      if (wanted.has(address)) heard(address, value, `osc:${from.address}:${from.port}`)
  })
  socket.bind(port, '127.0.0.1')
  return () =>
    new Promise((resolve) => {
      socket.close(() => resolve())
    })
}

function messagesOf(
  packet: OscPacket,
): readonly { readonly address: string; readonly value: Json }[] {
  if (packet.kind === 'bundle') return packet.elements.flatMap(messagesOf)
  const plain = plainArgs(packet.args)
  return plain.ok ? [{ address: packet.address, value: [...plain.values] }] : []
}
