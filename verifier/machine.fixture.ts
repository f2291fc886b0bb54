import { createPublicKey, hash, verify } from 'node:crypto'
import type { Machine } from './types.ts'

/** What Node lends to the verifier, for tests. */
export const machine: Machine = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  ed25519: (key, message, signature) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }
    return Promise.resolve(
      verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature),
    )
  },
}
