import { setTimeout as pause } from 'node:timers/promises'
import type { Announced } from '../../wire/discovery.ts'
import { announcedOf, type Heard } from './announced.ts'
import { openGate, type Gate } from './browse-gate.ts'

// Multicast DNS (RFC 6762) by bonjour-service, which keeps all that it hears: so it hears through a gate.

/** What is looked for: `home-assistant` and `tcp` of `_home-assistant._tcp`. */
export interface Wanted {
  readonly service: string
  readonly transport: 'tcp' | 'udp'
}

export interface BrowseOptions {
  /** Of this machine, IPv4: a question leaves from each. */
  readonly addresses: readonly string[]
  /** Where the questions go. */
  readonly group: { readonly address: string; readonly port: number }
  /** The port that is listened on; 0: any. */
  readonly listen: number
  readonly forMs: number
  readonly signal: AbortSignal
}

export interface Browsed {
  /** What was looked for when it was found. */
  readonly wanted: Wanted
  readonly announced: Announced
}

export interface Browsing {
  readonly found: readonly Browsed[]
  /** Why a network could not be asked; empty where all were. */
  readonly faults: readonly string[]
  /** More was said than is listened to. */
  readonly isCut: boolean
}

/** 224.0.0.251:5353 (RFC 6762 section 3). */
export const mdnsGroup = { address: '224.0.0.251', port: 5353 } as const

/** 256 of one kind: more is no studio. */
const mostServices = 256
/** A second, as RFC 6762 section 5.2 has it between the first two questions. */
const askAgainMs = 1000

/** Asks the networks of this machine who is there and listens for `forMs`; the signal ends it early, with what there is. */
export async function browse(wanted: readonly Wanted[], options: BrowseOptions): Promise<Browsing> {
  const found = new Map<string, Browsed>()
  const faults: string[] = []
  const open: { readonly gate: Gate; close(): void }[] = []
  for (const address of options.addresses)
    try {
      const gate = await openGate(address, options)
      const asking = await ask(gate, wanted, options.group, found)
      open.push({ gate, close: asking })
    } catch (error) {
      faults.push(`${address}: ${error instanceof Error ? error.message : String(error)}`)
    }
  try {
    if (open.length > 0) await pause(options.forMs, undefined, { signal: options.signal })
  } catch {
    // it was told to end: what was found until now is what there is
  } finally {
    for (const { close } of open) close()
  }
  for (const { gate } of open) faults.push(...gate.faults())
  const isCut = open.some(({ gate }) => gate.isCut())
  return { found: [...found.values()], faults, isCut }
}

/** Asks through one gate, now and every second. Returns its own end. */
async function ask(
  gate: Gate,
  wanted: readonly Wanted[],
  group: BrowseOptions['group'],
  found: Map<string, Browsed>,
): Promise<() => void> {
  const { default: library } = await import('bonjour-service')
  // its types want a service's options here; it hands these on to the multicast DNS below it, which has such
  const below: object = {
    socket: gate,
    bind: false,
    multicast: false,
    ip: group.address,
    port: group.port,
  }
  const bonjour = new library.Bonjour(below)
  const browsers = wanted.map((one) => {
    const { service: type, transport: protocol } = one
    const hear = (heard: Heard) => {
      const announced = announcedOf(heard, `_${type}._${protocol}`)
      const key = heard.fqdn.toLowerCase()
      // heard on two networks it is still one; the newest word of it counts
      if (announced !== null) found.set(key, { wanted: one, announced })
      if (browser.services.length < mostServices) return
      browser.stop()
      gate.cut()
    }
    const browser = bonjour.find({ type, protocol })
    browser.on('up', hear).on('srv-update', hear).on('txt-update', hear)
    return browser
  })
  const again = setInterval(() => {
    for (const browser of browsers) browser.update()
  }, askAgainMs)
  return () => {
    clearInterval(again)
    for (const browser of browsers) browser.stop()
    bonjour.destroy()
  }
}
