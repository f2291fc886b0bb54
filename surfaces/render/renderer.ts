import type { Canvas as OneCanvas } from '@napi-rs/canvas'
import type { Face } from '../desk.ts'
import { type Canvas, loadCanvas } from './canvas.ts'
import { paint } from './paint.ts'
import { Pictures } from './pictures.ts'

/** The size of a bitmap in pixels. */
export interface BitmapSize {
  /** 1 to 1,024. */
  readonly width: number
  /** 1 to 1,024. */
  readonly height: number
}

/** Makes bitmaps of faces. */
export interface Renderer {
  /**
   * A face as RGBA, `width × height × 4` bytes, opaque. Equal faces are the same bytes, from the cache where they were drawn
   * lately: they MUST NOT be changed. Only a picture is waited for, off this thread; a text takes a fraction of a millisecond.
   *
   * @throws RangeError for a size that no panel has
   */
  render(face: Face, size: BitmapSize): Promise<Uint8Array>
}

/** The largest side of a bitmap, pixels: `Takes.bitmap` of the desk. */
const mostSide = 1024
/** 16 MiB of bitmaps: 400 keys of 100 by 100, all faces of some pages on all sizes of keys that a room has. */
const mostCached = 16 * 1024 * 1024
/** As many canvases are kept: a room has few sizes of keys. */
const mostCanvases = 8

let opening: Promise<Renderer> | null = null

/**
 * The renderer of this process: all panels share its cache.
 *
 * @throws NoRenderer where the optional packages are missing; it says what to do
 */
export function openRenderer(): Promise<Renderer> {
  opening ??= loadCanvas().then(rendererOn, (error: unknown) => {
    opening = null
    throw error
  })
  return opening
}

function rendererOn(canvas: Canvas): Renderer {
  const pictures = new Pictures(canvas)
  /** By size; one canvas serves all, because painting does not wait in the middle. */
  const canvases = new Map<string, OneCanvas>()
  /** By content, the longest unused first. */
  const cache = new Map<string, Uint8Array>()
  let cached = 0

  function canvasOf({ width, height }: BitmapSize): OneCanvas {
    const name = `${width} ${height}`
    const found = canvases.get(name) ?? canvas.createCanvas(width, height)
    canvases.delete(name)
    canvases.set(name, found)
    const [oldest] = canvases.keys()
    if (canvases.size > mostCanvases && oldest !== undefined) canvases.delete(oldest)
    return found
  }

  function keep(name: string, bitmap: Uint8Array): Uint8Array {
    const before = cache.get(name)
    if (before !== undefined) return before
    cache.set(name, bitmap)
    cached += bitmap.length
    for (const [oldest, { length }] of cache) {
      if (cached <= mostCached) break
      cache.delete(oldest)
      cached -= length
    }
    return bitmap
  }

  return {
    async render(face, size) {
      if (
        ![size.width, size.height].every(
          (side) => Number.isInteger(side) && side >= 1 && side <= mostSide,
        )
      )
        throw new RangeError(`a bitmap of ${size.width} by ${size.height} pixels is not to be had`)
      const name = nameOf(face, size)
      const known = cache.get(name)
      if (known !== undefined) {
        cache.delete(name)
        cache.set(name, known)
        return known
      }
      const image = face.picture === null ? null : await pictures.decoded(face.picture)
      const drawn = canvasOf(size)
      paint(drawn.getContext('2d'), face, image, size)
      // a copy: the canvas is painted again
      return keep(name, Uint8Array.from(drawn.data()))
    },
  }
}

/** Equal for what looks the same. */
function nameOf({ picture, ...face }: Face, { width, height }: BitmapSize): string {
  const { text, textColour, colour, size, alignment, state, lit, progress, level } = face
  const said = state.is === 'failed' ? state.reason : ''
  const parts = [text, textColour, colour, size, alignment, state.is, said, lit, progress, level]
  return JSON.stringify([width, height, picture?.tag ?? null, ...parts])
}
