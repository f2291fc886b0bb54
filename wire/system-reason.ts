/** What a system error means to somebody who stands before the device. */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: is the device on, and is the port right?',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'there is no route to its network',
  EHOSTDOWN: 'the host is down',
  ETIMEDOUT: 'it does not answer',
  EACCES: 'this machine forbids it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signed its certificate itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by somebody unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by somebody unknown',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPERM: 'this machine forbids it',
}

/** The system's code of an error, `ECONNREFUSED`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/** A reason for people, from a closed set: an error's own text may hold what must not be shown. */
export function reason(error: unknown): string {
  const code = codeOf(error)
  const meaning = meanings[code]
  if (meaning !== undefined) return `${meaning} (${code})`
  return code === '' ? 'the connection failed' : `the connection failed (${code})`
}
