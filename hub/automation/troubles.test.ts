import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { needs, start } from '../../adapters/real-program.fixture.ts'
import { newData, openTestCore, type TestCore } from '../core.contract.ts'
import { brokerName } from './troubles.ts'

const configOf = (rest: string) => `
site: s
hub: hub-a
macros: { alarm: { onFailure: stop, steps: [{ note: rang }] } }
${rest}`

/** What the journal says of what is listened to, in order. */
const told = async (room: TestCore) =>
  (await room.entries()).flatMap(({ event }) =>
    event.type === 'ListenerChanged' ? [`${event.way} ${event.up ? 'up' : 'down'}`] : [],
  )
const troubles = ({ core }: TestCore) => core.automation.troubles().map(({ way }) => way)
const trigger = ({ core }: TestCore) => core.automation.triggers()[0]

void t.test(
  'a broker that stops is said to be gone wherever one looks, and is listened to when it is back',
  needs({ mosquitto: 'mosquitto' }),
  async (t) => {
    const port = await freePort()
    const url = `mqtt://anna:secret@127.0.0.1:${port}`
    const broker = start(t, 'mosquitto', ['-p', String(port)])
    const room = await openTestCore(t, {
      config: configOf(`triggers: { door: { on: { mqtt: door, broker: "${url}" }, run: alarm } }`),
    })
    const { default: mqtt } = await import('mqtt')
    const sender = mqtt.connect(url, { reconnectPeriod: 100 })
    t.teardown(() => sender.endAsync(true))
    // the hub may not have subscribed yet: it tries again until the broker is up
    const timer = setInterval(() => void sender.publish('door', 'open'), 200)
    t.teardown(() => clearInterval(timer))
    const fired = () => trigger(room)?.last?.intent ?? null
    await room.until('a message is heard', () => fired() !== null)
    t.same(troubles(room), [], 'control: it is there')
    t.match(trigger(room), { on: true, hub: 'hub-a', trouble: null })

    const before = (await told(room)).length
    await broker.end()
    await room.until('it is gone', () => troubles(room).length === 1)
    t.match(trigger(room), { trouble: /closed|ECONNREFUSED/ })
    t.match(room.core.automation.troubles(), [{ way: 'mqtt', name: `mqtt://127.0.0.1:${port}` }])
    await room.core.journal.recorder.idle()
    t.same((await told(room)).slice(before), ['mqtt down'])

    const last = fired()
    start(t, 'mosquitto', ['-p', String(port)])
    await room.until('it is heard again', () => troubles(room).length === 0 && fired() !== last)
    t.same((await told(room)).slice(before), ['mqtt down', 'mqtt up'])
    t.notMatch(JSON.stringify(await room.entries()), /secret/, 'and its password is nowhere')
  },
)

/** RFC 5545 sections 3.4 and 3.6.1. */
const icsOf = (start: string) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20200101T000000Z\r\nDTSTART:${start}\r\nSUMMARY:News\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`

void t.test('a calendar that cannot be read is said so, until it can', async (t) => {
  const file = join(newData(t), 'shows.ics')
  const room = await openTestCore(t, {
    config: configOf(`schedules: { shows: { calendar: ${JSON.stringify(file)}, run: alarm } }`),
  })
  const shows = () => room.core.automation.schedules()[0]
  t.match(shows(), { trouble: /ENOENT/, next: null })
  writeFileSync(file, 'no calendar')
  room.clock.advance(30_000)
  t.match(shows(), { trouble: /invalid line/ })
  writeFileSync(file, icsOf('20200101T000000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'))
  room.clock.advance(30_000)
  t.match(shows(), { trouble: /more than \d+ steps of work/, next: null }, 'it never comes')
  const start = new Date(room.clock.now() + 3_600_000).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  writeFileSync(file, icsOf(start))
  room.clock.advance(30_000)
  await room.until('it is read', () => shows()?.trouble === null)
  t.ok((shows()?.next ?? 0) > room.clock.now(), 'and its next time is known')
  await room.core.journal.recorder.idle()
  t.same(await told(room), ['calendar down', 'calendar up'])
})

void t.test(
  'a file in a folder that is not there is said so; one that is only not there yet is not',
  async (t) => {
    const folder = join(newData(t), 'rundowns')
    const file = join(folder, 'today.txt')
    const room = await openTestCore(t, {
      config: configOf(`triggers: { list: { on: { file: ${JSON.stringify(file)} }, run: alarm } }`),
    })
    t.match(trigger(room), { trouble: /ENOENT.*rundowns/ })
    mkdirSync(folder)
    room.clock.advance(5000)
    t.match(trigger(room), { trouble: null })
    await room.core.journal.recorder.idle()
    t.same(await told(room), ['file down', 'file up'])
  },
)

void t.test('a port for OSC that is taken is said so, and heard when it is free', async (t) => {
  const other = createSocket('udp4')
  other.bind(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address()
  const room = await openTestCore(t, {
    config: configOf(`triggers: { go: { on: { osc: /go, port: ${port} }, run: alarm } }`),
  })
  await room.until('it is taken', () => troubles(room).length === 1)
  t.match(trigger(room), { listensTo: `osc /go at port ${port}`, trouble: /EADDRINUSE/ })
  t.match(room.core.automation.troubles(), [{ way: 'osc', name: `${port}` }])
  await new Promise<void>((resolve) => other.close(() => resolve()))
  room.clock.advance(1000)
  await room.until('it is free', () => troubles(room).length === 0)
  const sender = createSocket('udp4')
  t.teardown(() => sender.close())
  // OSC 1.0: the address and the type tags padded with zeros to 4 bytes
  sender.send(Buffer.from('/go\0,\0\0\0'), port, '127.0.0.1')
  await room.until('it is heard', () => trigger(room)?.last != null)
  await room.core.journal.recorder.idle()
  t.same(await told(room), ['osc down', 'osc up'])
})

void t.test(
  'a trigger and a schedule say what they did last, and when they are next',
  async (t) => {
    const room = await openTestCore(t, {
      config: configOf(`
triggers:
  held: { on: { intent: hold }, run: alarm, coolDown: 1m, args: { on: { expr: trigger.intent.on } } }
  quiet: { on: { intent: hold }, for: 10s, run: alarm }
schedules: { soon: { every: 1h, run: alarm } }
`),
    })
    const [held, quiet] = [
      () => room.core.automation.triggers()[0],
      () => room.core.automation.triggers()[1],
    ]
    t.match(held(), { listensTo: 'hold is accepted', last: null, coolsUntil: null })
    await room.submit({ verb: 'hold', on: true })
    await room.until('it has fired', () => held()?.last != null)
    t.match(held(), {
      last: { cause: /^trigger:held by hold on/, refused: null },
      coolsUntil: room.clock.now() + 60_000,
    })
    t.match(quiet(), { last: null, waitsUntil: room.clock.now() + 10_000 })
    const soon = () => room.core.automation.schedules()[0]
    const due = soon()?.next ?? 0
    t.ok(due > room.clock.now())
    room.clock.advance(due - room.clock.now())
    await room.until('it has fired', () => soon()?.last != null)
    t.match(soon(), { timing: 'every 3600 s', last: { refused: null }, next: due + 3_600_000 })
  },
)

void t.test('a broker is named without its password, whatever its URL is', (t) => {
  t.equal(brokerName('mqtt://anna:secret@broker:1883'), 'mqtt://broker:1883')
  t.equal(brokerName('${env:BROKER}'), '${env:BROKER}')
  t.equal(brokerName('mqtt://anna:${env:SECRET}@broker'), 'mqtt://broker')
  t.end()
})
