import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { emulatedDeck, modelNamed } from './emulated-hid.fixture.ts'
import { seatDeck } from './seated.ts'

const report = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** Input reports of a model, as the real library reads them (docs.elgato.com/streamdeck/hid). */
async function target(id: string): Promise<FuzzTarget> {
  const model = modelNamed(id)
  const { hid, deck } = await emulatedDeck(model)
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
      for (const one of said.splice(0))
        if ('row' in one && !(one.row >= 0 && one.row < 1024 && one.col >= 0 && one.col < 1024))
          throw new Error('a gesture at no place')
    },
  }
}

// each way of reporting that there is: keys, dials with a strip, rings
export const targets: readonly FuzzTarget[] = await Promise.all(
  ['mini', 'original-mk2', 'plus', 'neo', 'studio'].map((id) => target(id)),
)
