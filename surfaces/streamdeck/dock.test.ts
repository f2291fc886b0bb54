import t, { type Test } from 'tap'
import { docked } from './docked.contract.ts'
import { fenceOf } from './dock.ts'
import { type DockFramingName, EmulatedDock } from './emulated-dock.fixture.ts'

// Network docks, emulated byte by byte; the real library's models draw on them.

const framings: readonly DockFramingName[] = ['older', 'cora']

async function studio(t: Test, framing: DockFramingName = 'older') {
  const dock = new EmulatedDock({ framing })
  const { host, surface: open, port } = await docked(t, dock)
  await host.until(() => host.desk.seats.length > 0)
  return { dock, host, open, at: host.desk.newest, port }
}

for (const framing of framings) {
  t.test(`${framing}: a dock joins with its serial number, and its keys press`, async (t) => {
    const { dock, host, at, open, port } = await studio(t, framing)
    t.equal(at.panel.id, 'streamdeck:DOCK000042')
    t.equal(at.panel.source, `dock:127.0.0.1:${port}`)
    t.match(open.address, 'Stream Deck Studio DOCK000042')
    t.equal(at.panel.controls.length, 34, '32 keys and two dials')
    t.same([...(dock.packets[0]?.subarray(0, 3) ?? [])], [0x03, 0x1a, 0x07], 'it was answered')
    // keys, 32 of them; the second is down, then up
    dock.say('01 00 2000 00 01')
    dock.say('01 00 2000 00 00')
    // dials, the second by one to the right
    dock.say('01 03 0500 01 00 01')
    await host.until(() => at.said.length === 3)
    t.same(at.said, [
      { type: 'down', row: 0, col: 2 },
      { type: 'up', row: 0, col: 2 },
      { type: 'rotate', row: 0, col: 17, steps: 1 },
    ])
  })

  t.test(`${framing}: a draw ends when the dock has taken it`, async (t) => {
    const { dock, at } = await studio(t, framing)
    await at.draw({ row: 0, col: 1 }, { text: 'CUT', colour: '#00ff00' })
    const image = dock.packets.findIndex((packet) => packet[0] === 0x02 && packet[1] === 0x07)
    const question = dock.packets.findIndex((packet) => packet[0] === 0x03 && packet[1] === 0x83)
    t.ok(image >= 0 && question > image, 'it was asked behind the picture')
    t.same([...(dock.packets[image]?.subarray(8, 10) ?? [])], [0xff, 0xd8], 'a JPEG')
    at.port.brightness(40)
    await dock.until(() =>
      dock.packets.some((packet) => packet[0] === 3 && packet[1] === 8 && packet[2] === 40),
    )
  })

  t.test(
    `${framing}: the deck behind a dock joins when it is plugged in, and leaves when it is pulled`,
    async (t) => {
      const deck = new EmulatedDock({ framing, product: 0x80, serial: 'BEHIND0001', isDeck: true })
      const port = await deck.listen()
      t.teardown(() => deck.close())
      const { dock, host } = await studio(t, framing)
      const seats = host.desk.seats.length
      dock.plug({ port, product: 0x80 })
      await host.until(() => host.desk.seats.length > seats)
      const at = host.desk.newest
      t.equal(at.panel.id, 'streamdeck:BEHIND0001')
      t.equal(at.panel.controls.length, 15)
      deck.say('01 00 0f00 00 01')
      await host.until(() => at.said.length === 1)
      await at.draw({ row: 0, col: 1 }, { text: 'CUT' })
      t.ok(
        deck.packets.some((packet) => packet[0] === 0x02 && packet[1] === 0x07),
        'it is drawn',
      )
      dock.plug(null)
      await host.until(() => at.end === 'left')
    },
  )
}

t.test('a dock that takes nothing any more is given up and found again', async (t) => {
  const { dock, host, at } = await studio(t)
  dock.deaf = true
  const drawing = at.draw({ row: 0, col: 1 }, { text: 'CUT' })
  dock.say('01 00 2000 00 01')
  await host.until(() => at.said.length === 1)
  t.pass('a press is told meanwhile')
  await t.rejects(drawing)
  t.equal(at.end, 'left')
  dock.deaf = false
  await dock.until(() => dock.connections === 2)
  await host.until(() => host.desk.seats.length === 2)
  t.equal(host.desk.newest.panel.id, at.panel.id, 'with the same identity')
})

t.test('a pulled cable ends the seat, and what was being drawn', async (t) => {
  const { dock, host, at } = await studio(t)
  dock.deaf = true
  const drawing = at.draw({ row: 0, col: 1 }, { text: 'CUT' })
  await dock.until(() => dock.packets.some((packet) => packet[0] === 0x02))
  dock.drop()
  await t.rejects(drawing)
  t.equal(at.end, 'left')
  dock.deaf = false
  await host.until(() => host.desk.seats.length === 2)
  t.equal(host.desk.newest.panel.id, at.panel.id)
})

t.test(
  'those who wait for the device share its answers, and each is asked after them',
  async (t) => {
    const asked: (() => void)[] = []
    const deck = {
      getFirmwareVersion: () => new Promise<string>((resolve) => asked.push(() => resolve('1'))),
    }
    const taken = fenceOf(deck)
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const first = taken()
    await turn()
    const second = taken()
    const third = taken()
    await turn()
    t.equal(asked.length, 1, 'one at a time')
    asked[0]?.()
    await first
    await turn()
    t.equal(asked.length, 2, 'one for both that came meanwhile')
    asked[1]?.()
    await Promise.all([second, third])
  },
)
