import type { StreamDeck } from '@elgato-stream-deck/core'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { type EmulatedHid, emulatedDeck, modelNamed } from './emulated-hid.fixture.ts'
import { openStreamDecks } from './surface.ts'
import { type UsbLibrary, usbLibrary } from './usb.ts'

/** The USB of a machine on which a test plugs and unplugs; the decks are the real library's on an emulated device. */
class EmulatedUsb implements UsbLibrary {
  readonly plugged = new Map<string, string>()
  readonly hids: EmulatedHid[] = []
  model = 'mini'
  /** The next ones cannot be opened, as without a udev rule. */
  forbidden = false
  #watchers: (() => void)[] = []

  /** Resolves when it was looked at once more, and what that look found is done. */
  async looked(): Promise<void> {
    for (let looks = 0; looks < 2; looks++)
      await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  async listStreamDecks() {
    for (const watcher of this.#watchers.splice(0)) watcher()
    return [...this.plugged].map(([path, serialNumber]) => ({ path, serialNumber }))
  }

  async openStreamDeck(): Promise<StreamDeck> {
    if (this.forbidden) throw new Error('cannot open device with path /dev/hidraw3')
    const { hid, deck } = await emulatedDeck(modelNamed(this.model))
    this.hids.push(hid)
    return deck as StreamDeck
  }
}

/** 5 ms: a test does not wait for people. */
const soon = 5

async function machine(t: Test) {
  const usb = new EmulatedUsb()
  const host = new RecordingHost()
  const given = { usb: true, docks: [] }
  const open = await openStreamDecks(given, host, () => Promise.resolve(usb), soon)
  t.teardown(() => open.close())
  const looked = () => usb.looked()
  return { usb, host, open, looked }
}

t.test('a deck that is plugged in later joins, and again after it was away', async (t) => {
  const { usb, host, open, looked } = await machine(t)
  await looked()
  t.equal(open.address, 'no Stream Deck')
  usb.plugged.set('/dev/hidraw3', 'MINI7')
  await host.until(() => host.desk.seats.length === 1)
  t.equal(host.desk.newest.panel.id, 'streamdeck:MINI7')
  t.equal(host.desk.newest.panel.source, 'usb:MINI7')
  t.match(open.address, 'Stream Deck Mini MINI7')
  await looked()
  t.equal(host.desk.seats.length, 1, 'once')
  usb.plugged.clear()
  await host.until(() => host.desk.newest.end === 'left')
  usb.plugged.set('/dev/hidraw5', 'MINI7')
  await host.until(() => host.desk.seats.length === 2)
  t.equal(host.desk.newest.panel.id, 'streamdeck:MINI7', 'as the same')
})

t.test('one whose place another took stays dark until it was away', async (t) => {
  const { usb, host, looked } = await machine(t)
  usb.plugged.set('/dev/hidraw3', 'MINI7')
  await host.until(() => host.desk.seats.length === 1)
  host.desk.newest.finish('replaced', 'another panel joined')
  await looked()
  await looked()
  t.equal(host.desk.seats.length, 1, 'it does not take its place back, and so on without end')
  t.notOk(usb.hids[0]?.closed)
  usb.hids[0]?.input('01 01 01')
  t.same(host.desk.newest.said, [], 'and says nothing')
  usb.plugged.clear()
  await looked()
  usb.plugged.set('/dev/hidraw3', 'MINI7')
  await host.until(() => host.desk.seats.length === 2)
  t.ok(usb.hids[0]?.closed, 'control: it is found once it was away')
})

t.test('one that reports an error is opened again when it is still there', async (t) => {
  const { usb, host } = await machine(t)
  usb.plugged.set('/dev/hidraw3', 'MINI7')
  await host.until(() => host.desk.seats.length === 1)
  usb.hids[0]?.emit('error', new Error('could not read from HID device'))
  await host.until(() => host.desk.seats.length === 2)
  t.equal(host.desk.seats[0]?.end, 'left')
})

/** Of a Stream Deck +, too short: a touch without its place, a turn of its first two dials only (docs.elgato.com/streamdeck/hid). */
for (const [what, hex] of [
  ['a touch that ends before its place', '020e000100c2'],
  ['a turn that ends before its dials', '030500010000'],
] as const)
  t.test(`a forged one, ${what}, is closed with the reason until it was away`, async (t) => {
    const { usb, host, open, looked } = await machine(t)
    usb.plugged.set('/dev/hidraw3', 'MINI7')
    await host.until(() => host.desk.seats.length === 1)
    const [good] = host.desk.seats
    usb.model = 'plus'
    usb.plugged.set('/dev/hidraw4', 'FORGED')
    await host.until(() => host.desk.seats.length === 2)
    const forged = host.desk.newest
    usb.hids[1]?.report(Buffer.from(hex, 'hex'))
    await host.until(() => forged.end === 'left')
    t.same(forged.said, [], 'it pressed nothing')
    await looked()
    await looked()
    t.ok(usb.hids[1]?.closed)
    t.equal(host.desk.seats.length, 2, 'and is not opened again')
    t.match(open.address, /Stream Deck \+ FORGED reports what no such deck can: unplug it/)
    usb.hids[0]?.input('01 01 01')
    t.same(good?.said[0]?.type, 'down', 'the other one presses')
    usb.plugged.delete('/dev/hidraw4')
    await looked()
    t.notMatch(open.address, /FORGED/)
    usb.plugged.set('/dev/hidraw4', 'FORGED')
    await host.until(() => host.desk.seats.length === 3)
    usb.hids[2]?.input('02 0e00 01 00 c201 3200')
    t.match(host.desk.newest.said, [{ type: 'press' }], 'control: the whole report presses')
  })

t.test('one that cannot be opened says what to do, and is opened once it can be', async (t) => {
  const { usb, host, open, looked } = await machine(t)
  usb.forbidden = true
  usb.plugged.set('/dev/hidraw3', 'MINI7')
  await looked()
  t.match(open.address, /hidraw3.*udev rule/)
  usb.forbidden = false
  await host.until(() => host.desk.seats.length === 1)
  await looked()
  t.notMatch(open.address, /udev/)
})

t.test('a machine without the library says so, and everything else works', async (t) => {
  const host = new RecordingHost()
  let looks = 0
  let again = () => {}
  const lookedAgain = new Promise<void>((resolve) => (again = resolve))
  const none = () => {
    if (++looks === 2) again()
    return Promise.reject(new Error('the optional package is not installed'))
  }
  const open = await openStreamDecks({ usb: true, docks: [] }, host, none, soon)
  await lookedAgain
  t.match(open.address, 'no Stream Deck; USB: the optional package is not installed')
  await open.close()
  t.equal(host.desk.seats.length, 0)
})

t.test('the real library looks at the USB of this machine', async (t) => {
  const library = await usbLibrary()
  t.ok(Array.isArray(await library.listStreamDecks()))
})
