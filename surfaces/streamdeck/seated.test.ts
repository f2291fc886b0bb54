import { DEVICE_MODELS } from '@elgato-stream-deck/core'
import t from 'tap'
import { loadCanvas } from '../render/canvas.ts'
import { openRenderer } from '../render/renderer.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { emulatedDeck, modelNamed } from './emulated-hid.fixture.ts'
import { seatDeck } from './seated.ts'

// The real library's models on an emulated HID device. Reports are literal: Elgato's HID interface, "Stream Deck: input
// reports" and "set image" at docs.elgato.com/streamdeck/hid; without the report's own number, 0x01, where they come in.

const renderer = await openRenderer()
const canvas = await loadCanvas()

async function seat(model: string) {
  const host = new RecordingHost()
  const { hid, deck } = await emulatedDeck(modelNamed(model))
  const drop = () => deck.close()
  const seated = seatDeck(
    { deck, serial: 'CL12', source: 'usb:CL12', taken: null, drop },
    host.desk,
    renderer,
  )
  return { host, hid, deck, seated, at: host.desk.newest }
}

t.test(
  'every model that the library knows has a panel, and every control of it is drawn',
  async (t) => {
    t.ok(DEVICE_MODELS.length >= 14, `${DEVICE_MODELS.length} models`)
    for (const model of DEVICE_MODELS) {
      const { hid, at, seated } = await seat(model.id)
      const { controls } = at.panel
      const spots = new Set(controls.map(({ row, col }) => `${row}/${col}`))
      t.equal(spots.size, controls.length, `${model.productName}: no two controls at one spot`)
      t.ok(controls.every(({ row, col }) => row >= 0 && row < 32 && col >= 0 && col < 32))
      for (const control of controls) {
        const before = hid.reports.length + hid.features.length
        await at.draw(control, { text: 'CAM 1', colour: '#204060', lit: true, level: 0.5 })
        const { takes } = at.control(control)
        const shows = takes.bitmap !== null || takes.colour
        const name = `${model.productName} ${control.kind} ${control.row}/${control.col}`
        t.equal(hid.reports.length + hid.features.length > before, shows, name)
      }
      await seated.leave()
    }
  },
)

t.test('a key goes down and up, each once', async (t) => {
  const { hid, at } = await seat('original-mk2')
  t.equal(at.panel.id, 'streamdeck:CL12')
  t.equal(at.panel.controls.length, 15)
  // 0x00: keys; 15 of them, little-endian; the seventh is down: row 1, column 1
  hid.input('00 0f00 000000000000 01 0000000000000000')
  hid.input('00 0f00 000000000000 01 0000000000000000')
  hid.input('00 0f00 000000000000 00 0000000000000000')
  t.same(at.said, [
    { type: 'down', row: 1, col: 1 },
    { type: 'up', row: 1, col: 1 },
  ])
})

t.test(
  'a drawn key arrives as the JPEG of its face, in reports with the key and the part in front',
  async (t) => {
    const { hid, at } = await seat('original-mk2')
    await at.draw({ row: 1, col: 1 }, { text: 'CUT', colour: '#ff0000' })
    const jpeg = Buffer.concat(
      hid.reports.map((report, part) => {
        const isLast = part === hid.reports.length - 1
        const length = report.readUInt16LE(4)
        t.equal(report.length, 1024)
        // 02 07: image of a key; the key, whether it is the last part, its length, its number
        t.same([...report.subarray(0, 4)], [0x02, 0x07, 6, isLast ? 1 : 0])
        t.equal(report.readUInt16LE(6), part)
        return report.subarray(8, 8 + length)
      }),
    )
    t.same([...jpeg.subarray(0, 2)], [0xff, 0xd8])
    const image = await canvas.loadImage(jpeg)
    t.same([image.width, image.height], [72, 72])
    const glass = canvas.createCanvas(72, 72).getContext('2d')
    glass.drawImage(image, 0, 0)
    const [red = 0, green = 255, blue = 255] = glass.getImageData(2, 2, 1, 1).data
    t.ok(red > 230 && green < 30 && blue < 30, `its ground is red: ${red} ${green} ${blue}`)
  },
)

t.test('brightness is told in percent', async (t) => {
  const { hid, at } = await seat('original-mk2')
  at.port.brightness(40)
  await hid.until(() => hid.features.length > 0)
  t.same([...(hid.features[0]?.subarray(0, 3) ?? [])], [0x03, 0x08, 40])
})

t.test('a press is told at once while the device takes nothing', async (t) => {
  const { hid, at } = await seat('xl')
  let release = () => {}
  hid.stalled = new Promise((resolve) => (release = resolve))
  let isDrawn = false
  const drawing = at.draw({ row: 0, col: 0 }, { text: 'SLOW' }).then(() => (isDrawn = true))
  hid.input(`00 2000 01${'00'.repeat(31)}`)
  t.same(at.said, [{ type: 'down', row: 0, col: 0 }])
  t.notOk(isDrawn, 'and the draw was still under way')
  release()
  await drawing
  t.ok(hid.reports.length > 0, 'and ended')
})

t.test('a deck that is unplugged in the middle of a draw has left, once', async (t) => {
  const { hid, at, host } = await seat('xl')
  let release = () => {}
  hid.stalled = new Promise((resolve) => (release = resolve))
  const drawing = at.draw({ row: 0, col: 0 }, { text: 'A' })
  hid.emit('error', new Error('could not read from HID device'))
  hid.closed = true
  release()
  await t.rejects(drawing, /gone/)
  t.equal(at.end, 'left')
  hid.input(`00 2000 01${'00'.repeat(31)}`)
  t.same(at.said, [], 'and what it still says is nothing')
  t.equal(host.desk.seats.length, 1)
})

t.test('a deck dark when it leaves, and keeps the last word of a hub that is gone', async (t) => {
  const left = await seat('original-mk2')
  await left.seated.leave()
  t.ok(left.hid.reports.length + left.hid.features.length > 0, 'it was cleared')
  t.ok(left.hid.closed)
  const lost = await seat('original-mk2')
  lost.at.finish('hub-lost', 'the hub stops')
  await lost.hid.until(() => lost.hid.closed)
  t.equal(lost.hid.reports.length, 0)
})

t.test(
  'dials turn by steps and are pushed, and the strip is touched where the finger is',
  async (t) => {
    const { hid, at } = await seat('plus')
    // 0x03: dials; 01: turned, the second by -2, the third by 3
    hid.input('03 0500 01 00 fe 03 00')
    // 00: pushed, the first
    hid.input('03 0500 00 01 00 00 00')
    // 0x02: strip; 01: short, at x 450 (0x01c2), y 50
    hid.input('02 0e00 01 00 c201 3200')
    // 02: long, at x 10
    hid.input('02 0e00 02 00 0a00 3200')
    // 03: swept from x 700 (0x02bc) to 100 (0x0064)
    hid.input('02 0e00 03 00 bc02 3200 6400 3200')
    t.same(at.said, [
      { type: 'rotate', row: 3, col: 1, steps: -2 },
      { type: 'rotate', row: 3, col: 2, steps: 3 },
      { type: 'down', row: 3, col: 0 },
      { type: 'press', row: 2, col: 2 },
      { type: 'press', row: 2, col: 0 },
      { type: 'page', to: 'next' },
    ])
  },
)

t.test('each part of the strip is drawn at its place', async (t) => {
  const { hid, at } = await seat('plus')
  t.same(at.control({ row: 2, col: 3 }).takes.bitmap, { width: 200, height: 100 })
  await at.draw({ row: 2, col: 3 }, { text: 'GAIN', level: 0.3 })
  const [first] = hid.reports
  // 02 0c: image of a part of the strip; x 600, y 0, 200 wide, 100 high, little-endian
  t.equal(first?.subarray(0, 10).toString('hex'), '020c58020000c8006400')
})

t.test('a ring of lamps stands as high as the device says', async (t) => {
  const { hid, at } = await seat('studio')
  await at.draw({ row: 0, col: 0 }, { colour: '#00ff00', lit: true, level: 0.25 })
  const ring = hid.reports.find((report) => report[1] === 0x0f)
  t.same([...(ring?.subarray(0, 3) ?? [])], [0x02, 0x0f, 0])
  const lamps = Array.from({ length: 24 }, (_, n) =>
    ring?.subarray(3 + n * 3, 6 + n * 3).toString('hex'),
  )
  t.equal(lamps.filter((lamp) => lamp === '00ff00').length, 6, 'a quarter of 24')
  t.equal(lamps.filter((lamp) => lamp === '000000').length, 18)
})
