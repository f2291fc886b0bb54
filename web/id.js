// @ts-check

let lastMs = 0
let counter = 0

/**
 * A new UUIDv7 (RFC 9562 section 5.7): the key that makes a gesture one intent however often it arrives. A 12-bit
 * counter keeps the ids of one millisecond in order; when it runs over, the time part moves ahead (section 6.2).
 *
 * @param {number} now ms since the epoch
 * @returns {string}
 */
export function newId(now) {
  if (now > lastMs) {
    lastMs = now
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  const random = globalThis.crypto.getRandomValues(new Uint8Array(8))
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80
  const time = lastMs.toString(16).padStart(12, '0')
  const rest = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const seq = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${seq}-${rest.slice(0, 4)}-${rest.slice(4)}`
}
