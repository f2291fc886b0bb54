import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, extname, resolve, sep } from 'node:path'
import type { FacePicture } from '../../surfaces/desk.ts'

/** A picture that the config names. */
export interface Image {
  readonly type: string
  readonly bytes: Uint8Array
}

const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
}

/** 16 MiB: no key shows more, and a wrong file must not take the memory. */
const mostBytes = 16 * 1024 * 1024

/** A control's picture: a `data:` URL, or a file below the config's folder and nowhere else; null where there is none. */
export async function readImage(image: string, configFile: string): Promise<Image | null> {
  const said = inline(image)
  if (said !== null) return said
  const folder = dirname(resolve(configFile))
  const path = resolve(folder, image)
  const type = types[extname(path).toLowerCase()]
  if (type === undefined || !path.startsWith(folder + sep)) return null
  try {
    if ((await stat(path)).size > mostBytes) return null
    return { type, bytes: await readFile(path) }
  } catch {
    return null // no such picture: the face shows its text
  }
}

/** What is in a `data:` URL; null where it is none. */
function inline(image: string): Image | null {
  const [, type, base64] = /^data:(image\/[a-z0-9.+-]+);base64,(.*)$/s.exec(image) ?? []
  return type === undefined || base64 === undefined
    ? null
    : { type, bytes: Buffer.from(base64, 'base64') }
}

/** Those that were said while the hub runs come without end: so many are kept decoded. */
const mostInline = 64

/** The pictures of the config for panels: read once each, in the background. */
export interface Images {
  /** null: there is none that a panel can draw, or it is still being read; then `loaded` follows. */
  get(image: string): FacePicture | null
  /** They may be others now: the config changed. */
  forget(): void
}

/** `loaded` is told what can be had now. */
export function openImages(configFile: string, loaded: (image: string) => void): Images {
  const known = new Map<string, FacePicture | null>()

  const inlined = new Map<string, FacePicture | null>()

  async function load(image: string): Promise<void> {
    known.set(image, null)
    const found = pictureOf(await readImage(image, configFile))
    if (found === null) return
    known.set(image, found)
    loaded(image)
  }

  function said(image: string): FacePicture | null {
    const found = inlined.get(image) ?? pictureOf(inline(image))
    inlined.delete(image)
    inlined.set(image, found)
    const [oldest] = inlined.keys()
    if (inlined.size > mostInline && oldest !== undefined) inlined.delete(oldest)
    return found
  }

  return {
    get(image) {
      if (image.startsWith('data:')) return said(image)
      const found = known.get(image)
      if (found !== undefined) return found
      void load(image) // never rejects: what cannot be read is none
      return null
    },
    forget: () => known.clear(),
  }
}

/** What is no bitmap stays as its text. */
function pictureOf(found: Image | null): FacePicture | null {
  if (found === null || (found.type !== 'image/png' && found.type !== 'image/jpeg')) return null
  const { type, bytes } = found
  return { type, bytes, tag: createHash('sha256').update(bytes).digest('base64url') }
}
