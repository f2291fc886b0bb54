import { LogError, type LogErrorCode } from '../log.ts'

/** An error that no waiting cures: a wrong setting, which whoever opens the log must be told at once. */
const lasting =
  /^(NOAUTH|WRONGPASS|NOPERM|WRONGTYPE|ERR (Client sent AUTH|invalid password|DB index))/

/** The server says that another one takes writes now, or that it cannot yet: the connection is of no use. */
const moved = /^(READONLY|MOVED|ASK|CLUSTERDOWN|MASTERDOWN|LOADING|UNBLOCKED|TRYAGAIN)\b/

const refusals: readonly (readonly [RegExp, LogErrorCode, string])[] = [
  [
    /^OOM\b/,
    'full',
    'has no memory left (maxmemory); nothing of this call was stored; raise maxmemory, and keep maxmemory-policy at noeviction',
  ],
  // the one MISCONF that says why: the append-only file's disk
  [
    /^MISCONF.*(No space left|Disk quota)/i,
    'full',
    'has no disk space left for its append-only file; nothing of this call was stored; free space there and go on',
  ],
  [
    /^MISCONF\b/,
    'io',
    'cannot save to its disk and takes no more writes; nothing of this call was stored; look at the server’s own log and its disk',
  ],
  [
    /^(NOAUTH|WRONGPASS|ERR (Client sent AUTH|invalid password))/,
    'io',
    'does not accept the name or password: check log.url, log.username and log.password',
  ],
  [
    /^NOPERM\b/,
    'io',
    'does not give this user the rights that a hub needs: set them as bus/log-redis/README.md says (log.username)',
  ],
  [
    /^WRONGTYPE\b/,
    'corrupt',
    'holds something else than a stream under this site’s key: give the site another name, or remove that key',
  ],
  [/^READONLY\b/, 'io', 'is a replica and takes no writes: looking for the one that does'],
  [/^NOREPLICAS\b/, 'io', 'has fewer replicas than min-replicas-to-write asks for; start them'],
  [
    /^(MOVED|ASK|CLUSTERDOWN|TRYAGAIN)\b/,
    'io',
    'no longer has this site’s slot: asking the cluster',
  ],
  [/^(LOADING|MASTERDOWN)\b/, 'io', 'is still loading its data: wait, or look at the server’s log'],
  [/ECONNREFUSED/, 'io', 'refuses connections: start the server, or correct log.url'],
  [
    // the last of these is what ioredis says of a connection that it has given up itself
    /Connection is closed|ECONNRESET|EPIPE|Stream isn't writeable/,
    'io',
    'was lost; nothing more is accepted until it is back: check the server and the network',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'io', 'has a name that cannot be looked up: correct log.url'],
  [
    /certificate|self.signed|altnames|SSL|TLS|wrong version number/i,
    'io',
    'does not agree on TLS: check log.tls and whether log.url begins with rediss:',
  ],
  [
    /timed? ?out/i,
    'io',
    'does not answer in time: it is frozen, overloaded, or the network is cut',
  ],
]

/** What the server, or the way to it, said: as the port's error, with what to do. */
export function faultOf(cause: unknown, address: string): LogError {
  if (cause instanceof LogError) return cause
  const text = messageOf(cause)
  const found = refusals.find(([pattern]) => pattern.test(text))
  // the server's own words may quote arguments; the first word of them is a code
  return found === undefined
    ? new LogError(
        'io',
        `the log's server ${address} could not be used (${text.slice(0, 120)}); nothing more is accepted until it can`,
        { cause },
      )
    : new LogError(found[1], `the log's server ${address} ${found[2]} (${codeOf(text)})`, { cause })
}

/** Whether waiting and trying again is in vain. */
export function isLasting(error: unknown): boolean {
  return lasting.test(messageOf(error instanceof LogError ? error.cause : error))
}

/** Whether the connection must be given up for another. */
export function isMoved(error: unknown): boolean {
  return moved.test(messageOf(error))
}

/** Whether the server itself answered with an error: then the command was not carried out. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

function codeOf(text: string): string {
  return /^[A-Z]+\b/.exec(text)?.[0] ?? text.slice(0, 80)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // an address that stands for several fails with one error for each
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map(messageOf).join('; ')
    : error.message
}
