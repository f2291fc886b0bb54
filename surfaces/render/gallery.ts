// Draws one key of each kind, for the eye and for docs/surfaces/: node --require ./from-source.cjs surfaces/render/gallery.ts FOLDER.
// Says what a key takes on this machine.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blankFace, type Face } from '../desk.ts'
import { loadCanvas } from './canvas.ts'
import { openRenderer } from './renderer.ts'

const canvas = await loadCanvas()
const renderer = await openRenderer()
const folder = process.argv[2] ?? 'key-gallery'

const photo = canvas.createCanvas(1280, 720)
const brush = photo.getContext('2d')
const sky = brush.createLinearGradient(0, 0, 0, 720)
sky.addColorStop(0, '#2b6cb0')
sky.addColorStop(1, '#f6ad55')
brush.fillStyle = sky
brush.fillRect(0, 0, 1280, 720)
brush.fillStyle = '#22543d'
brush.fillRect(0, 520, 1280, 200)
const picture = {
  type: 'image/jpeg',
  bytes: photo.toBuffer('image/jpeg'),
  tag: 'photo',
} as const

const faces: readonly Partial<Face>[] = [
  { text: 'CUT', colour: '#7a1f1f' },
  { text: 'CAM 1', colour: '#1f4d7a', lit: true },
  { text: 'GO', colour: '#1d6b3a', state: { is: 'pending' } },
  { text: 'STREAM', colour: '#4b2a7a', state: { is: 'confirmed' } },
  { text: 'CUE 12', colour: '#3a3f4a', state: { is: 'sent' } },
  { text: 'ON AIR', colour: '#7a1f1f', lit: true, state: { is: 'confirmed' } },
  { text: 'STOP\nSHOW', colour: '#7a1f1f', state: { is: 'asks', withinMs: 3000 } },
  {
    text: 'RECORD',
    state: { is: 'failed', reason: 'mypro: no answer from 10.0.0.6:8099 within 5 s' },
  },
  { text: 'Produktionsbeleuchtung Studio A aus', colour: '#334155' },
  { text: 'Donaudampfschifffahrtsgesellschaftskapitänsmütze', colour: '#334155' },
  { text: 'Ψ Ж ß → ✓\nعربي עברית', colour: '#334155' },
  { text: 'word '.repeat(40), colour: '#334155' },
  { text: 'ROLL', colour: '#1d6b3a', progress: 0.62, state: { is: 'pending' } },
  { text: 'FADER', colour: '#3a3f4a', level: 0.75 },
  { text: 'CAM 2', picture },
  { text: 'CAM 3', picture: { ...picture, bytes: Buffer.from('torn'), tag: 'torn' } },
]
const full = faces.map((face): Face => ({ ...blankFace, ...face }))

await mkdir(folder, { recursive: true })
for (const { width, height } of [
  { width: 72, height: 72 },
  { width: 96, height: 96 },
  { width: 144, height: 112 },
]) {
  const gap = 8
  const across = 8
  const sheet = canvas.createCanvas(
    across * (width + gap) + gap,
    (full.length / across) * (height + gap) + gap,
  )
  const context = sheet.getContext('2d')
  context.fillStyle = '#202020'
  context.fillRect(0, 0, sheet.width, sheet.height)
  for (const [n, face] of full.entries()) {
    const key = canvas.createCanvas(width, height)
    const data = new canvas.ImageData(
      Uint8ClampedArray.from(await renderer.render(face, { width, height })),
      width,
      height,
    )
    key.getContext('2d').putImageData(data, 0, 0)
    context.drawImage(
      key,
      gap + (n % across) * (width + gap),
      gap + Math.floor(n / across) * (height + gap),
    )
  }
  await writeFile(join(folder, `keys-${width}x${height}.png`), await sheet.encode('png'))
}

/** Each a face of its own, so that none comes from the cache. */
const rounds = 500
for (const size of [72, 96, 144]) {
  const took: number[] = []
  for (let n = 0; n < rounds; n++) {
    const face = { ...blankFace, text: `CAMERA ${size} ${n}`, colour: '#1f4d7a' }
    const from = performance.now()
    await renderer.render(face, { width: size, height: size })
    took.push(performance.now() - from)
    // the library gives memory back between turns of the event loop
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  took.sort((a, b) => a - b)
  const at = (share: number) => (took[Math.floor(rounds * share)] ?? 0).toFixed(2)
  process.stdout.write(`${size} by ${size}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms a key\n`)
}
process.stdout.write(`${Math.round(process.memoryUsage().rss / 1e6)} MB resident\n`)
