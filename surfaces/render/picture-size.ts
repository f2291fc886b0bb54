/** Size in pixels of a PNG or JPEG, of its own first bytes; null where it is neither, or torn before it says. */
export function pictureSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (startsWith(bytes, pngStart) && bytes.length >= 24)
    return { width: view.getUint32(16), height: view.getUint32(20) }
  return startsWith(bytes, [0xff, 0xd8]) ? jpegSize(view) : null
}

/** The signature and the head of the IHDR chunk, which MUST come first (PNG, RFC 2083 sections 3.1 and 4.1.1). */
const pngStart = [
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
]

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte)
}

/** Walks the segments to the frame header (ITU-T T.81, sections B.1.1 and B.2.2). Each step moves on, so it ends. */
function jpegSize(view: DataView): { width: number; height: number } | null {
  let at = 2
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    // a fill byte, or a marker without a length
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    else at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return null
}
