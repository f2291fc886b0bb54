import { encode, encodePacket, immediately } from '../../wire/osc-encode.ts'
import { failed } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import { Datagrams } from '../datagrams.ts'
import type { CompanionCommand } from './command.ts'
import { lineForm, oscForm } from './forms.ts'
import { inTheMiddle, type Leg, type LegContext } from './leg.ts'

/** What makes a closed port refuse and has no effect on an open one: a bundle of nothing, an empty datagram. */
const probes = {
  osc: encodePacket({ kind: 'bundle', time: immediately, elements: [] }),
  udp: Buffer.alloc(0),
} as const

/** OSC, or the line protocol, in datagrams: each message is one, and nothing comes back. */
export function openDatagramLeg(
  transport: 'osc' | 'udp',
  peer: { readonly host: string; readonly port: number },
  context: LegContext,
  isAlone: boolean,
): Leg {
  const datagrams = new Datagrams(peer, probes[transport], context, null)
  datagrams.open()
  const closing = new AbortController()
  // beside others it must be known whether anybody listens before a press goes this way; alone it is what there is
  if (!isAlone) void datagrams.test(closing.signal).catch(() => {}) // what it found out, `changed` told
  return {
    transport,
    async send(command, signal) {
      const all = datagramsOf(transport, command)
      for (const [n, bytes] of all.entries())
        await datagrams.send(bytes, signal).catch((error: unknown) => {
          throw inTheMiddle(error, n)
        })
      if (all.length === 0)
        throw new DeliveryError(failed('malformed', `${transport} cannot say this`))
      return 'sent'
    },
    test: (signal) => datagrams.test(signal),
    close() {
      closing.abort()
      void datagrams.close()
    },
  }
}

function datagramsOf(transport: 'osc' | 'udp', command: CompanionCommand): readonly Buffer[] {
  return transport === 'osc'
    ? (oscForm(command) ?? []).map(({ address, args }) => encode(address, args))
    : (lineForm(command) ?? []).map((line) => Buffer.from(`${line}\n`))
}
