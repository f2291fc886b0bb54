import { loadCanvas } from './canvas.ts'

/** 92: no ring around letters; a key of 96 by 96 is about 4 KB. */
const quality = 92

/** RGBA as JPEG, off the event loop's thread. @throws NoRenderer */
export async function encodeJpeg(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const { createCanvas, ImageData } = await loadCanvas()
  const canvas = createCanvas(width, height)
  canvas
    .getContext('2d')
    .putImageData(new ImageData(Uint8ClampedArray.from(rgba), width, height), 0, 0)
  return canvas.encode('jpeg', quality)
}
