import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { plug, socat } from './box.fixture.ts'
import { surface } from './surface.ts'

const settings = {
  ...({ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const),
  tally: [
    { device: 'mypro', path: 'tally/1' },
    { device: 'mypro', path: 'recording' },
  ],
}

async function open(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'if-box-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'tty')
  const box = await plug(t, path)
  const host = new RecordingHost()
  const opened = await surface.open('box', { ...settings, path }, host)
  t.teardown(() => opened.close())
  return { host, box, path, opened }
}

void t.test('a box joins, its hands are heard, its lamps and tally are lit', socat, async (t) => {
  const { host, box, path, opened } = await open(t)
  host.report('mypro', 'tally/1', 'program')
  await box.hears(/^WHO$/m)
  t.equal(opened.address, `serial ${path}: no box there has said HELLO`)
  box.say('HELLO box-7 KEYS=4 ENCODERS=1 SHOWS=TEXT,LEVEL')
  await host.until(() => host.desk.seats.length === 1)
  const seat = host.desk.newest
  t.match(seat.panel, { id: 'box-7', source: `serial:${path}` })
  await box.hears(/^READY box-7$/m)
  t.equal(opened.address, `serial ${path}`)
  await box.hears(/^TALLY 0 program$/m)
  box.say('DOWN 0', 'UP 0', 'TURN 4 -1')
  await host.until(() => seat.said.length === 3)
  t.strictSame(seat.said, [
    { type: 'down', row: 0, col: 0 },
    { type: 'up', row: 0, col: 0 },
    { type: 'rotate', steps: -1, row: 1, col: 0 },
  ])
  await seat.draw({ row: 0, col: 1 }, { text: 'CUT', colour: '#00ff00', lit: true, level: 1 })
  await box.hears(/^LED 1 1 00ff00 idle\nTEXT 1 CUT\nLEVEL 1 1000$/m)
  seat.port.page(2)
  seat.port.brightness(40)
  await box.hears(/^PAGE 2\nBRIGHT 40$/m)
  host.report('mypro', 'recording', true)
  await box.hears(/^TALLY 1 1$/m)
  await box.hears(/^PING$/m)
  seat.answer = { ok: false, code: 'locked', detail: 'type the PIN' }
  box.say('DOWN 1')
  await box.hears(/^ERR locked type the PIN$/m)
})

void t.test('two hundred presses at full speed are two hundred', socat, async (t) => {
  const { host, box } = await open(t)
  await box.hears(/^WHO$/m)
  box.say('HELLO box-7 KEYS=4')
  await host.until(() => host.desk.seats.length === 1)
  for (let n = 0; n < 100; n++) box.say('PRESS 0', 'PRESS 3')
  const { said } = host.desk.newest
  await host.until(() => said.length === 200)
  t.equal(said.filter(({ type }) => type === 'press').length, 200)
})

void t.test(
  'noise, half lines and giant lines press nothing, and the next line is good',
  socat,
  async (t) => {
    const { host, box } = await open(t)
    await box.hears(/^WHO$/m)
    box.say('DOWN 0', 'HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 1)
    box.raw(Buffer.of(0xff, 0xfe, 0x0a))
    box.say('x'.repeat(100_000), 'DOWN 99', 'HELLO')
    box.raw(Buffer.from('DO'))
    box.say('WN 2')
    const { said } = host.desk.newest
    await host.until(() => said.length === 1 && host.rejections.length === 5)
    t.strictSame(said, [{ type: 'down', row: 0, col: 2 }])
    await box.hears(/^ERR malformed/m)
    for (let n = 0; n < 5000; n++) box.say(`JUMP ${n}`)
    await host.until(() => host.rejections.length === 5005)
    t.ok(
      box.lines().filter((line) => line.startsWith('ERR')).length < 5005,
      'errors do not fill the port',
    )
  },
)

void t.test(
  'a plug that is pulled in the middle of a draw ends the seat, and it comes back',
  socat,
  async (t) => {
    const { host, box, path, opened } = await open(t)
    await box.hears(/^WHO$/m)
    box.say('HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 1)
    const seat = host.desk.newest
    const draws = Array.from({ length: 8 }, (_, n) =>
      seat.draw({ row: 0, col: n % 4 }, { text: `${n}` }).catch(() => {}),
    )
    await box.unplug()
    await host.until(() => seat.end !== null)
    t.match(opened.address, `serial ${path}: `, 'and says why')
    t.equal(seat.end, 'left')
    await Promise.all(draws)
    const again = await plug(t, path)
    await again.hears(/^WHO$/m)
    again.say('HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 2)
    t.equal(host.desk.newest.panel.id, 'box-7')
  },
)

void t.test(
  'a box that is reset joins anew, and one that is replaced is told',
  socat,
  async (t) => {
    const { host, box, opened } = await open(t)
    await box.hears(/^WHO$/m)
    box.say('HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 1)
    box.say('HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 2)
    t.equal(host.desk.seats[0]?.end, 'left')
    host.desk.newest.finish('replaced', 'another box-7 joined')
    await box.hears(/^BYE replaced another box-7 joined$/m)
    box.say('DOWN 0')
    await box.hears(/^ERR malformed say HELLO first$/m)
    box.say('HELLO box-7 KEYS=4')
    await host.until(() => host.desk.seats.length === 3)
    await Promise.all([opened.close(), opened.close()])
    t.equal(host.desk.newest.end, 'left')
    t.equal(host.followers, 0)
  },
)
