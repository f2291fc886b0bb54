import { randomBytes } from 'node:crypto'
import type { Asked } from './ask.ts'
import { type Challenge, challengeOf, digestAuthorization, nextNonce } from './digest.ts'
import type { Peer } from './peer.ts'

/** Who we are to a server, for the life of a link. */
export interface Identity {
  /** The Authorization header of the next request; null: none. */
  header(method: string, uri: string): string | null
  /** Looks at an answer; whether the same request is to be asked again, because the server did nothing and now can. */
  asksAgain(asked: Asked): boolean
}

export function openIdentity({ authorization, digest }: Peer): Identity {
  if (digest === null) return { header: () => authorization, asksAgain: () => false }
  let challenge: Challenge | null = null
  let count = 0
  return {
    header(method, uri) {
      if (challenge === null) return null
      const cnonce = randomBytes(16).toString('base64url')
      return digestAuthorization(challenge, { method, uri, ...digest, count: ++count, cnonce })
    },
    asksAgain(asked) {
      if (asked.type === 'failure') return false
      if (asked.status !== 401) {
        const nonce = nextNonce(headerOf(asked, 'authentication-info'))
        if (nonce !== null && challenge !== null && nonce !== challenge.nonce) {
          challenge = { ...challenge, nonce }
          count = 0
        }
        return false
      }
      const used = challenge?.nonce ?? null
      challenge = challengeOf(headerOf(asked, 'www-authenticate') ?? '')
      count = 0
      // the same nonce again: the credentials are wrong
      return challenge !== null && (challenge.stale || challenge.nonce !== used)
    },
  }
}

function headerOf(asked: Extract<Asked, { type: 'answer' }>, name: string): string | undefined {
  const value = asked.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
