import { Type } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { isObject, type Json } from '../../intents/json.ts'
import { encode, encodePacket, immediately, isAddress } from '../../wire/osc-encode.ts'
import { type OscArg, toOscArgs } from '../../wire/osc-arg.ts'
import type { ActionDescription, Adapter, Plan } from '../adapter.ts'
import type { OscCommand } from './command.ts'
import { Datagrams } from '../datagrams.ts'
import { options } from './options.ts'
import { reportPacket } from './report.ts'
import { framed, OscStream } from './stream.ts'

/** Nothing is awaited, and this is the fast way: as many as a group commit brings. */
const pipeline = 4096
/** A bundle of nothing: good OSC without effect, and enough for a closed port to refuse it. */
const probe = encodePacket({ kind: 'bundle', time: immediately, elements: [] })

const argument = Type.Unsafe<Json>({
  description:
    'null, true, false, a number (whole: int32, else float32), text, a list, or an exact OSC type: { "type": "f", "value": 1 } with type one of i f s S b h t d c r m T F N I.',
})

const actions: readonly ActionDescription[] = [
  {
    verb: 'fire',
    name: '/*',
    description: 'Sends a message to any OSC address with the arguments in order.',
    schema: Type.Union([Type.Array(argument), argument]),
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
  plan(intent) {
    if (intent.verb === 'set') {
      const { path, value } = intent
      return message(
        path.startsWith('/') ? path : `/${path}`,
        value instanceof Array ? value : [value],
      )
    }
    if (!intent.action.startsWith('/'))
      return {
        ok: false,
        failure: failed('not-found', 'an OSC action is an address and starts with /: /cue/go'),
      }
    return message(intent.action, listOf(intent.args))
  },
  preview({ address, args }, { host, port, transport }) {
    const packet = encode(address, args)
    return {
      to: `${transport} ${host}:${port}`,
      text: [address, ...args.map(shownArg)].join(' '),
      bytes: transport === 'udp' ? packet : framed(transport, packet),
    }
  },
  // OSC has no way to ask what a device still knows: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    if (options.transport !== 'udp') {
      const stream = new OscStream(options, options.transport, context)
      stream.open()
      return stream
    }
    const datagrams = new Datagrams(options, probe, context, (bytes) =>
      reportPacket(bytes, context),
    )
    datagrams.open()
    return {
      send: ({ address, args }, signal) => datagrams.send(encode(address, args), signal),
      test: (signal) => datagrams.test(signal),
      close: () => datagrams.close(),
    }
  },
}

/** A list in its order, `{ args: […] }`, nothing for `{}` and null; anything else is one argument. */
function listOf(args: Json): readonly Json[] {
  if (args === null) return []
  if (args instanceof Array) return args
  if (!isObject(args)) return [args]
  const keys = Object.keys(args)
  const inner = args['args']
  if (keys.length === 1 && inner instanceof Array) return inner
  return keys.length === 0 ? [] : [args]
}

/** An argument with its type tag: `i:1`, `s:"GO"`. */
function shownArg({ type, value }: OscArg): string {
  if (type === '[') return `[${value.map(shownArg).join(' ')}]`
  if (value instanceof Uint8Array) return `${type}:${Buffer.from(value).toString('hex')}`
  return `${type}:${typeof value === 'bigint' ? value : JSON.stringify(value)}`
}

function message(address: string, values: readonly Json[]): Plan<OscCommand> {
  if (!isAddress(address))
    return {
      ok: false,
      failure: failed('malformed', 'an OSC address starts with / and has no NUL'),
    }
  const converted = toOscArgs(values)
  return converted.ok
    ? { ok: true, command: { address, args: converted.args } }
    : { ok: false, failure: failed('malformed', `argument: ${converted.detail}`.slice(0, 500)) }
}
