import { isIPv4 } from 'node:net'

/** Whether a name or address means this machine only: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  const v4 = name.replace(/^::ffff:/, '')
  return isIPv4(v4) && v4.startsWith('127.')
}

const hostForm = /^[A-Za-z0-9._:[\]-]{1,255}$/

/** The name inside a Host header (RFC 9110 section 7.2), lower case, without its port; null where it is malformed. */
export function hostName(header: string | undefined): string | null {
  const url = urlOf('http:', header)
  return url === null ? null : url.hostname
}

/**
 * Whether an Origin header (RFC 6454) names the host the request was sent to. The scheme does not count: a proxy
 * may end TLS.
 */
export function sameOrigin(origin: string, host: string | undefined): boolean {
  const from = /^(https?:)\/\/([^/]+)$/i.exec(origin)
  if (from === null) return false // `null`, and what is no web origin
  const scheme = from[1] ?? ''
  const a = urlOf(scheme, from[2])
  const b = urlOf(scheme, host)
  return a !== null && b !== null && a.host === b.host
}

function urlOf(scheme: string, host: string | undefined): URL | null {
  if (host === undefined || !hostForm.test(host)) return null
  const text = `${scheme}//${host}`
  return URL.canParse(text) ? new URL(text) : null
}
