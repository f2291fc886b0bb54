import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { until } from '../rough.contract.ts'
import { docked } from './docked.contract.ts'
import { EmulatedDock } from './emulated-dock.fixture.ts'
import { openStreamDecks } from './surface.ts'
import { usbLibrary } from './usb.ts'

// What is found at a dock's address before it has a seat: halves, strangers, silence, decks that come and go.

for (const framing of ['older', 'cora'] as const)
  t.test(`${framing}: half a report is forgotten with its connection`, async (t) => {
    const dock = new EmulatedDock({ framing })
    // the cable is pulled in the middle of the very first
    dock.greeting = dock.life().subarray(0, 100)
    const { host, surface } = await docked(t, dock)
    await dock.until(() => dock.connections === 1)
    dock.drop()
    dock.greeting = null
    await host.until(() => host.desk.seats.length === 1)
    dock.say('01 00 2000 00 01')
    await host.until(() => host.desk.newest.said.length === 1)
    t.same(host.desk.newest.said, [{ type: 'down', row: 0, col: 2 }])
    t.match(surface.address, 'DOCK000042')
  })

t.test('what is no dock is told in the address, counted, and tried again', async (t) => {
  const dock = new EmulatedDock()
  dock.greeting = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')
  const { host, surface, port } = await docked(t, dock)
  await host.until(() => host.rejections.length === 1)
  const detail = 'what answers there is no dock'
  t.match(host.rejections, [{ source: `dock:127.0.0.1:${port}`, failure: { detail } }])
  t.equal(surface.address, `no Stream Deck; 127.0.0.1:${port}: ${detail}`)
  dock.greeting = null
  await host.until(() => host.desk.seats.length === 1)
  t.equal(surface.address, 'Stream Deck Studio DOCK000042', 'control: a dock is seated there')
})

t.test(
  'a dock that answers no question, or is of an unknown kind, is told in the address',
  async (t) => {
    const silent = new EmulatedDock()
    silent.deaf = true
    const unknown = new EmulatedDock({ product: 0x1234 })
    const [deaf, other] = [await docked(t, silent), await docked(t, unknown)]
    await until('both are told', () =>
      [deaf, other].every(({ surface }) => surface.address.includes(':')),
    )
    t.match(deaf.surface.address, 'it does not answer what it is asked')
    t.match(other.surface.address, 'a Stream Deck of a kind that is not known here: 0x1234')
    silent.deaf = false
    await deaf.host.until(() => deaf.host.desk.seats.length === 1)
    t.pass('control: it is used once it answers')
  },
)

t.test('nobody at the address is told with what to look at', async (t) => {
  const dock = new EmulatedDock()
  const port = await dock.listen()
  await dock.close()
  const given = { usb: false, docks: [{ host: '127.0.0.1', port }] }
  const surface = await openStreamDecks(given, new RecordingHost(), usbLibrary)
  t.teardown(() => surface.close())
  await until('it is told', () => surface.address.includes('ECONNREFUSED'))
  t.match(surface.address, 'is the device on, and is the port right?')
})

t.test(
  'a dock whose deck comes and goes without end costs some connections, and nobody else anything',
  async (t) => {
    const deck = new EmulatedDock({ product: 0x80, serial: 'BEHIND0001', isDeck: true })
    const other = new EmulatedDock({ product: 0x80, serial: 'BEHIND0002', isDeck: true })
    const ports = [await deck.listen(), await other.listen()]
    t.teardown(() => Promise.all([deck.close(), other.close()]))
    const dock = new EmulatedDock({ product: 0xffff })
    const { host, surface } = await docked(t, dock)
    await until('it has none', () => surface.address.includes('no Stream Deck is at that dock'))
    const flips = 4000
    for (let n = 0; n < flips; n++) {
      dock.plug({ port: ports[n % 2] ?? 0, product: 0x80 })
      if (n % 100 === 0) await turn()
    }
    await host.until(() =>
      host.desk.seats.some(({ panel }) => panel.id === 'streamdeck:BEHIND0002'),
    )
    t.equal(host.desk.newest.panel.controls.length, 15, 'control: the last of them is seated')
    const made = deck.connections + other.connections
    t.ok(made < flips / 100, `${made} connections for ${flips} changes`)
    t.notMatch(surface.address, 'no Stream Deck is at')
  },
)
