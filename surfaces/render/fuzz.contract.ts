import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { pictureSize } from './picture-size.ts'

/** A PNG that says that it has so many pixels: its signature and the head of its first chunk. */
const png = (width: number, height: number) => {
  const bytes = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000', 'hex')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'sizes of PNG and JPEG',
    seeds: [
      png(72, 72),
      png(0xff_ff_ff_ff, 0xff_ff_ff_ff),
      // a JPEG: JFIF header, then a frame of 72 by 72 pixels
      Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080048004801011100', 'hex'),
    ],
    open: () => (bytes) => {
      const size = pictureSize(bytes)
      if (size !== null && !(size.width >= 0 && size.height >= 0)) throw new Error('no size at all')
    },
  },
]
