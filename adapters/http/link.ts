import { connect } from 'node:net'
import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { reason } from '../standard-reason.ts'
import { ask, type Asked, linkClosed } from './ask.ts'
import type { HttpCommand, HttpOptions } from './options.ts'
import { type Peer, peerOf } from './peer.ts'

/** 250 ms, doubling to 5 s: how often a device that is away is looked for. */
const firstLookMs = 250
const longestLookMs = 5000
/** 5 s: a host that swallows SYNs is not there. */
const lookMs = 5000
/** RFC 9110 section 15.4 sets no number; loops are short or endless. */
const mostRedirects = 3

/** Opens the link: looks at once whether anybody listens, and after that only while it is known to be away. */
export function openLink(options: HttpOptions, context: LinkContext): Link<HttpCommand> {
  const peer = peerOf(options)
  const closing = new AbortController()
  let up = false
  let looking: NodeJS.Timeout | null = null
  let waitMs = firstLookMs

  function cameUp(): void {
    if (closing.signal.aborted) return
    up = true
    waitMs = firstLookMs
    if (looking !== null) clearTimeout(looking)
    looking = null
    context.changed(true, `${peer.name} answers`)
  }

  function wentAway(why: string): void {
    if (closing.signal.aborted) return
    up = false
    context.changed(false, `${peer.name}: ${why}`)
    if (looking !== null) return
    looking = setTimeout(
      () => {
        looking = null
        look()
      },
      waitMs * (1 + Math.random() / 2),
    )
    waitMs = Math.min(waitMs * 2, longestLookMs)
  }

  /** A TCP connection and nothing on it: the least that shows that somebody listens, and no request to act on. */
  function look(): void {
    if (up || closing.signal.aborted) return
    const socket = connect({ host: peer.host, port: peer.port })
    const end = (how: () => void) => {
      closing.signal.removeEventListener('abort', drop)
      socket.destroy()
      how()
    }
    const drop = () => socket.destroy()
    closing.signal.addEventListener('abort', drop)
    socket.setTimeout(lookMs, () => end(() => wentAway('it does not answer')))
    socket.once('connect', () => end(cameUp))
    socket.on('error', (error) => end(() => wentAway(reason(error))))
  }

  async function request(
    command: HttpCommand,
    signal: AbortSignal,
    barred: () => Failure | null,
  ): Promise<Asked> {
    // AbortSignal.any would keep a trace of each request on the link's own signal, which lives for months
    const either = new AbortController()
    const late = () => either.abort()
    const closed = () => either.abort(linkClosed)
    if (signal.aborted) late()
    if (closing.signal.aborted) closed()
    signal.addEventListener('abort', late)
    closing.signal.addEventListener('abort', closed)
    try {
      return await follow(command, either.signal, barred)
    } finally {
      signal.removeEventListener('abort', late)
      closing.signal.removeEventListener('abort', closed)
    }
  }

  async function follow(
    command: HttpCommand,
    signal: AbortSignal,
    barred: () => Failure | null,
  ): Promise<Asked> {
    let next = command
    for (let hops = 0; ; hops++) {
      const asked = await ask(peer, next, signal, barred)
      if (asked.type === 'answer') cameUp()
      else if (asked.failure.code === 'unreachable') wentAway(asked.why)
      const path = hops < mostRedirects ? redirected(peer, next, asked) : null
      if (path === null) return asked
      next = { ...next, path }
    }
  }

  look()
  return {
    async send(command, signal) {
      const asked = await request(command, signal, () => context.barred())
      if (asked.type === 'failure') throw new DeliveryError(asked.failure)
      return judged(peer, asked.status)
    },
    async test(signal) {
      const path = peer.prefix === '' ? '/' : peer.prefix
      const head = { method: 'HEAD', path, headers: {}, body: null } as const
      const asked = await request(head, signal, () => null)
      if (asked.type === 'failure') throw new DeliveryError(asked.failure)
      return `${peer.name} answers HEAD with ${asked.status}`
    },
    close() {
      closing.abort()
      if (looking !== null) clearTimeout(looking)
      looking = null
      peer.agent.destroy()
      return Promise.resolve()
    },
  }
}

/** The link of a config that cannot be used: says so to everybody. */
export function brokenLink(fault: string, context: LinkContext): Link<HttpCommand> {
  context.changed(false, fault)
  const fail = () => Promise.reject(new DeliveryError(failed('malformed', fault)))
  return { send: fail, test: fail, close: () => Promise.resolve() }
}

/**
 * The path to ask instead, where the device itself sends us there: with 307 and 308 the request was not carried out
 * (RFC 9110 section 15.4); the others only where repeating does nothing. Never to another origin.
 */
function redirected(peer: Peer, command: HttpCommand, asked: Asked): string | null {
  if (asked.type === 'failure' || asked.location === null) return null
  const safe = command.method === 'GET' || command.method === 'HEAD'
  const follows =
    asked.status === 307 ||
    asked.status === 308 ||
    (safe && (asked.status === 301 || asked.status === 302 || asked.status === 303))
  if (!follows || !URL.canParse(asked.location, peer.origin + peer.prefix + command.path))
    return null
  const to = new URL(asked.location, peer.origin + peer.prefix + command.path)
  if (to.origin !== peer.origin || !to.pathname.startsWith(`${peer.prefix}/`)) return null
  return to.pathname.slice(peer.prefix.length) + to.search
}

/** What a status says (RFC 9110 section 15). @throws DeliveryError */
function judged(peer: Peer, status: number): Ack {
  if (status >= 200 && status < 300) return 'confirmed'
  throw new DeliveryError(statusFailure(peer, status))
}

function statusFailure(peer: Peer, status: number): Failure {
  // overload: the device says that it did nothing, so it may be asked again
  if (status === 429 || status === 503)
    return failed('unreachable', `${peer.name} is too busy (${status})`)
  if (status >= 300 && status < 400)
    return refused(`${peer.name} sends us elsewhere (${status}), which is not followed`)
  if (status === 401 || status === 403)
    return refused(`${peer.name} wants another token, user or password (${status})`)
  return refused(`${peer.name} refused with ${status}`)
}

function refused(detail: string): Failure {
  return { code: 'refused', reached: 'yes', detail }
}
