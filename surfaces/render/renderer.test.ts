import fc from 'fast-check'
import t from 'tap'
import { blankFace, type Face, type FacePicture } from '../desk.ts'
import { loadCanvas } from './canvas.ts'
import { openRenderer } from './renderer.ts'

const renderer = await openRenderer()
const canvas = await loadCanvas()
const size = { width: 96, height: 96 }

const draw = (face: Partial<Face>, at = size) => renderer.render({ ...blankFace, ...face }, at)

function pixel(bitmap: Uint8Array, x: number, y: number, { width } = size): string {
  return Buffer.from(bitmap.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)).toString('hex')
}

/** Looked at as bytes: the test's own comparison would take seconds for a diff. */
const alike = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b)

/** How many pixels of a row are of this colour. */
function ofColour(bitmap: Uint8Array, y: number, colour: string): number {
  return Array.from({ length: size.width }, (_, x) => pixel(bitmap, x, y)).filter(
    (at) => at === colour,
  ).length
}

/** A picture of one colour above and another below. */
async function flag(width: number, height: number): Promise<FacePicture> {
  const made = canvas.createCanvas(width, height)
  const context = made.getContext('2d')
  context.fillStyle = '#ff0000'
  context.fillRect(0, 0, width, height / 2)
  context.fillStyle = '#0000ff'
  context.fillRect(0, height / 2, width, height / 2)
  return { type: 'image/png', bytes: await made.encode('png'), tag: `${width} ${height}` }
}

t.test('a key has its colour, and its text in its ink', async (t) => {
  const bitmap = await draw({ text: 'CUT', colour: '#102030', textColour: '#ffee00' })
  t.equal(bitmap.length, 96 * 96 * 4)
  t.equal(pixel(bitmap, 0, 0), '102030ff')
  t.ok(ofColour(bitmap, 52, 'ffee00ff') > 5, 'the letters are there')
})

t.test('a text stands where it is to stand', async (t) => {
  const middles = async (alignment: Face['alignment']) => {
    const face = { text: 'EE', size: 30, textColour: '#ffee00', alignment }
    const bitmap = await draw(face)
    const inked = Array.from({ length: size.width * size.height }, (_, at) => at).filter(
      (at) => pixel(bitmap, at % size.width, Math.floor(at / size.width)) === 'ffee00ff',
    )
    const third = (at: number, all: number) => Math.floor((3 * at) / all)
    const places = inked.map(
      (at) =>
        `${third(at % size.width, size.width)} ${third(Math.floor(at / size.width), size.height)}`,
    )
    return [...new Set(places)]
  }
  t.strictSame(await middles('left:top'), ['0 0'])
  t.strictSame(await middles('right:bottom'), ['2 2'])
  t.strictSame(await middles('left:bottom'), ['0 2'])
  t.strictSame(await middles('center:center'), ['1 1'])
})

t.test(
  'a text is as large as its size says, or as it fits, and not smaller than either',
  async (t) => {
    const ink = async (text: string, percent: number) => {
      const bitmap = await draw({ text, size: percent, textColour: '#ffee00' })
      const rows = Array.from({ length: size.height }, (_, y) => ofColour(bitmap, y, 'ffee00ff'))
      return rows.reduce((sum, count) => sum + count, 0)
    }
    const long = 'CAMERA OPERATOR STUDIO NORTH'
    t.ok((await ink('CUT', 40)) < 0.5 * (await ink('CUT', 100)), 'a short one is smaller')
    t.ok((await ink(long, 60)) > 0.7 * (await ink(long, 100)), 'one that is small by itself is not')
  },
)

t.test('equal faces are drawn once, and a hub that draws much forgets the oldest', async (t) => {
  const first = await draw({ text: 'KEPT' })
  t.ok((await draw({ text: 'KEPT' })) === first, 'from the cache')
  const large = { width: 512, height: 512 }
  for (let n = 0; n < 16; n++) await draw({ text: `OTHER ${n}` }, large)
  const again = await draw({ text: 'KEPT' })
  t.ok(again !== first, 'it was forgotten')
  t.ok(alike(again, first), 'and looks the same')
})

t.test('a failed key is red and says why; another reason looks different', async (t) => {
  const failed = (reason: string) => draw({ text: 'REC', state: { is: 'failed', reason } })
  const bitmap = await failed('no answer from mypro')
  t.equal(pixel(bitmap, 0, 48), 'ff7a76ff', 'its frame')
  t.equal(pixel(bitmap, 6, 90), '6e0d14ff', 'its ground')
  t.notOk(alike(await failed('HOLD is on'), bitmap))
})

t.test('each state looks different', async (t) => {
  const states: readonly Face['state'][] = [
    { is: 'idle' },
    { is: 'pending' },
    { is: 'asks', withinMs: 1000 },
    { is: 'confirmed' },
    { is: 'sent' },
    { is: 'failed', reason: '' },
  ]
  const bitmaps = await Promise.all(states.map((state) => draw({ text: 'A', state })))
  t.equal(new Set(bitmaps.map((bitmap) => Buffer.from(bitmap).toString('latin1'))).size, 6)
  t.notOk(alike(await draw({ text: 'A', lit: true }), await draw({ text: 'A' })))
})

t.test('progress fills its bar from the left', async (t) => {
  const row = 86
  const filled = async (progress: number) => ofColour(await draw({ progress }), row, 'ffffffff')
  const all = await filled(1)
  t.ok(all > 70, `${all} of 96 pixels`)
  t.equal(await filled(0), 0)
  t.equal(await filled(0.5), Math.round(all / 2))
  t.equal(await filled(7), all, 'more than all is all')
})

t.test('a picture fills the key, whatever its shape', async (t) => {
  for (const picture of [await flag(300, 100), await flag(40, 200), await flag(100, 100)]) {
    const bitmap = await draw({ picture })
    for (const x of [1, 94]) {
      t.equal(pixel(bitmap, x, 1), 'ff0000ff')
      t.equal(pixel(bitmap, x, 94), '0000ffff')
    }
  }
})

t.test('what is no picture says so, and a bomb is not decoded', async (t) => {
  const torn = await draw({ picture: { type: 'image/png', bytes: Buffer.from('torn'), tag: 'a' } })
  t.ok(ofColour(torn, 48, 'ffffffff') > 3, 'words are there')
  // the head of a PNG of 60,000 by 60,000 pixels, which would take 14 GB (RFC 2083, section 4.1.1)
  const bytes = Buffer.from('89504e470d0a1a0a0000000d494844520000ea600000ea600802000000', 'hex')
  t.ok(alike(await draw({ picture: { type: 'image/png', bytes, tag: 'b' } }), torn))
  const { bytes: whole } = await flag(64, 64)
  const half = { type: 'image/png', bytes: whole.subarray(0, 60), tag: 'c' } as const
  t.ok(await draw({ picture: half }), 'a torn one harms nobody')
})

t.test('the same name is the same picture: its bytes are looked at once', async (t) => {
  const { bytes } = await flag(20, 20)
  const live = await draw({ picture: { type: 'image/png', bytes, tag: 'live' } })
  const other = { type: 'image/png', bytes: Buffer.from('torn'), tag: 'live' } as const
  t.ok((await draw({ picture: other })) === live)
})

t.test('whatever a face says, its bitmap is whole and opaque', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ maxLength: 9 }),
      fc.double(),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 200 }),
      fc.boolean(),
      async (text, colour, share, width, height, bad) => {
        const state: Face['state'] = bad ? { is: 'failed', reason: text } : { is: 'sent' }
        const face = { text, colour, textColour: colour, size: share, progress: share, state }
        const bitmap = await draw(face, { width, height })
        if (bitmap.length !== width * height * 4) return false
        for (let at = 3; at < bitmap.length; at += 4) if (bitmap[at] !== 255) return false
        return true
      },
    ),
    { numRuns: 200 },
  )
  t.pass('it is')
})

t.test('a size that no panel has is refused', async (t) => {
  for (const width of [0, -1, 1.5, 1025, Number.NaN])
    await t.rejects(draw({}, { width, height: 10 }), { name: 'RangeError' })
})
