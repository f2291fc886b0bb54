// What a browser lends instead of `node.js`: Ed25519 (RFC 8032) by its own WebCrypto, and bytes as texts.

/** @param {Uint8Array} raw */
const importKey = (raw) => crypto.subtle.importKey('raw', new Uint8Array(raw), 'Ed25519', false, ['verify'])

// Refuses a browser that cannot verify at all: it would call every signature bad.
export async function mustVerify() {
  await importKey(new Uint8Array(32)).catch(() => {
    throw new Error('this browser cannot verify Ed25519 signatures: use a newer one, or infra-verify.mjs with Node')
  })
}

/** @param {Uint8Array} raw @param {Uint8Array} message @param {Uint8Array} signature */
export async function ed25519(raw, message, signature) {
  return crypto.subtle.verify('Ed25519', await importKey(raw), new Uint8Array(signature), new Uint8Array(message))
}

/** @param {readonly Uint8Array[]} parts */
export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}

// As much of the bytes as are base64; who needs to know encodes them again.
/** @param {string} text @param {'utf8' | 'base64'} form */
export function toBytes(text, form = 'utf8') {
  if (form === 'utf8') return new TextEncoder().encode(text)
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array(0)
  }
}

/** @param {Uint8Array} bytes @param {'base64' | 'hex' | 'latin1'} form */
export function toText(bytes, form) {
  if (form === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  // a character a byte; of those beyond ASCII only their number counts
  return form === 'base64' ? btoa(String.fromCharCode(...bytes)) : new TextDecoder('latin1').decode(bytes)
}

/** @param {Uint8Array} bytes */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
