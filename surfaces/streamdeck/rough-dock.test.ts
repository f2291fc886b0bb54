import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { settledBytes } from '../../test/settled.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import {
  type Bad,
  bearsRoughGuests,
  bearsRoughPanels,
  counter,
  type Door,
  mostKept,
  type PanelGuest,
  until,
} from '../rough.contract.ts'
import { docked } from './docked.contract.ts'
import { type DockFramingName, EmulatedDock } from './emulated-dock.fixture.ts'

// Docks on the network: whoever answers at the address of one may say anything.

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const size = (bytes: number) => {
  const four = Buffer.alloc(4)
  four.writeUInt32LE(bytes)
  return four
}
const header = hex('43938a41 0000 00 00 00000000')

/** Reports that no model has: nothing of it is counted, what follows shows that it was heard. */
const reports: readonly (readonly [what: string, report: string])[] = [
  ['a report of nothing', '00'],
  ['keys that no model has', `01 00 ffff 00 ${'00'.repeat(40)} ${'01'.repeat(460)}`],
  ['an input that it does not have', '01 02 0e00 01 00 ffff ffff'],
  ['an answer that nobody asked for', '03 84 ffff'],
  ['a deck behind it without a port', '01 0b 00 00 02'],
  ['a tag that was read', '01 04 ffff'],
]

const ofFraming: Readonly<Record<DockFramingName, readonly Bad[]>> = {
  older: [
    { what: 'half a report', bytes: Buffer.alloc(200, 1), counted: 0, then: 'leaves' },
    // a whole one whose kind nobody knows is noise of a newer dock
    { what: 'noise', bytes: Buffer.alloc(512 * 20, 0xfe), counted: 0, then: 'goes on' },
  ],
  cora: [
    {
      what: 'half a report',
      bytes: Buffer.concat([header, size(512), Buffer.alloc(9)]),
      counted: 0,
      then: 'leaves',
    },
    { what: 'half a header', bytes: header.subarray(0, 7), counted: 0, then: 'leaves' },
    {
      what: 'a report of nothing at all',
      bytes: Buffer.concat([header, size(0)]),
      counted: 0,
      then: 'goes on',
    },
    {
      what: 'a short report',
      bytes: Buffer.concat([header, size(2), hex('01 0b')]),
      counted: 0,
      then: 'goes on',
    },
    {
      what: 'a report of 4 GiB',
      bytes: Buffer.concat([header, size(0xff_ff_ff_ff)]),
      counted: 1,
      then: 'is cut off',
    },
    {
      what: 'a report of 64 MiB',
      bytes: Buffer.concat([header, size(64 * 1024 * 1024)]),
      counted: 1,
      then: 'is cut off',
    },
    {
      what: 'another magic',
      bytes: Buffer.concat([hex('43938a42'), header.subarray(4), size(16), Buffer.alloc(16)]),
      counted: 1,
      then: 'is cut off',
    },
    { what: 'noise', bytes: Buffer.alloc(4096, 0xfe), counted: 1, then: 'is cut off' },
  ],
}

async function open(
  t: Test,
  framing: DockFramingName,
): Promise<Door<PanelGuest> & { host: RecordingHost; dockOf(guest: PanelGuest): EmulatedDock }> {
  const host = new RecordingHost()
  const docks = new Map<PanelGuest, EmulatedDock>()
  let guests = 0
  return {
    host,
    rejected: () => host.rejections.length,
    dockOf(guest) {
      const dock = docks.get(guest)
      if (dock === undefined) throw new Error('a guest of another door')
      return dock
    },
    async guest() {
      const serial = `DOCK${guests++}`
      const dock = new EmulatedDock({ framing, serial })
      await docked(t, dock, host)
      const { seats } = host.desk
      const seatOf = () => seats.find(({ panel }) => panel.id === `streamdeck:${serial}`)
      await host.until(() => seatOf() !== undefined)
      const seat = seatOf() ?? host.desk.newest
      const pressing = Buffer.concat([
        dock.framed('01 00 2000 00 01'),
        dock.framed('01 00 2000 00 00'),
      ])
      const guest: PanelGuest = {
        seat,
        arrived: counter(seat.said, ({ type }) => type === 'down'),
        async press(count) {
          for (let n = 0; n < count; n += 100)
            await dock.send(
              Buffer.concat(Array.from({ length: Math.min(100, count - n) }, () => pressing)),
            )
        },
        send: (bytes) => dock.send(bytes),
        async leave() {
          dock.drop()
          await until('its seat is gone', () => seat.end === 'left')
        },
        isCutOff: () => dock.isCutOff(),
        stall: (on) => dock.stall(on),
      }
      docks.set(guest, dock)
      return guest
    },
  }
}

for (const framing of ['older', 'cora'] as const) {
  const framed = new EmulatedDock({ framing })
  const way = {
    name: `a dock, ${framing}`,
    bad: [
      ...reports.map(([what, report]): Bad => ({
        what,
        bytes: framed.framed(report),
        counted: 0,
        then: 'goes on',
      })),
      ...ofFraming[framing],
    ],
    open: (t: Test) => open(t, framing),
  }
  bearsRoughGuests(t, way)
  bearsRoughPanels(t, way)

  t.test(
    `${framing}: signs of life without end cost a bounded memory, and nobody else anything`,
    async (t) => {
      const door = await way.open(t)
      const [rough, calm] = [await door.guest(), await door.guest()]
      const dock = door.dockOf(rough)
      const before = await settledBytes()
      rough.stall(true)
      const many = Buffer.concat(Array.from({ length: 1000 }, () => dock.life()))
      let sent = 0
      for (; sent < 200 && !rough.isCutOff(); sent++)
        await Promise.race([dock.send(many), until('it is cut off', () => rough.isCutOff())])
      t.ok(sent > 0, `control: ${sent * 1000} signs of life were sent`)
      await turn()
      const kept = (await settledBytes()) - before
      t.ok(kept < mostKept, `${kept} bytes are kept`)
      await calm.press(1)
      await until('a press of another', () => calm.arrived() === 1)
    },
  )
}
