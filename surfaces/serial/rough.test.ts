import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import {
  bearsRoughGuests,
  bearsRoughPanels,
  counter,
  type Door,
  type PanelGuest,
  until,
} from '../rough.contract.ts'
import { plug, socat } from './box.fixture.ts'
import { surface } from './surface.ts'

const settings = {
  ...({ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const),
  tally: [],
}

const line = (what: string, text: string) =>
  ({ what, bytes: Buffer.from(`${text}\n`), counted: 1, then: 'goes on' }) as const

/** Each guest is a box at a port of its own. */
async function open(t: Test): Promise<Door<PanelGuest>> {
  const folder = mkdtempSync(join(tmpdir(), 'if-rough-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const host = new RecordingHost()
  let guests = 0
  return {
    rejected: () => host.rejections.length,
    async guest(): Promise<PanelGuest> {
      const id = `box-${guests++}`
      const path = join(folder, id)
      const box = await plug(t, path)
      const opened = await surface.open(id, { ...settings, path }, host)
      t.teardown(() => opened.close())
      await box.hears(/^WHO$/m)
      box.say(`HELLO ${id} KEYS=4 SHOWS=TEXT,COLOR`)
      const seatOf = () => host.desk.seats.find(({ panel }) => panel.id === id)
      await until('the box has a seat', () => seatOf() !== undefined)
      const seat = seatOf() ?? host.desk.newest
      return {
        seat,
        arrived: counter(seat.said, ({ type }) => type === 'down'),
        async press(count) {
          box.raw(Buffer.from('DOWN 0\n'.repeat(count)))
        },
        async send(bytes) {
          box.raw(bytes)
        },
        leave: () => box.unplug(),
        isCutOff: () => false,
        stall: (on) => box.stall(on),
      }
    },
  }
}

const way = {
  name: 'a serial box',
  bad: [
    { what: 'half a line', bytes: Buffer.from('DOWN 1'), counted: 0, then: 'leaves' },
    line('a giant line', 'x'.repeat(100_000)),
    line('an unknown word', 'JUMP'),
    line('a key that it does not have', 'DOWN 99'),
    line('a number that is none', 'DOWN one'),
    line('turns without end', 'TURN 0 1000000000'),
    {
      what: 'bytes that are no text',
      bytes: Buffer.of(0xff, 0xfe, 0x0a),
      counted: 1,
      then: 'goes on',
    },
  ],
  open,
} as const

if ('skip' in socat) t.plan(0, socat.skip)
else {
  bearsRoughGuests(t, way)
  bearsRoughPanels(t, way)
}
