import { randomBytes } from 'node:crypto'
import { challengeOf, digestAuthorization, digestParameters } from './digest.ts'

export interface DigestGuardOptions {
  readonly user: string
  readonly password: string
  readonly algorithm: 'MD5' | 'SHA-256'
  /** How many requests a nonce is good for; then it is stale. */
  readonly uses: number
}

const realm = 'simulated device'

/** The other side of digest authentication, for the simulator. Each count of a nonce is good once. */
export function openDigestGuard({ user, password, algorithm, uses }: DigestGuardOptions) {
  let nonce = randomBytes(16).toString('base64url')
  let newest = 0

  /** Null: let in. Otherwise the challenge to answer with 401. */
  return (method: string, uri: string, header: string | undefined): string | null => {
    const challenge = (stale: boolean) =>
      `Digest realm="${realm}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"${stale ? ', stale=true' : ''}`
    const known = challengeOf(challenge(false))
    if (header === undefined || known === null) return challenge(false)
    const given = digestParameters(header)
    const count = Number.parseInt(given.get('nc') ?? '', 16)
    const cnonce = given.get('cnonce') ?? ''
    const used = { ...known, nonce: given.get('nonce') ?? '' }
    const wanted = digestAuthorization(used, { method, uri, user, password, count, cnonce })
    const isRight = digestParameters(wanted).get('response') === given.get('response')
    if (!isRight || given.get('uri') !== uri) return challenge(false)
    if (used.nonce !== nonce || !(count > newest)) return challenge(true)
    newest = count
    if (count >= uses) {
      nonce = randomBytes(16).toString('base64url')
      newest = 0
    }
    return null
  }
}
