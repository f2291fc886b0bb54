import { once } from 'node:events'
import t from 'tap'
import { Worker } from 'node:worker_threads'
import { crc32, deflateSync } from 'node:zlib'
import { blankFace } from '../desk.ts'
import { openRenderer } from './renderer.ts'

// Pictures that a device or a config names, made to fill the memory of whoever decodes them.

const renderer = await openRenderer()
const size = { width: 96, height: 96 }

/** PNG, RFC 2083, section 3.2. */
function chunk(type: string, data: Buffer, says = data.length): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(says)
  head.write(type, 4, 'latin1')
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])))
  return Buffer.concat([head, data, sum])
}

function png(width: number, height: number, ...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 6], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** 256 MiB of nothing in 256 KiB. */
const bomb = deflateSync(Buffer.alloc(256 * 1024 * 1024))
const pixels = (width: number, height: number) =>
  chunk('IDAT', deflateSync(Buffer.alloc((width * 4 + 1) * height)))
const text = (type: string, more: readonly number[]) =>
  chunk(type, Buffer.concat([Buffer.from('k\0', 'latin1'), Buffer.from(more), bomb]))

const hostile: Readonly<Record<string, Buffer>> = {
  'four thousand million by as many pixels': png(0xff_ff_ff_ff, 0xff_ff_ff_ff, pixels(1, 1)),
  '8,000 by 8,000 pixels, all there': png(8000, 8000, chunk('IDAT', bomb)),
  'one line of more pixels than a picture may have': png(9_000_000, 1, pixels(9_000_000, 1)),
  'two pixels, and 256 MiB of them': png(1, 2, chunk('IDAT', bomb)),
  'a text of 256 MiB': png(1, 1, text('zTXt', [0]), pixels(1, 1)),
  'a text of 256 MiB in any language': png(1, 1, text('iTXt', [1, 0, 0, 0]), pixels(1, 1)),
  'a profile of colours of 256 MiB': png(1, 1, text('iCCP', [0]), pixels(1, 1)),
  'a second header that is larger': png(1, 1, png(8000, 8000, chunk('IDAT', bomb)), pixels(1, 1)),
  'a chunk that says that it has 2 GiB': png(1, 1, chunk('IDAT', Buffer.alloc(9), 0x7f_ff_ff_ff)),
  'half of it': png(100, 100, pixels(100, 100)).subarray(0, 90),
  // ITU-T T.81, B.2.2: a second frame header, of the largest picture that there is
  'a JPEG with a second frame': Buffer.from(
    'ffd8ffc0000b080001000101011100ffc0000b08ffffffff01011100ffda0008010100003f00ffd9',
    'hex',
  ),
  'a JPEG of 65,535 by 65,535': Buffer.from('ffd8ffc0000b08ffffffff01011100ffd9', 'hex'),
}

/** The most that this process held while `work` ran, beyond what it held before, MiB; looked at from a thread of its own. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const watch = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const before = process.memoryUsage.rss()
     let most = before
     setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 1)
     parentPort.on('message', () => { parentPort.postMessage((most - before) / 1048576); process.exit() })
     parentPort.postMessage('ready')`,
    { eval: true },
  )
  await once(watch, 'message')
  await work()
  watch.postMessage('done')
  const [most] = (await once(watch, 'message')) as [number]
  return most
}

/** The largest picture that is decoded has 32 MiB; twice that, and what a decoder needs for itself. */
const mostMiB = 96

for (const [what, bytes] of Object.entries(hostile))
  t.test(`a picture that lies takes no memory: ${what}`, async (t) => {
    const picture = { type: 'image/png', bytes, tag: what } as const
    const most = await peakOf(() => renderer.render({ ...blankFace, picture }, size))
    t.ok(most < mostMiB, `${Math.round(most)} MiB`)
  })

t.test('control: what is inflated shows', async (t) => {
  const most = await peakOf(async () => (await import('node:zlib')).inflateSync(bomb).length)
  t.ok(most > mostMiB, `${Math.round(most)} MiB`)
})
