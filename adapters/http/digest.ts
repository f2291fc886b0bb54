import { createHash } from 'node:crypto'

// HTTP Digest Access Authentication, RFC 7616, with what RFC 2069 servers still say (no qop).

/** What a server asks for. */
export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
  readonly algorithm: Algorithm
  /** Whether it takes `qop=auth`; false: RFC 2069. */
  readonly qop: boolean
  readonly userhash: boolean
  /** The credentials were right, and only the nonce is too old. */
  readonly stale: boolean
}

const algorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const
type Algorithm = (typeof algorithms)[number]

/** More is no header of a server that means well. Characters. */
const longestHeader = 4096

/** The first challenge that can be met, as the server orders them (RFC 7616 section 3.7); null where none can. Hostile. */
export function challengeOf(header: string): Challenge | null {
  if (header.length > longestHeader) return null
  for (const part of header.split(/(?:^|,)\s*(?=Digest\s)/i)) {
    const found = /^Digest\s+/i.exec(part)
    const challenge = found === null ? null : parsed(part.slice(found[0].length))
    if (challenge !== null) return challenge
  }
  return null
}

/** The parameter `nextnonce` of an Authentication-Info header (RFC 7616 section 3.5); null where there is none. */
export function nextNonce(header: string | undefined): string | null {
  return header === undefined || header.length > longestHeader
    ? null
    : (digestParameters(header).get('nextnonce') ?? null)
}

function parsed(text: string): Challenge | null {
  const given = digestParameters(text)
  const realm = given.get('realm')
  const nonce = given.get('nonce')
  const named = (given.get('algorithm') ?? 'MD5').toLowerCase()
  const algorithm = algorithms.find((each) => each.toLowerCase() === named)
  const qops = given.get('qop')?.split(/\s*,\s*/) ?? []
  const isMet = qops.length === 0 || qops.some((each) => each.toLowerCase() === 'auth')
  if (realm === undefined || nonce === undefined || algorithm === undefined || !isMet) return null
  return {
    realm,
    nonce,
    opaque: given.get('opaque') ?? null,
    algorithm,
    qop: qops.length > 0,
    userhash: given.get('userhash')?.toLowerCase() === 'true',
    stale: given.get('stale')?.toLowerCase() === 'true',
  }
}

/** The parameters of a challenge or of credentials, by name in lower case. */
export function digestParameters(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  // each match begins at a name, and its value ends at a quote or a comma: linear
  const parameter = /([A-Za-z][\w-]{0,30})\s?=\s?(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g
  for (const [, name = '', quoted, plain = ''] of text.matchAll(parameter)) {
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1')
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), value)
  }
  return found
}

export interface DigestRequest {
  readonly method: string
  /** The request line's target, path and query. */
  readonly uri: string
  readonly user: string
  readonly password: string
  /** How often this nonce was used, with this one; from 1. */
  readonly count: number
  /** Chosen anew for each request. */
  readonly cnonce: string
}

/** The value of the Authorization header (RFC 7616 section 3.4). */
export function digestAuthorization(
  { realm, nonce, opaque, algorithm, qop, userhash }: Challenge,
  { method, uri, user, password, count, cnonce }: DigestRequest,
): string {
  const hash = (text: string) =>
    createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const nc = count.toString(16).padStart(8, '0')
  const own = hash(`${user}:${realm}:${password}`)
  const a1 = algorithm.endsWith('-sess') ? hash(`${own}:${nonce}:${cnonce}`) : own
  const a2 = hash(`${method}:${uri}`)
  const response = hash(qop ? `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`)
  const name = userhash ? hash(`${user}:${realm}`) : user
  const parts = [
    // a name beyond ASCII has a form of its own (RFC 7616 section 3.4, RFC 5987)
    /^[\u0020-\u007e]*$/.test(name)
      ? `username=${quoted(name)}`
      : `username*=UTF-8''${encodeURIComponent(name)}`,
    `realm=${quoted(realm)}`,
    `uri=${quoted(uri)}`,
    `algorithm=${algorithm}`,
    `nonce=${quoted(nonce)}`,
    ...(qop ? [`nc=${nc}`, `cnonce=${quoted(cnonce)}`, 'qop=auth'] : []),
    `response=${quoted(response)}`,
    ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
    ...(userhash ? ['userhash=true'] : []),
  ]
  return `Digest ${parts.join(', ')}`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
