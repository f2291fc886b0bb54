import type { Failure } from '../../intents/failure.ts'
import { ask, type Asked, linkClosed } from './ask.ts'
import { openIdentity } from './identity.ts'
import type { HttpCommand } from './options.ts'
import type { Peer } from './peer.ts'

/** RFC 9110 section 15.4 sets no number; loops are short or endless. */
const mostRedirects = 3

export interface Asker {
  /**
   * One command to its last answer: as who we are, and where the device itself sends us there. `barred`, as that of the
   * link's context, is asked before anything leaves. Never rejects.
   */
  request(command: HttpCommand, signal: AbortSignal, barred: Barred): Promise<Asked>
}

type Barred = () => Failure | null

/** What only asks may leave at any time. */
export const freely: Barred = () => null

/**
 * @param closing aborts when the link is closed
 * @param heard is given each answer, or why there is none
 */
export function openAsker(peer: Peer, closing: AbortSignal, heard: (asked: Asked) => void): Asker {
  const identity = openIdentity(peer)

  async function once(command: HttpCommand, signal: AbortSignal, barred: Barred): Promise<Asked> {
    const asked = await ask(
      peer,
      command,
      identity.header(command.method, peer.prefix + command.path),
      signal,
      barred,
    )
    heard(asked)
    return asked
  }

  async function follow(command: HttpCommand, signal: AbortSignal, barred: Barred): Promise<Asked> {
    let next = command
    let challenged = false
    for (let hops = 0; ;) {
      const asked = await once(next, signal, barred)
      // once: whoever refuses twice means it
      if (!challenged && identity.asksAgain(asked)) {
        challenged = true
        continue
      }
      const path = hops++ < mostRedirects ? redirected(peer, next, asked) : null
      if (path === null) return asked
      next = { ...next, path }
    }
  }

  return {
    async request(command, signal, barred) {
      // AbortSignal.any would keep a trace of each request on the link's own signal, which lives for months
      const either = new AbortController()
      const late = () => either.abort()
      const closed = () => either.abort(linkClosed)
      if (signal.aborted) late()
      if (closing.aborted) closed()
      signal.addEventListener('abort', late)
      closing.addEventListener('abort', closed)
      try {
        return await follow(command, either.signal, barred)
      } finally {
        signal.removeEventListener('abort', late)
        closing.removeEventListener('abort', closed)
      }
    },
  }
}

/**
 * The path to ask instead, where the device itself sends us there: with 307 and 308 the request was not carried out
 * (RFC 9110 section 15.4); the others only where repeating does nothing. Never to another origin.
 */
function redirected(peer: Peer, command: HttpCommand, asked: Asked): string | null {
  const location = asked.type === 'failure' ? undefined : asked.headers.location
  if (asked.type === 'failure' || location === undefined) return null
  const safe = command.method === 'GET' || command.method === 'HEAD'
  const follows =
    asked.status === 307 ||
    asked.status === 308 ||
    (safe && (asked.status === 301 || asked.status === 302 || asked.status === 303))
  if (!follows || !URL.canParse(location, peer.origin + peer.prefix + command.path)) return null
  const to = new URL(location, peer.origin + peer.prefix + command.path)
  if (to.origin !== peer.origin || !to.pathname.startsWith(`${peer.prefix}/`)) return null
  return to.pathname.slice(peer.prefix.length) + to.search
}
