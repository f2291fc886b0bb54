import { Type, type Static } from 'typebox'
import { failed } from '../../intents/failure.ts'
import type { Deframer } from '../../wire/frame.ts'
import { lengthDeframer, lengthPrefixed } from '../../wire/length.ts'
import { decode, type OscMessage, type OscPacket } from '../../wire/osc.ts'
import { encode } from '../../wire/osc-encode.ts'
import { slip, slipDeframer } from '../../wire/slip.ts'
import { parseAddress } from '../address.ts'
import { ask, askUnpaced } from '../ask.ts'
import { misunderstood } from '../asked.ts'
import { companionKeys, understood, type Wanted } from '../companion.ts'
import { openDatagrams } from '../datagrams.ts'
import { listenKeys, portKey } from '../listen.ts'
import { chunks, maxUnanswered, openStreams } from '../streams.ts'
import type { OpenSurface, Surface, SurfaceHost } from '../surface.ts'
import { type Feed, openFeed } from './feed.ts'
import { feedbackOf } from './topic.ts'

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
  ...companionKeys,
  subscriptionMs: Type.Integer({
    default: 60_000,
    minimum: 1000,
    maximum: 3_600_000,
    description:
      'How long a subscription to feedback lasts unless it is asked for again, milliseconds.',
  }),
})
type Options = Static<typeof options>

export const surface: Surface<typeof options> = {
  type: 'osc',
  title: 'OSC messages in, over UDP or TCP, with feedback to who subscribes',
  options,
  announced: ({ transport, host, port }) => [
    { service: 'osc', transport: transport === 'udp' ? 'udp' : 'tcp', host, port, txt: {} },
  ],
  open: (name, options, host) =>
    options.transport === 'udp' ? openUdp(name, options, host) : openTcp(name, options, host),
}

async function openUdp(name: string, options: Options, host: SurfaceHost): Promise<OpenSurface> {
  const pass = askUnpaced(host)
  const feed = openFeed(host, options.subscriptionMs)
  const datagrams = await openDatagrams(name, options, {
    received(bytes, from, { address, port }) {
      const source = `osc:${from}`
      const asker = { surface: name, operator: options.operator, source }
      for (const message of inPacket(bytes)) {
        const heard = feedback(message, feed, (wanted) => {
          const to = wanted ?? port
          return {
            key: `${address} ${to}`,
            write(packet) {
              datagrams.send(packet, to, address)
              return true
            },
          }
        })
        if (heard === null)
          for (const asked of understood(wantedOf(message), host, options.variables))
            pass(asked, asker)
        else if (!heard.ok) host.rejected(source, failed('refused', heard.detail))
      }
    },
    turnedAway: (from, detail) => host.rejected(`osc:${from}`, failed('refused', detail)),
    fault: (error) => host.rejected(`osc:${name}`, failed('unreachable', error.message)),
  })
  return withFeed(datagrams, feed)
}

/** Tells its readers first. */
function withFeed(surface: OpenSurface, feed: Feed): OpenSurface {
  return {
    address: surface.address,
    close() {
      feed.close()
      return surface.close()
    },
  }
}

async function openTcp(name: string, options: Options, host: SurfaceHost): Promise<OpenSurface> {
  const feed = openFeed(host, options.subscriptionMs)
  const [makeDeframer, framed] =
    options.transport === 'tcp-slip'
      ? ([slipDeframer, slip] as const)
      : ([lengthDeframer, (packet: Buffer) => lengthPrefixed(packet)] as const)
  const streams = await openStreams(name, options, {
    async serve(socket, from, gone) {
      const source = `osc:${from}`
      const asker = { surface: name, operator: options.operator, source }
      const deframer: Deframer = makeDeframer(maxFrameBytes)
      const waiting: Promise<unknown>[] = []
      gone.addEventListener('abort', () => feed.leave(from, null))
      socket.on('drain', () => feed.ready(from))
      const reader = {
        key: from,
        write: (packet: Buffer) => socket.destroyed || socket.write(framed(packet)),
      }
      for await (const chunk of chunks(socket))
        for (const frame of deframer.push(chunk)) {
          if (!frame.ok) {
            host.rejected(source, failed('malformed', frame.detail))
            // after a wrong length nobody knows where the next packet starts
            if (options.transport === 'tcp-length') throw new Error(frame.detail)
            continue
          }
          for (const message of inPacket(frame.bytes)) {
            const heard = feedback(message, feed, () => reader)
            if (heard !== null) {
              if (!heard.ok) host.rejected(source, failed('refused', heard.detail))
              continue
            }
            for (const asked of understood(wantedOf(message), host, options.variables)) {
              waiting.push(ask(host, asked, asker))
              if (waiting.length >= maxUnanswered) await waiting.shift()
            }
          }
        }
      feed.leave(from, null)
      const cut = deframer.end()
      if (cut !== null) host.rejected(source, failed('malformed', cut.detail))
    },
    turnedAway: (from, detail) => host.rejected(`osc:${from}`, failed('refused', detail)),
  })
  return withFeed(streams, feed)
}

/** Where feedback goes; `port` is the one that the client asked for. */
type ReaderAt = (port: number | null) => {
  readonly key: string
  readonly write: (packet: Buffer) => boolean
}

/** Carries out what is asked of the feed, and answers a refusal; null where the message is about something else. */
function feedback(
  message: Message,
  feed: Feed,
  readerAt: ReaderAt,
): { readonly ok: true } | { readonly ok: false; readonly detail: string } | null {
  if (message.kind === 'none') return null
  const asked = feedbackOf(message.address, message.args)
  if (asked === null) return null
  const { key, write } = readerAt(asked.port)
  if (asked.kind === 'unsubscribe') {
    feed.leave(key, 'as asked')
    return { ok: true }
  }
  const detail = asked.kind === 'wrong' ? asked.detail : feed.subscribe(key, asked.topic, write)
  if (detail === null) return { ok: true }
  write(encode('/if/error', [{ type: 's', value: detail }]))
  return { ok: false, detail }
}

type Message = OscMessage | { readonly kind: 'none'; readonly detail: string }

/** The messages of a packet: a bundle's in their order, at once, whatever its time tag says. */
function inPacket(bytes: Buffer): readonly Message[] {
  const decoded = decode(bytes)
  return decoded.ok ? messagesIn(decoded.packet) : [{ kind: 'none', detail: decoded.detail }]
}

function messagesIn(packet: OscPacket): readonly OscMessage[] {
  return packet.kind === 'message' ? [packet] : packet.elements.flatMap(messagesIn)
}

function wantedOf(message: Message): Wanted {
  return message.kind === 'none'
    ? misunderstood(message.detail)
    : parseAddress(message.address, message.args)
}
