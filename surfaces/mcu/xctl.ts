import { createSocket, type RemoteInfo } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { longestSysex, midiParser } from '../../wire/midi-parser.ts'
import { encodeMidi } from '../../wire/midi.ts'
import { giveReceiveRoom } from '../../wire/receive-room.ts'
import { checkHost, listenFault, place } from '../listen.ts'
import type { NetworkOptions } from './network.ts'
import { alive, isProbe } from './xctl-codec.ts'
import type { ConsoleWire, ConsoleWireEvents } from './wire.ts'

/** Several messages go in one packet; a packet stays far below what a network carries in one piece. Bytes. */
const packetBytes = 1024

/** An X-Touch in its mode "Xctl, Ethernet": it asks this machine for signs of life, and is driven as long as it asks. */
export function xctlWire(
  name: string,
  options: NetworkOptions,
  events: ConsoleWireEvents,
): ConsoleWire {
  const { host, port, silenceMs } = options
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  let where = `Xctl on udp ${place(host, port)}`
  let allowed: string | null = null
  let peer: RemoteInfo | null = null
  let silence: NodeJS.Timeout | null = null
  let isOpen = false
  let isClosed = false

  function heard(from: RemoteInfo): void {
    if (silence !== null) clearTimeout(silence)
    silence = setTimeout(() => {
      peer = null
      events.down(`${from.address} has been silent for ${silenceMs} ms`)
    }, silenceMs)
  }

  /** Hostile: anybody's packet. */
  function got(bytes: Buffer, from: RemoteInfo): void {
    const source = `xctl:${place(from.address, from.port)}`
    if (allowed !== null && from.address !== allowed)
      return events.rejected(source, `only ${allowed} is listened to`)
    const parsed = midiParser(longestSysex).push(bytes)
    const probes = parsed.some((each) => each.ok && isProbe(each.message))
    if (peer === null) {
      if (!probes) return events.rejected(source, 'it has not asked for a host yet')
      peer = from
      events.up(`Xctl with ${place(from.address, from.port)}`)
    } else if (peer.address !== from.address || peer.port !== from.port)
      return events.rejected(source, `another console is driven here, at ${peer.address}`)
    heard(from)
    if (probes) transmit(encodeMidi(alive), () => {})
    for (const each of parsed)
      if (!each.ok) events.rejected(source, each.detail)
      else if (!isProbe(each.message)) events.got(each.message)
  }

  function transmit(bytes: Buffer, done: () => void): void {
    if (peer === null || isClosed) return done()
    // a packet that did not leave is like one that was lost: the next draw or the next sign of life tells
    socket.send(bytes, peer.port, peer.address, () => done())
  }

  return {
    get where() {
      return where
    },
    async open() {
      checkHost(name, options)
      try {
        if (options.console !== '*')
          allowed = (await lookup(options.console, { verbatim: false })).address
        socket.bind({ address: host, port, exclusive: true })
        await once(socket, 'listening')
      } catch (cause) {
        socket.close()
        throw listenFault(name, 'udp', options, cause)
      }
      isOpen = true
      giveReceiveRoom(socket)
      socket.on('error', (error) => events.rejected(`xctl:${name}`, error.message))
      socket.on('message', (bytes, from) => {
        if (!isClosed) got(bytes, from)
      })
      const bound = socket.address()
      where = `Xctl on udp ${place(bound.address, bound.port)}`
    },
    send(messages, done) {
      const packets = packed(messages.map((message) => encodeMidi(message)))
      if (packets.length === 0) return done()
      let left = packets.length
      const one = () => {
        if (--left === 0) done()
      }
      for (const packet of packets) transmit(packet, one)
    },
    close() {
      if (isClosed || !isOpen) return
      isClosed = true
      if (silence !== null) clearTimeout(silence)
      socket.close()
    },
  }
}

/** Whole messages, as many as fit in a packet. */
function packed(messages: readonly Buffer[]): readonly Buffer[] {
  const packets: Buffer[][] = []
  let bytes = packetBytes
  for (const message of messages) {
    if (bytes + message.length > packetBytes) {
      packets.push([])
      bytes = 0
    }
    packets.at(-1)?.push(message)
    bytes += message.length
  }
  return packets.map((packet) => Buffer.concat(packet))
}
