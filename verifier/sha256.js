// SHA-256 (FIPS 180-4, section 6.2), for a browser: its own answers later, and a tree of a million hashes cannot wait for
// each. The constants are those of section 4.2.2: the cube roots of the first 64 primes, and the square roots of eight.

const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
)
/** @param {bigint} n @param {bigint} power */
function root(n, power) {
  let low = 0n
  for (let step = 1n << 40n; step > 0n; step >>= 1n) if ((low + step) ** power <= n) low += step
  return low
}
// the first 32 bits of the fraction
/** @param {number} prime @param {bigint} power */
const fraction = (prime, power) => Number(BigInt.asIntN(32, root(BigInt(prime) << (32n * power), power)))
const constants = Int32Array.from(primes, (prime) => fraction(prime, 3n))
const initial = Int32Array.from(primes.slice(0, 8), (prime) => fraction(prime, 2n))
const words = new Int32Array(64)

/** @param {number} x @param {number} n */
const turn = (x, n) => (x >>> n) | (x << (32 - n))

/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  // the message, a one bit, zeros, and its length in bits as the last eight bytes of a block
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n)
  const state = initial.slice()
  for (let at = 0; at < padded.length; at += 64) mix(state, view, at)
  const out = new DataView(new ArrayBuffer(32))
  for (const [i, word] of state.entries()) out.setInt32(4 * i, word)
  return new Uint8Array(out.buffer)
}

/** @param {Int32Array} state @param {DataView} view @param {number} at */
function mix(state, view, at) {
  const w = /** @type {number[]} */ (/** @type {unknown} */ (words))
  const k = /** @type {number[]} */ (/** @type {unknown} */ (constants))
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i)
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15] ?? 0, w[i - 2] ?? 0]
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
    w[i] = (w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const t1 = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (k[i] ?? 0) + (w[i] ?? 0)
    const t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value
}
