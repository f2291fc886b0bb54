import { Buffer } from 'node:buffer'
import { type Static, Type } from 'typebox'
import type { Adapter } from '../adapter.ts'
import {
  planText,
  previewText,
  textActions,
  type TextCommand,
  textOptions,
  type TextPlans,
  textPlans,
} from '../template-text.ts'
import { Datagrams } from '../datagrams.ts'

const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'The UDP port it listens on.' }),
    ...textOptions,
  },
  { additionalProperties: false },
)

type UdpOptions = Static<typeof options>

/** What one datagram can carry over IPv4 (RFC 768, RFC 791). */
const maxDatagramBytes = 65_507
/** Nothing is awaited, so many may be under way. */
const pipeline = 4096

const cache = new WeakMap<UdpOptions, TextPlans>()

/** The options compiled, once per options object. */
function compiled(options: UdpOptions): TextPlans {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = textPlans(options)
  cache.set(options, made)
  return made
}

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'udp',
  title: 'Any device that takes text or bytes in UDP datagrams',
  options,
  pipeline: () => pipeline,
  actions: textActions,
  plan: (intent, options) => planText(intent, compiled(options), maxDatagramBytes),
  preview: (command, { host, port }) => previewText(`udp ${host}:${port}`, command),
  // nothing is reported, so what the device still knows is not known: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    // an empty datagram is the least that makes a closed port refuse
    const datagrams = new Datagrams(options, Buffer.alloc(0), context, null)
    datagrams.open()
    return {
      send: (command, signal) => datagrams.send(command.bytes, signal),
      test: (signal) => datagrams.test(signal),
      close: () => datagrams.close(),
    }
  },
}
