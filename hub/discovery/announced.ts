import { isIP } from 'node:net'
import type { Announced } from '../../wire/discovery.ts'

/** A service as a library of multicast DNS says that it heard it; nothing of it is trusted. */
export interface Heard {
  /** All of its name: `Home._home-assistant._tcp.local`. */
  readonly fqdn: string
  readonly port: number
  readonly addresses?: readonly string[]
  /** Whose packet it was. */
  readonly referer?: { readonly address: string }
  /** The strings of its TXT record, as bytes. */
  readonly rawTxt?: unknown
}

/** 128 pairs: a TXT record has a handful (RFC 6763 section 6.2). */
const mostPairs = 128

/** What a service says of itself; null where it cannot be reached by what it says. */
export function announcedOf(heard: Heard, type: string): Announced | null {
  const { fqdn, port, addresses = [], referer, rawTxt } = heard
  const end = `.${type}.local`
  // the name of an instance may have dots in it (RFC 6763 section 4.1.1): all before its type is the name
  if (!fqdn.toLowerCase().endsWith(end.toLowerCase())) return null
  const name = fqdn.slice(0, -end.length)
  const host = addressOf(addresses) ?? addressOf(referer === undefined ? [] : [referer.address])
  if (name === '' || host === null) return null
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return null
  return { name, host, port, txt: pairsOf(rawTxt) }
}

/** IPv4 first; of IPv6 none that means something on one network only (fe80::/10). */
function addressOf(addresses: readonly string[]): string | null {
  const isReachable = (text: string) => isIP(text) === 6 && !/^fe[89ab]/i.test(text)
  return addresses.find((text) => isIP(text) === 4) ?? addresses.find(isReachable) ?? null
}

/** The pairs of a TXT record (RFC 6763 section 6.4): the first of a key counts, and case does not. */
function pairsOf(strings: unknown): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  if (!Array.isArray(strings)) return pairs
  for (const bytes of (strings as readonly unknown[]).slice(0, mostPairs)) {
    if (!(bytes instanceof Uint8Array)) continue
    const text = Buffer.from(bytes).toString('utf8')
    const equals = text.indexOf('=')
    const key = (equals < 0 ? text : text.slice(0, equals)).toLowerCase()
    if (key === '' || pairs.has(key)) continue
    pairs.set(key, equals < 0 ? '' : text.slice(equals + 1))
  }
  return pairs
}
