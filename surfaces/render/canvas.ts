import { createRequire } from 'node:module'
import type { SKRSContext2D } from '@napi-rs/canvas'

export type Canvas = typeof import('@napi-rs/canvas')
export type Context = SKRSContext2D

/** DejaVu Sans Condensed Bold: Latin, Greek, Cyrillic, Arabic, Hebrew, arrows and signs; narrow, as keys are. */
const fontFile = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'
export const fontFamily = 'InfraFabric Key'

/** Why nothing can be drawn on this machine, in words that say what to do. */
export class NoRenderer extends Error {
  override readonly name = 'NoRenderer'
}

let loading: Promise<Canvas> | null = null

/**
 * The optional packages that draw, with the font; loaded when the first panel with pixels joins, once.
 *
 * @throws NoRenderer where they are missing, or do not run on this machine
 */
export function loadCanvas(): Promise<Canvas> {
  loading ??= load().catch((cause: unknown) => {
    // installed meanwhile, it is found at the next look
    loading = null
    throw new NoRenderer(
      'keys cannot be drawn: the optional packages @napi-rs/canvas and dejavu-fonts-ttf are not installed or do not run here: npm install --include=optional',
      { cause },
    )
  })
  return loading
}

async function load(): Promise<Canvas> {
  // The library would read every font of the machine, which takes up to 400 ms and makes a key look different on each
  process.env['DISABLE_SYSTEM_FONTS_LOAD'] ??= '1'
  const canvas = await import('@napi-rs/canvas')
  const file = createRequire(import.meta.url).resolve(fontFile)
  if (canvas.GlobalFonts.registerFromPath(file, fontFamily) === null)
    throw new Error(`${file} is no font`)
  return canvas
}
