import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { decodeBase64 } from './base64.ts'

// Verifier keys of signed notes (C2SP signed-note): `<name>+<key ID in hex>+<base64 of type byte and public key>`.

/** What a key signs: `log` checkpoints as they are (type 0x01), `witness` cosignatures with a time (type 0x04). */
export type KeyUse = 'log' | 'witness'

/** A public key that the reader trusts: it comes from a person or a policy, never from what is verified with it. */
export interface VerifierKey {
  readonly name: string
  readonly use: KeyUse
  /** Four bytes, in hex: which key a signature says it is of. */
  readonly id: string
  readonly key: KeyObject
  /** The 32 bytes of the public key, in hex: what makes two keys the same. */
  readonly raw: string
}

const typeOf = { log: 1, witness: 4 } as const satisfies Record<KeyUse, number>

/** @throws KeyError for a text that is none, and for keys on which verifiers disagree */
export function parseVkey(text: string): VerifierKey {
  const [name = '', id = '', material = '', ...more] = text.trim().split('+')
  // base64 has a plus of its own
  const bytes = decodeBase64([material, ...more].join('+'))
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || bytes === null || bytes.length !== 33)
    throw new KeyError(`'${text.slice(0, 80)}' is no verifier key: <name>+<8 hex digits>+<base64>`)
  const use = (['log', 'witness'] as const).find((one) => typeOf[one] === bytes[0])
  if (use === undefined)
    throw new KeyError(`the key ${name} is of type ${bytes[0]}, which is not supported: Ed25519 is`)
  const raw = bytes.subarray(1)
  const expected = keyIdOf(name, use, raw)
  if (id !== expected)
    throw new KeyError(`the key ${name} says that its ID is ${id}, and it is ${expected}`)
  return { name, use, id, key: publicKeyOf(raw), raw: raw.toString('hex') }
}

/** SHA-256(name, line feed, type, public key), the first four bytes in hex. */
export function keyIdOf(name: string, use: KeyUse, raw: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(typeOf[use]), raw])
  return hash('sha256', bytes, 'hex').slice(0, 8)
}

/** What a key may be called: no spaces, no plus, no control characters. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= 200 && !/[\s+\p{C}\p{Z}]/u.test(name)
}

/** A key that is none, or that must not be trusted; `message` says why. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
}

/** 2^255 - 19. */
const prime = 2n ** 255n - 19n
/** The y of the eight points of small order (RFC 8032, section 5.1.7, and the curve's torsion). */
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  prime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
])

/**
 * An Ed25519 public key of its 32 bytes. @throws KeyError for one of small order, or written in another way than the
 * canonical one: of these, one verifier says that a signature is good and another that it is not
 */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new KeyError('an Ed25519 public key has 32 bytes')
  const bytes = Buffer.from(raw)
  bytes[31] = (bytes[31] ?? 0) & 0x7f // the sign of x
  const y = BigInt(`0x${bytes.reverse().toString('hex')}`)
  if (y >= prime) throw new KeyError('the public key is not in its canonical form')
  if (smallOrder.has(y))
    throw new KeyError('the public key is of small order: anybody can sign for it')
  try {
    return createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') },
      format: 'jwk',
    })
  } catch (cause) {
    throw new KeyError('the public key is no point of the curve', { cause })
  }
}
