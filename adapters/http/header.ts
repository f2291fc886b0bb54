/** A header's name: an RFC 9110 token (section 5.6.2). */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
/** A header's value (RFC 9110 section 5.5) in ASCII: a line break would begin another header. */
const value = /^[\t\u0020-\u007e]{0,4096}$/
/** They frame the message or name its host: only the client may write them. */
const reserved = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Why this header may not be sent; null where it may. Names are not secrets, values may be. */
export function headerFault(name: string, text: string): string | null {
  if (!token.test(name)) return 'not a header name'
  if (reserved.has(name.toLowerCase())) return 'this header is not for you to set'
  return value.test(text) ? null : 'expected printable ASCII without line breaks'
}
