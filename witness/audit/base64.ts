const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const equals = 61

/** Two characters of base64, the first one lower, for each twelve bits. */
const two = new Uint16Array(4096)
for (let bits = 0; bits < two.length; bits++)
  two[bits] = alphabet.charCodeAt(bits >> 6) | (alphabet.charCodeAt(bits & 63) << 8)

/** Four characters for three bytes. */
function four(a: number, b: number, c: number): number {
  return (two[(a << 4) | (b >> 4)] ?? 0) | ((two[((b & 15) << 8) | c] ?? 0) << 16)
}

/**
 * Whether there is this hash (see peaks.ts) in base64, in the one form that encoding gives. It encodes the hash and compares,
 * so no other text passes; the 44 bytes from `at` on are within the view.
 */
export function isHash(view: DataView, at: number, chars: string): boolean {
  for (let i = 0, place = at; i < 15; i += 3, place += 8) {
    const a = chars.charCodeAt(i)
    const b = chars.charCodeAt(i + 1)
    const c = chars.charCodeAt(i + 2)
    if (view.getInt32(place, true) !== four(a & 255, a >> 8, b & 255)) return false
    if (view.getInt32(place + 4, true) !== four(b >> 8, c & 255, c >> 8)) return false
  }
  const last = chars.charCodeAt(15)
  const end = (four(last & 255, last >> 8, 0) & 0xffffff) | (equals << 24)
  return view.getInt32(at + 40, true) === end
}
