import { Type } from 'typebox'
import type { Json } from '../../intents/json.ts'
import type { OscArg } from '../../wire/osc-arg.ts'
import type { OscMessage } from '../../wire/osc.ts'
import type { ActionDescription, Adapter, Preview } from '../adapter.ts'
import { brokenLink } from '../broken-link.ts'
import { malformed } from '../template.ts'
import { bytesOf, type OscBundle, type OscCommand, type OscTime } from './command.ts'
import { openLink } from './link.ts'
import { options, type OscOptions } from './options.ts'
import { planOsc } from './plan.ts'
import { pollsOf } from './polled.ts'
import { framed } from './stream.ts'

/** Nothing is awaited but queries, and this is the fast way: as many as a group commit brings. */
const pipeline = 4096

const argument = Type.Unsafe<Json>({
  description:
    'null, true, false, a number (whole: int32, else float32), text, a list, or an exact OSC type: { "type": "f", "value": 1 } with type one of i f s S b h t d c r m T F N I.',
})
const address = Type.String({ pattern: '^/', description: 'An OSC address.' })
const args = Type.Optional(Type.Union([Type.Array(argument), argument]))
const closed = { additionalProperties: false } as const

const actions: readonly ActionDescription[] = [
  {
    verb: 'fire',
    name: '/*',
    description: 'Sends a message to any OSC address with the arguments in order.',
    schema: Type.Union([Type.Array(argument), argument]),
  },
  {
    verb: 'fire',
    name: 'bundle',
    description:
      'Sends several messages as one bundle, to take effect together: at once, inMs after it is sent, or atMs (since 1970). A bundle may stand among the messages.',
    schema: Type.Object(
      {
        messages: Type.Array(Type.Object({ address, args }, closed)),
        inMs: Type.Optional(Type.Integer({ minimum: 0 })),
        atMs: Type.Optional(Type.Integer({ minimum: 0 })),
      },
      closed,
    ),
  },
  {
    verb: 'fire',
    name: 'query',
    description:
      'Sends a message that asks, and waits for its answer: a message of the same address, or of `reply`. The answer is reported.',
    schema: Type.Object({ address, args, reply: Type.Optional(address) }, closed),
  },
  {
    verb: 'set',
    name: '/*',
    description: 'Sends a message to any OSC address with the value; a list is several arguments.',
    schema: Type.Union([Type.Array(argument), argument]),
  },
]

export const adapter: Adapter<typeof options, OscCommand> = {
  protocol: 'osc',
  title: 'Any device that takes Open Sound Control over UDP or TCP',
  options,
  pipeline: () => pipeline,
  actions: () => actions,
  plan(intent, options) {
    const polls = pollsOf(options)
    return polls.ok ? planOsc(intent) : malformed(polls.detail)
  },
  preview,
  // OSC has no way to ask what a device still knows: all of it
  resync: (lasting) => [...lasting.keys()],
  discovery: {
    service: 'osc',
    transport: 'udp',
    optionsOf: ({ host, port }) => ({ host, port, transport: 'udp' }),
  },
  open(options, context) {
    const polls = pollsOf(options)
    return polls.ok ? openLink(options, polls.polls, context) : brokenLink(polls.detail, context)
  },
}

function preview(command: OscCommand, { host, port, transport }: OscOptions): Preview {
  const to = `${transport} ${host}:${port}`
  if (command.type === 'message') {
    const packet = bytesOf(command, 0)
    return { to, text: shownMessage(command), bytes: wired(transport, packet) }
  }
  // a time that counts from the sending is not known before
  const bytes = countsFromSending(command) ? null : wired(transport, bytesOf(command, 0))
  return { to, text: shownBundle(command, '').join('\n'), bytes }
}

function wired(transport: OscOptions['transport'], packet: Buffer): Buffer {
  return transport === 'udp' ? packet : framed(transport, packet)
}

function countsFromSending({ time, elements }: OscBundle): boolean {
  return (
    time.type === 'in' || elements.some((each) => each.kind === 'bundle' && countsFromSending(each))
  )
}

function shownBundle({ time, elements }: OscBundle, indent: string): readonly string[] {
  return [
    `${indent}#bundle ${shownTime(time)}`,
    ...elements.flatMap((each) =>
      each.kind === 'bundle'
        ? shownBundle(each, `${indent}  `)
        : [`${indent}  ${shownMessage(each)}`],
    ),
  ]
}

function shownTime(time: OscTime): string {
  switch (time.type) {
    case 'now':
      return 'at once'
    case 'in':
      return `${time.ms} ms after it is sent`
    case 'at':
      return `at ${time.ms} ms`
    default:
      return time satisfies never
  }
}

function shownMessage({ address, args }: Pick<OscMessage, 'address' | 'args'>): string {
  return [address, ...args.map(shownArg)].join(' ')
}

/** An argument with its type tag: `i:1`, `s:"GO"`. */
function shownArg({ type, value }: OscArg): string {
  if (type === '[') return `[${value.map(shownArg).join(' ')}]`
  if (value instanceof Uint8Array) return `${type}:${Buffer.from(value).toString('hex')}`
  return `${type}:${typeof value === 'bigint' ? value : JSON.stringify(value)}`
}
