import t from 'tap'
import { RecordedSeat } from './recording-desk.contract.ts'
import { keptOf, mostKept, type PanelGuest } from './rough.contract.ts'

void t.test('control: a panel that keeps what it is told is found', async (t) => {
  const kept: Buffer[] = []
  const takes = { bitmap: null, text: true, colour: true, level: false }
  const seat = new RecordedSeat(
    {
      ...{ id: 'planted', product: 'planted', source: 'test', ownsPin: false },
      controls: [{ kind: 'key', row: 0, col: 0, takes }],
    },
    {
      async draw() {
        kept.push(Buffer.alloc(100_000, kept.length))
      },
      brightness() {},
      locked() {},
      page() {},
      ended() {},
    },
    () => {},
  )
  const guest: PanelGuest = {
    seat,
    stall() {},
    press: () => Promise.resolve(),
    arrived: () => 0,
    send: () => Promise.resolve(),
    leave: () => Promise.resolve(),
    isCutOff: () => false,
  }
  const { bytes } = await keptOf(t, guest)
  t.ok(bytes > mostKept, `${bytes} bytes of ${kept.length} drawings are kept`)
})
