import { createSocket, type Socket } from 'node:dgram'
import type { Clock } from '../../bus/clock.ts'
import type { Json } from '../../intents/json.ts'
import { decode, type OscPacket } from '../../wire/osc.ts'
import { plainArgs } from '../../wire/osc-plain.ts'
import type { Heard, Listener, Reachable } from './listener.ts'

/** How soon a port that is taken is tried again. Milliseconds. */
const againMs = 1000

/** Listens on a UDP port of loopback for these addresses, as soon as it is free. What else comes, or is no OSC, is not for it. */
export function listenToOsc(
  port: number,
  addresses: readonly string[],
  heard: Heard,
  reachable: Reachable,
  clock: Clock,
): Listener {
  const wanted = new Set(addresses)
  let socket: Socket | null = null
  let cancel = () => {}

  function open(): void {
    const fresh = createSocket('udp4')
    socket = fresh
    // the port is taken, for one; a socket that was not bound is of no more use
    fresh.once('error', ({ message }) => {
      socket = null
      fresh.close()
      cancel = clock.after(againMs, open)
      reachable(message)
    })
    fresh.on('listening', () => reachable(null))
    fresh.on('message', (bytes, from) => {
      const decoded = decode(bytes)
      if (!decoded.ok) return
      for (const { address, value } of messagesOf(decoded.packet))
        if (wanted.has(address)) heard(address, value, `osc:${from.address}:${from.port}`)
    })
    fresh.bind(port, '127.0.0.1')
  }

  open()
  return () =>
    new Promise((resolve) => {
      cancel()
      if (socket === null) return resolve()
      socket.close(() => resolve())
    })
}

export function messagesOf(
  packet: OscPacket,
): readonly { readonly address: string; readonly value: Json }[] {
  if (packet.kind === 'bundle') return packet.elements.flatMap(messagesOf)
  const plain = plainArgs(packet.args)
  return plain.ok ? [{ address: packet.address, value: [...plain.values] }] : []
}
