import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  type KeyObject,
} from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { writeDurably } from '../durable.ts'

// Keys that sign. The file has one line, in the form that Go's sumdb/note has for its signers:
// `PRIVATE+KEY+<name>+<key ID in hex>+<base64 of type byte and 32-byte seed>`.

/** What a key signs: a `log` its checkpoints (type 0x01), a `witness` cosignatures with a time (type 0x04). */
export type SignerUse = 'log' | 'witness'

export interface Signer {
  readonly name: string
  readonly use: SignerUse
  /** Four bytes in hex. */
  readonly id: string
  /** The public key in the form that others verify with: `<name>+<key ID>+<base64>`. */
  readonly vkey: string
  sign(message: string): Buffer
}

const typeBytes = { log: 1, witness: 4 } as const satisfies Record<SignerUse, number>

/** What stands before a private key in PKCS #8 (RFC 8410, section 7); the 32 bytes of the seed follow. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A new key's line for its file. */
export function newKey(name: string, use: SignerUse): string {
  if (!/^[^\s+]{1,200}$/.test(name))
    throw new RangeError(`a key's name has no spaces and no plus: '${name.slice(0, 80)}'`)
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const seed = Buffer.from(d, 'base64url')
  const signer = signerOf(name, use, seed)
  const material = Buffer.concat([Uint8Array.of(typeBytes[use]), seed]).toString('base64')
  return `PRIVATE+KEY+${name}+${signer.id}+${material}\n`
}

/** @throws RangeError, which never quotes the text, where it is no such key */
export function parseKey(text: string): Signer {
  const match = /^PRIVATE\+KEY\+([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(
    text.trim(),
  )
  const [, name = '', id = '', base64 = ''] = match ?? []
  const material = Buffer.from(base64, 'base64')
  const use = (['log', 'witness'] as const).find((one) => typeBytes[one] === material[0])
  if (match === null || use === undefined || material.length !== 33)
    throw new RangeError('this is no private key of a signed note')
  const signer = signerOf(name, use, material.subarray(1))
  if (signer.id !== id) throw new RangeError(`the key ID of ${name} does not fit its key`)
  return signer
}

/** Reads a key's file. @throws RangeError where others may read it, or it holds no key; Node's own error otherwise */
export function readKey(path: string): Signer {
  if ((statSync(path).mode & 0o077) !== 0)
    throw new RangeError(`others may read the private key ${path}: chmod 600 it`)
  return readCredential(path)
}

/** As {@link readKey}, where the system keeps others away and its modes say nothing: a systemd credential. */
export function readCredential(path: string): Signer {
  try {
    return parseKey(readFileSync(path, 'utf8'))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RangeError(`${path}: ${why}`, { cause })
  }
}

/**
 * Writes a new key's file, for its owner alone, whole or not at all: half of one on a full disk would stand in the way of every
 * later start. Never over another: a key that is lost cannot be made again.
 */
export function writeKey(path: string, line: string): void {
  if (existsSync(path)) closeSync(openSync(path, 'wx')) // throws EEXIST
  writeDurably(path, line, 0o600)
}

function signerOf(name: string, use: SignerUse, seed: Uint8Array): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Head, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const typed = Buffer.concat([Uint8Array.of(typeBytes[use]), rawOf(key)])
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8)
  const vkey = `${name}+${id}+${typed.toString('base64')}`
  return { name, use, id, vkey, sign: (message) => sign(null, Buffer.from(message), key) }
}

function rawOf(key: KeyObject): Buffer {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url')
}
