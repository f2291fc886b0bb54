import { Buffer } from 'node:buffer'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { Datagrams } from '../datagrams.ts'
import { either } from '../../wire/either.ts'
import { knock } from '../knock.ts'
import type { WolCommand, WolOptions } from './options.ts'
import { macBytes, magicPacket, passwordBytes } from './packet.ts'

/** 60 s: what a workstation takes from its packet to its network, with time to spare. */
const awakeMs = 60_000
/** 10 s: a lamp that says whether a machine is on need not be faster. */
const pollMs = 10_000
/** 2 s: on its own network a machine that is awake answers within milliseconds. */
const knockMs = 2000
/** 500 ms between two looks while it is waited for. */
const lookMs = 500

/** Opens the link; returns at once. `fault`: why the config cannot be used. */
export function openLink(
  options: WolOptions,
  context: LinkContext,
  fault: string | null,
): Link<WolCommand> {
  const { host, port, check } = options
  const closing = new AbortController()
  // as many as are sent at once
  setMaxListeners(0, closing.signal)
  // an empty datagram looks whether a host that refused is back; a broadcast is never refused
  const datagrams = new Datagrams({ host, port, broadcast: true }, Buffer.alloc(0), context, null)
  if (fault === null) datagrams.open()
  else context.changed(false, fault)
  if (fault === null && check !== undefined) void watch(check.pollMs ?? pollMs)

  /** Looks now and then whether it is awake. */
  async function watch(everyMs: number): Promise<void> {
    while (!closing.signal.aborted) {
      if (check !== undefined) await isAwake(check, closing.signal)
      // aborted: the link is closed, which the loop looks at next
      await sleep(everyMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  async function isAwake(at: NonNullable<typeof check>, signal: AbortSignal): Promise<boolean> {
    const awake = (await knock(at, knockMs, signal)) === null
    if (!signal.aborted) context.report('awake', awake)
    return awake
  }

  /** Sends it as often as the config says. The first one counts: the others are for a network that loses it. */
  async function sendAll(packet: Buffer, signal: AbortSignal): Promise<void> {
    for (let n = 0; n < options.repeat; n++) {
      if (n > 0) await sleep(options.everyMs, undefined, { signal }).catch(() => undefined)
      if (n > 0 && signal.aborted) return
      try {
        await datagrams.send(packet, signal)
      } catch (error) {
        // one has left, and nothing can call it back: whether it was heard, the check knows
        if (n > 0) return
        throw error
      }
    }
  }

  async function untilAwake(at: NonNullable<typeof check>, signal: AbortSignal): Promise<Ack> {
    const withinMs = at.withinMs ?? awakeMs
    const until = performance.now() + withinMs
    while (!signal.aborted && performance.now() < until) {
      if (await isAwake(at, signal)) return 'confirmed'
      await sleep(lookMs, undefined, { signal }).catch(() => undefined)
    }
    const why = closing.signal.aborted
      ? 'the link was closed'
      : `${at.host}:${at.port} does not answer ${signal.aborted ? 'in time' : `within ${withinMs} ms`}`
    const code = closing.signal.aborted ? 'unreachable' : 'timeout'
    const detail = `the packet was sent, but ${why}`
    throw new DeliveryError({ code, reached: 'maybe', detail })
  }

  return {
    async send({ mac, own }, signal) {
      const to = macBytes(mac)
      if (fault !== null || to === null)
        throw new DeliveryError(failed('malformed', fault ?? 'the MAC address is none'))
      const password =
        own && options.secureOn !== undefined ? passwordBytes(options.secureOn) : null
      const ends = either([signal, closing.signal])
      try {
        await sendAll(magicPacket(to, password ?? Buffer.alloc(0)), ends.signal)
        return own && check !== undefined ? await untilAwake(check, ends.signal) : 'sent'
      } finally {
        ends.done()
      }
    },
    async test(signal) {
      if (fault !== null) throw new DeliveryError(failed('malformed', fault))
      if (check === undefined) return datagrams.test(signal)
      const awake = await isAwake(check, signal)
      return `${check.host}:${check.port} ${awake ? 'answers: it is awake' : 'does not answer: it sleeps, or is off'}`
    },
    close() {
      closing.abort()
      return datagrams.close()
    },
  }
}
