import { isUtf8 } from 'node:buffer'
import { hash, verify } from 'node:crypto'

// What the machine lends: SHA-256 (FIPS 180-4), Ed25519 (RFC 8032), and bytes as texts.
/** @param {Uint8Array} bytes @returns {Uint8Array} */
export const sha256 = (bytes) => hash('sha256', bytes, 'buffer')
const spki = Buffer.from('302a300506032b6570032100', 'hex') // what stands before the key's bytes (RFC 8410)
/** @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature */
export const ed25519 = async (key, message, signature) =>
  verify(null, message, { key: Buffer.concat([spki, key]), format: 'der', type: 'spki' }, signature)
/** @param {readonly Uint8Array[]} parts @returns {Uint8Array} */
export const joined = (...parts) => Buffer.concat(parts)
/** @param {string} text @param {'utf8' | 'base64'} form @returns {Uint8Array} */
export const toBytes = (text, form = 'utf8') => Buffer.from(text, form)
/** @param {Uint8Array} bytes @param {'base64' | 'hex' | 'latin1'} form */
export const toText = (bytes, form) => Buffer.from(bytes).toString(form)
/** @param {Uint8Array} bytes */
export const textOf = (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString() : null)
