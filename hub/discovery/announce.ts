import { setTimeout as pause } from 'node:timers/promises'
import type { Service } from '../../wire/discovery.ts'
import { browse, type BrowseOptions } from './browse.ts'
import { openGate, type Gate } from './browse-gate.ts'

// Our own services on the networks of this machine (RFC 6762, 6763), by bonjour-service. Where a name is taken, it prints an
// error and announces nothing: so it is looked first, and a number is added to the name.

export interface AnnounceOptions extends Pick<BrowseOptions, 'addresses' | 'group' | 'listen'> {
  /** What people see: the same name for each service. At most 50 bytes of it count. */
  readonly name: string
  /** The name of this machine in the records: a label of DNS, without `.local`. */
  readonly machine: string
  /** How long it is looked whether the name is taken. ms */
  readonly lookMs?: number
}

export interface Announcing {
  /** As it is announced: with a number where others have that name. */
  readonly name: string
  /** Why a network could not be told, each reason once. */
  faults(): readonly string[]
  /** Takes it all back: who looks sees it no more. Idempotent. */
  close(): Promise<void>
}

/** 750 ms: three probes of 250 (RFC 6762 section 8.1). */
const usualLookMs = 750
/** 63 bytes are a label's most (RFC 1035 section 2.3.4): there must be room for a number. */
const nameBytes = 50
/** How long taking back may take. ms */
const farewellMs = 500

/** Announces services until it is closed, those of loopback and without a port left out. Never rejects. */
export async function announce(
  services: readonly Service[],
  options: AnnounceOptions,
  signal: AbortSignal,
): Promise<Announcing> {
  const faults = new Set<string>()
  const told = services.filter(({ host, port }) => port > 0 && !isLoopback(host))
  const name = told.length === 0 ? options.name : await freeName(told, options, faults, signal)
  const open: { readonly gate: Gate; end(): Promise<void> }[] = []
  for (const address of signal.aborted ? [] : options.addresses) {
    const here = told.filter(({ host }) => isEverywhere(host) || host === address)
    if (here.length === 0) continue
    try {
      const gate = await openGate(address, options, 'questions')
      open.push({ gate, end: await publish(gate, here, name, options) })
    } catch (error) {
      faults.add(`${address}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  let closing: Promise<unknown> | null = null
  return {
    name,
    faults: () => [...faults, ...open.flatMap(({ gate }) => gate.faults())],
    close: async () => void (await (closing ??= Promise.all(open.map(({ end }) => end())))),
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** The name, or with the first number that nobody has. */
async function freeName(
  services: readonly Service[],
  { name, lookMs = usualLookMs, ...where }: AnnounceOptions,
  faults: Set<string>,
  signal: AbortSignal,
): Promise<string> {
  const looked = await browse(services, { ...where, forMs: lookMs, signal })
  for (const fault of looked.faults) faults.add(fault)
  const taken = new Set(looked.found.map(({ announced }) => announced.name.toLowerCase()))
  const short = labelOf(name)
  for (let number = 1; ; number++) {
    const own = number === 1 ? short : `${short} (${number})`
    if (!taken.has(own.toLowerCase())) return own
  }
}

/** A name of so many bytes; the library would write its dots otherwise than they are looked for. */
function labelOf(name: string): string {
  let short = name.replaceAll('.', '-')
  while (Buffer.byteLength(short) > nameBytes) short = short.slice(0, -1)
  return short
}

/** Announces on one network. Returns its own end. */
async function publish(
  gate: Gate,
  services: readonly Service[],
  name: string,
  { group, machine }: AnnounceOptions,
): Promise<() => Promise<void>> {
  const { default: library } = await import('bonjour-service')
  // as in browse.ts: options of the multicast DNS below the library
  const below: object = {
    ...{ socket: gate, bind: false, multicast: false, ip: group.address, port: group.port },
  }
  const bonjour = new library.Bonjour(below)
  for (const { service: type, transport: protocol, port, txt } of services)
    bonjour.publish({
      ...{ name, type, protocol, port, txt, host: `${machine}.local` },
      // it was looked whether the name is free, and the gate is for IPv4
      ...{ probe: false, disableIPv6: true },
    })
  return async () => {
    const told = new Promise<void>((resolve) => bonjour.unpublishAll(() => resolve()))
    await Promise.race([told, pause(farewellMs)])
    bonjour.destroy()
  }
}
