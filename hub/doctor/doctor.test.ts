import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startBroker } from '../../adapters/mqtt.fixture.ts'
import { needs } from '../../adapters/real-program.fixture.ts'
import { newData } from '../core.contract.ts'
import { doctor } from './doctor.ts'

const config = (rest: string) =>
  `site: s\nhub: h\nmacros: { alarm: { onFailure: stop, steps: [{ note: rang }] } }\n${rest}\n`

/** What it finds of a config, of those names. */
async function found(t: Test, text: string, name: RegExp) {
  const file = join(newData(t), 'infra.yaml')
  writeFileSync(file, text)
  return (await doctor(file)).filter((one) => name.test(one.name))
}

const triggersAt = (url: string) =>
  config(`triggers: { door: { on: { mqtt: door, broker: "${url}" }, run: alarm } }`)

void t.test('the doctor says that a broker is not there, and never its password', async (t) => {
  // MQTT 3.1.1 section 3.2.2.3: this CONNACK says "not authorized"
  const strict = createServer((socket: Socket) => {
    socket.on('error', () => {}) // the client may be gone first
    socket.once('data', () => socket.end(Buffer.from([0x20, 2, 0, 5])))
  })
  await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve))
  const { port } = strict.address() as AddressInfo // it listens on a port
  const refused = await found(t, triggersAt(`mqtt://anna:secret@127.0.0.1:${port}`), /^Broker/)
  t.match(refused, [
    {
      name: `Broker mqtt://127.0.0.1:${port}`,
      state: 'missing',
      detail: /[Nn]ot authorized/,
      fix: /password/,
    },
  ])
  await new Promise<void>((resolve) => strict.close(() => resolve()))
  const gone = await found(t, triggersAt(`mqtt://anna:secret@127.0.0.1:${port}`), /^Broker/)
  t.match(gone, [{ state: 'missing', detail: /ECONNREFUSED/ }])
  t.notMatch(JSON.stringify([refused, gone]), /secret/)
})

void t.test('and that one is there', needs({ mosquitto: 'mosquitto' }), async (t) => {
  const { tcp } = await startBroker(t)
  t.match(await found(t, triggersAt(`mqtt://127.0.0.1:${tcp}`), /^Broker/), [
    { state: 'ok', detail: 'takes door', fix: null },
  ])
})

void t.test('the doctor reads the calendars', async (t) => {
  const file = join(newData(t), 'shows.ics')
  const text = config(`schedules: { shows: { calendar: ${JSON.stringify(file)}, run: alarm } }`)
  t.match(await found(t, text, /^Calendar/), [{ state: 'missing', detail: /ENOENT/ }])
  writeFileSync(file, 'no calendar')
  t.match(await found(t, text, /^Calendar/), [{ state: 'missing', detail: /invalid line/ }])
  // RFC 5545 section 3.4
  writeFileSync(file, 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nEND:VCALENDAR\r\n')
  t.match(await found(t, text, /^Calendar/), [{ state: 'ok' }])
})

void t.test('a config with faults is not looked at further', async (t) => {
  t.match(await found(t, 'site: 1', /^Config/), [{ state: 'missing', fix: /infra config check/ }])
})
