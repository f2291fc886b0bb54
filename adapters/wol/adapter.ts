import { Buffer } from 'node:buffer'
import { Type } from 'typebox'
import type { DeviceIntent } from '../../intents/intent.ts'
import type { ActionDescription, Adapter, Plan } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { kind, malformed, readArgs } from '../template.ts'
import { openLink } from './link.ts'
import { mac, options, type WolCommand, type WolOptions } from './options.ts'
import { macBytes, magicPacket, passwordBytes, shownMac } from './packet.ts'

/** Machines that are waited for until they are awake delay no other: as many as a rack holds. */
const pipeline = 16

const actions: readonly ActionDescription[] = [
  {
    verb: 'fire',
    name: 'wake',
    description: 'Sends the magic packet to this machine, or to another one of the same network.',
    schema: Type.Object({ mac: Type.Optional(mac) }, { additionalProperties: false }),
  },
  {
    verb: 'set',
    name: 'awake',
    description: 'true wakes it. Nothing here can send it to sleep.',
    schema: Type.Literal(true),
  },
]

export const adapter: Adapter<typeof options, WolCommand> = {
  protocol: 'wol',
  title: 'A machine that is woken over the network (Wake-on-LAN)',
  options,
  pipeline: () => pipeline,
  actions: () => actions,
  plan(intent, options) {
    const own = macBytes(options.mac)
    if (own === null) return malformed('config: mac is none')
    const asked = askedMac(intent, options)
    if (!asked.ok) return asked
    const bytes = macBytes(asked.mac)
    if (bytes === null) return malformed('argument "mac": expected six bytes, "00:11:22:aa:bb:cc"')
    return { ok: true, command: { mac: shownMac(bytes), own: bytes.equals(own) } }
  },
  preview({ mac, own }, { host, port, secureOn, repeat }) {
    const bytes = macBytes(mac)
    const secret = own && secureOn !== undefined
    return {
      to: `udp ${host}:${port}`,
      text: `wake ${mac}${secret ? ' with its password (not shown)' : ''}, ${repeat} times`,
      bytes: bytes === null || secret ? null : magicPacket(bytes, Buffer.alloc(0)),
    }
  },
  // a machine that was sent to sleep meanwhile must not wake because a cable came back
  resync: () => [],
  open(options, context) {
    // what is none is refused by the config's check or by `faultOf`; the link then never sends it
    return openLink(options, context, faultOf(options))
  },
}

type Asked = { readonly ok: true; readonly mac: string } | Extract<Plan<never>, { ok: false }>

function askedMac(intent: DeviceIntent, options: WolOptions): Asked {
  if (intent.verb === 'set') {
    if (intent.path !== 'awake') return unknownName('path', intent.path, ['awake'])
    return intent.value === true
      ? { ok: true, mac: options.mac }
      : malformed('awake: only true can be set: nothing here can send it to sleep')
  }
  if (intent.action !== 'wake') return unknownName('action', intent.action, ['wake'])
  const { args } = intent
  const none = args === null || (typeof args === 'object' && Object.keys(args).length === 0)
  if (none) return { ok: true, mac: options.mac }
  const read = readArgs(['mac'], args)
  if (!read.ok) return read
  const given = read.value.get('mac')
  return typeof given === 'string'
    ? { ok: true, mac: given }
    : malformed(`argument "mac": expected text, got ${kind(given)}`)
}

/** Why the config cannot be used; null where it can. Says nothing of the value: it is a secret. */
function faultOf({ secureOn }: WolOptions): string | null {
  return secureOn === undefined || passwordBytes(secureOn) !== null
    ? null
    : 'config: secureOn: expected six bytes as in a MAC address, or four as in an IPv4 address'
}
