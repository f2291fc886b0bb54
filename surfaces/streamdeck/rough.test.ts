import t, { type Test } from 'tap'
import { openRenderer } from '../render/renderer.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import {
  type Bad,
  bearsRoughGuests,
  bearsRoughPanels,
  counter,
  type Door,
  inStep,
  type PanelGuest,
} from '../rough.contract.ts'
import { emulatedDeck, modelNamed } from './emulated-hid.fixture.ts'
import { seatDeck } from './seated.ts'

// Stream Decks at USB: the real library's models on an emulated HID device.

const renderer = await openRenderer()
/** Keys, fifteen of them: all up, and the second down (docs.elgato.com/streamdeck/hid, "input reports"). */
const [up, down] = ['00 0f00 00', '00 0f00 00 01']

/** What a device of a stranger says; nothing of it is counted, what follows shows that it was heard. */
const report = (what: string, hex: string): Bad => ({
  what,
  bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'),
  counted: 0,
  then: 'goes on',
})

async function open(t: Test): Promise<Door<PanelGuest>> {
  const host = new RecordingHost()
  let guests = 0
  return {
    rejected: () => host.rejections.length,
    async guest() {
      const serial = `CL${guests++}`
      const { hid, deck } = await emulatedDeck(modelNamed('original-mk2'))
      const drop = () => deck.close()
      const found = { deck, serial, source: `usb:${serial}`, taken: null, drop }
      const seated = seatDeck(found, host.desk, renderer)
      t.teardown(() => seated.leave())
      const seat = host.desk.newest
      const arrived = counter(seat.said, ({ type }) => type === 'down')
      let release = () => {}
      return {
        seat,
        arrived,
        press: (count) =>
          inStep(count, 500, arrived, (now) => {
            for (let n = 0; n < now; n++) for (const hex of [down, up]) hid.input(hex)
          }),
        async send(bytes) {
          hid.emit('input', bytes)
        },
        async leave() {
          release()
          hid.closed = true
          hid.emit('error', new Error('could not read from HID device'))
        },
        isCutOff: () => hid.closed,
        stall(on) {
          release()
          hid.stalled = on ? new Promise((resolve) => (release = resolve)) : null
        },
      }
    },
  }
}

const way = {
  name: 'a Stream Deck at USB',
  bad: [
    report('nothing', ''),
    report('half a report', '00'),
    report('keys that no model has', `00 ffff 00 ${'00'.repeat(15)} ${'01'.repeat(1000)}`),
    report('a kind of input that it does not have', '03 0500 01 00 fe 03 00'),
    report('a touch of a strip that it does not have', '02 0e00 01 00 ffff ffff'),
    report('noise', 'ff'.repeat(512)),
  ],
  open,
}
bearsRoughGuests(t, way)
bearsRoughPanels(t, way)
