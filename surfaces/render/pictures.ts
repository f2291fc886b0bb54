import type { Image } from '@napi-rs/canvas'
import type { FacePicture } from '../desk.ts'
import type { Canvas } from './canvas.ts'
import { pictureSize } from './picture-size.ts'

/** 4 MiB: an image of the config may be a photograph. A device's is smaller already. */
const mostBytes = 4 * 1024 * 1024
/** 8 megapixels, 32 MB once decoded: 3840 by 2160 passes, a bomb does not. */
const mostPixels = 8_388_608
/** How many decoded pictures are kept: a key that is drawn anew shows one of the last. */
const mostKept = 4

/** Decodes pictures, one at a time, off the event loop's thread. The bytes are hostile: what is too large is not decoded at all. */
export class Pictures {
  readonly #canvas: Canvas
  /** By tag, the newest last. null: it cannot be shown. */
  readonly #kept = new Map<string, Promise<Image | null>>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(canvas: Canvas) {
    this.#canvas = canvas
  }

  /** null where it is no picture, torn, or too large. Never rejects. */
  decoded({ tag, bytes }: FacePicture): Promise<Image | null> {
    const known = this.#kept.get(tag)
    const image = known ?? this.#last.then(() => this.#decode(bytes))
    this.#kept.delete(tag)
    this.#kept.set(tag, image)
    if (known === undefined) {
      this.#last = image
      const [oldest] = this.#kept.keys()
      if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest)
    }
    return image
  }

  async #decode(bytes: Uint8Array): Promise<Image | null> {
    const size = pictureSize(bytes)
    if (size === null || bytes.length > mostBytes) return null
    if (size.width === 0 || size.height === 0 || size.width * size.height > mostPixels) return null
    const image = new this.#canvas.Image()
    return new Promise((resolve) => {
      image.onload = () => resolve(image.width > 0 && image.height > 0 ? image : null)
      image.onerror = () => resolve(null)
      image.src = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    })
  }
}
