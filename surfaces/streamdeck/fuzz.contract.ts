import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { framingOf } from './dock-framing.ts'
import { deckBehindOf, firmwareOf, productOf, serialOf } from './dock-told.ts'
import { type DockFramingName, EmulatedDock } from './emulated-dock.fixture.ts'
import { emulatedDeck, modelNamed } from './emulated-hid.fixture.ts'
import { isBrokenReport, seatDeck } from './seated.ts'

const report = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** Input reports of a model, as the real library reads them (docs.elgato.com/streamdeck/hid). */
async function target(id: string): Promise<FuzzTarget> {
  const model = modelNamed(id)
  const { hid, deck } = await emulatedDeck(model)
  // without a seat, for what makes a deck lose it
  const forged = await emulatedDeck(model)
  const host = new RecordingHost()
  seatDeck(
    { deck, serial: model.id, source: 'usb:fuzz', taken: null, drop: () => deck.close() },
    host.desk,
    null,
  )
  return {
    name: `reports of a ${model.productName}`,
    seeds: [
      report(`00 2000 00 ${'01'.repeat(32)}`),
      report('03 0500 01 00 fe 03 00'),
      report('02 0e00 01 00 c201 3200'),
      report('02 0e00 03 00 bc02 3200 6400 3200'),
    ],
    open: () => (bytes) => {
      const { said } = host.desk.newest
      // a report has the length of its descriptor, however little of it is meant
      hid.emit('input', Buffer.concat([bytes, Buffer.alloc(512)]))
      try {
        // one of a forged device has not
        forged.hid.emit('input', bytes)
      } catch (error) {
        if (!isBrokenReport(error)) throw error
      }
      for (const one of said.splice(0))
        if ('row' in one && !(one.row >= 0 && one.row < 1024 && one.col >= 0 && one.col < 1024))
          throw new Error('a gesture at no place')
    },
  }
}

/** What comes from a dock, cut into reports, and what it says of itself. */
function line(name: DockFramingName): FuzzTarget {
  const dock = new EmulatedDock({ framing: name })
  return {
    name: `a dock's line, ${name}`,
    seeds: [
      dock.life(),
      dock.framed('03 84 00 0a'),
      dock.framed(`01 0b 00 00 02 ${'ff'.repeat(140)}`),
    ],
    open: () => {
      let framing = framingOf(dock.life()[0])
      return (bytes) => {
        for (const report of framing?.reports.push(bytes) ?? []) {
          if (!report.ok) {
            // its line is cut, and the next one begins anew
            framing = framingOf(dock.life()[0])
            continue
          }
          if (report.bytes.length < 512) throw new Error('a report that is cut off')
          deckBehindOf(report.bytes)
          productOf(report.bytes)
          if (serialOf(report.bytes).length > 255) throw new Error('a serial number without end')
          firmwareOf(report.bytes)
        }
      }
    },
  }
}

// each way of reporting that there is: keys, dials with a strip, rings
export const targets: readonly FuzzTarget[] = [
  ...(await Promise.all(['mini', 'original-mk2', 'plus', 'neo', 'studio'].map((id) => target(id)))),
  line('older'),
  line('cora'),
]
