import { Type, type Static } from 'typebox'
import { failed } from '../../intents/failure.ts'
import type { Deframer } from '../../wire/frame.ts'
import { lengthDeframer } from '../../wire/length.ts'
import { decode, type OscPacket } from '../../wire/osc.ts'
import { slipDeframer } from '../../wire/slip.ts'
import { parseAddress } from '../address.ts'
import { ask, askUnpaced } from '../ask.ts'
import type { Asked } from '../asked.ts'
import { openDatagrams } from '../datagrams.ts'
import { listenKeys, portKey } from '../listen.ts'
import { chunks, maxUnanswered, openStreams } from '../streams.ts'
import type { OpenSurface, Surface, SurfaceHost } from '../surface.ts'

/** As large as a datagram can be: a stream may not carry more. */
const maxFrameBytes = 65_536

const options = Type.Object({
  transport: Type.Union(
    [Type.Literal('udp'), Type.Literal('tcp-slip'), Type.Literal('tcp-length')],
    {
      default: 'udp',
      description:
        'udp; or TCP with SLIP (OSC 1.1) or with a length before each packet (OSC 1.0, liblo).',
    },
  ),
  port: portKey(12_321),
  ...listenKeys,
})
type Options = Static<typeof options>

export const surface: Surface<typeof options> = {
  type: 'osc',
  title: 'OSC messages in, over UDP or TCP',
  options,
  open: (name, options, host) =>
    options.transport === 'udp' ? openUdp(name, options, host) : openTcp(name, options, host),
}

function openUdp(name: string, options: Options, host: SurfaceHost): Promise<OpenSurface> {
  const pass = askUnpaced(host)
  return openDatagrams(name, options, {
    received(bytes, from) {
      const asker = { surface: name, operator: options.operator, source: `osc:${from}` }
      for (const asked of inPacket(bytes)) pass(asked, asker)
    },
    fault: (error) => host.rejected(`osc:${name}`, failed('unreachable', error.message)),
  })
}

function openTcp(name: string, options: Options, host: SurfaceHost): Promise<OpenSurface> {
  return openStreams(name, options, {
    async serve(socket, from) {
      const source = `osc:${from}`
      const asker = { surface: name, operator: options.operator, source }
      const deframer: Deframer =
        options.transport === 'tcp-slip'
          ? slipDeframer(maxFrameBytes)
          : lengthDeframer(maxFrameBytes)
      const waiting: Promise<unknown>[] = []
      for await (const chunk of chunks(socket))
        for (const frame of deframer.push(chunk)) {
          if (!frame.ok) {
            host.rejected(source, failed('malformed', frame.detail))
            // after a wrong length nobody knows where the next packet starts
            if (options.transport === 'tcp-length') throw new Error(frame.detail)
            continue
          }
          for (const asked of inPacket(frame.bytes)) {
            waiting.push(ask(host, asked, asker))
            if (waiting.length >= maxUnanswered) await waiting.shift()
          }
        }
      const cut = deframer.end()
      if (cut !== null) host.rejected(source, failed('malformed', cut.detail))
    },
    turnedAway: (from, detail) => host.rejected(`osc:${from}`, failed('refused', detail)),
  })
}

/** What a packet asks for: a bundle's messages in their order, at once, whatever its time tag says. */
function inPacket(bytes: Buffer): readonly Asked[] {
  const decoded = decode(bytes)
  if (!decoded.ok) return [{ kind: 'error', failure: failed('malformed', decoded.detail) }]
  const { packet } = decoded
  return packet.kind === 'message'
    ? [parseAddress(packet.address, packet.args)]
    : packet.elements.flatMap((element) => inElement(element))
}

function inElement(packet: OscPacket): readonly Asked[] {
  return packet.kind === 'message'
    ? [parseAddress(packet.address, packet.args)]
    : packet.elements.flatMap((element) => inElement(element))
}
