import t, { type Test } from 'tap'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { DeviceId } from '../intents/id.ts'
import type { Receipt } from '../surfaces/surface.ts'
import { anna, newData, openDesk, openTestCore } from './core.contract.ts'
import { deviceView, intentView } from './views.ts'
import { openReconfigure } from './reconfigure.ts'

const away = 'away' as DeviceId

async function open(t: Test) {
  const desk = await openDesk(t)
  const data = newData(t)
  const file = join(data, 'infra.yaml')
  // nobody listens on port 9: what is for it waits
  const config = `# our room
site: s
hub: hub-a
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} } # the big one
  away: { protocol: tcp, host: 127.0.0.1, port: 9, actions: { on: "ON\\n" } }
pages:
  1:
    0/0: { text: GO, press: { fire: desk, action: /go } }
`
  writeFileSync(file, config)
  const room = await openTestCore(t, { config, data })
  const text = () => readFileSync(file, 'utf8')
  return { desk, config, text, ...room, reconfigure: openReconfigure(room.core, file) }
}

void t.test('a new device is recorded with who added it, written, and usable', async (t) => {
  const { core, reconfigure, text, config, desk, submit, ended, entries } = await open(t)
  const entry = { protocol: 'osc', host: '127.0.0.1', port: desk.port }
  t.equal(await reconfigure.addDevice('lamp', entry, anna), null)
  const lamp = 'lamp' as DeviceId
  const { id } = await submit({ verb: 'fire', device: lamp, action: '/on', args: [] })
  t.match(await ended(id), { outcome: 'sent' })
  const added = text()
    .split('\n')
    .filter((line) => !config.split('\n').includes(line))
  t.equal(added.length, 1, 'one new line, and the comments stay')
  t.match(added[0], /lamp/)
  const changes = (await entries()).map(({ event }) => event)
  const at = changes.findIndex(({ type }) => type === 'ConfigChanged')
  t.match(changes[at], { actor: anna, summary: 'device lamp added', config: core.config().hash })
  t.ok(
    at < changes.findIndex((event) => event.type === 'LinkChanged' && event.device === lamp),
    'recorded before it applies',
  )
})

void t.test(
  'an edit of the file is applied and recorded, and a wrong one leaves all as it was',
  async (t) => {
    const { core, reconfigure, text, config, entries } = await open(t)
    const file = reconfigure.file
    const named = (type: string) =>
      entries().then((all) => all.filter(({ event }) => event.type === type))
    writeFileSync(file, config.replace('port: 9,', 'port: nine,'))
    t.match(await reconfigure.reload(), {
      code: 'invalid-config',
      failure: { detail: /:6:\d+ devices\.away\.port/ },
    })
    t.equal(core.config().devices.size, 2, 'it runs on as it was')
    t.equal((await named('ConfigChanged')).length, 0)
    writeFileSync(file, config.replace('site: s', 'site: other').replace(/ {2}away:.*\n/, ''))
    t.equal(await reconfigure.reload(), null)
    t.equal(core.config().devices.size, 1)
    t.equal(core.config().site, 's', 'its name counts from the next start on')
    t.match(
      (await named('ConfigChanged')).map(({ event }) => event),
      [
        {
          actor: { type: 'trigger', id: 'config-file' },
          summary: /edited; site from the next start/,
        },
      ],
    )
    t.equal(await reconfigure.reload(), null, 'the same once more is no change')
    t.equal((await named('ConfigChanged')).length, 1)
    t.match(text(), /other/, 'the file is left to who edits it')
  },
)

void t.test('a change that would be invalid changes nothing', async (t) => {
  const { core, reconfigure, text, config, entries } = await open(t)
  const before = core.config()
  const refusals = [
    await reconfigure.addDevice('2nd', {}, anna),
    await reconfigure.addDevice('desk', { protocol: 'osc' }, anna),
    await reconfigure.addDevice('lamp', { protocol: 'osc', host: '127.0.0.1', port: 'x' }, anna),
    await reconfigure.addDevice('lamp', { protocol: 'carrier-pigeon' }, anna),
    await reconfigure.removeDevice('desc', anna),
    await reconfigure.removeDevice('desk', anna), // a control of the grid still uses it
  ]
  t.strictSame(
    refusals.map((refused) => refused?.code),
    [
      'bad-name',
      'device-exists',
      'invalid-config',
      'invalid-config',
      'unknown-device',
      'invalid-config',
    ],
  )
  t.equal(text(), config)
  t.equal(core.config(), before)
  t.notOk((await entries()).some(({ event }) => event.type === 'ConfigChanged'))
})

void t.test('what waits for a device that is removed ends', async (t) => {
  const { core, reconfigure, submit, ended, text, clock, until } = await open(t)
  const waiting = await Promise.all(
    [1, 2, 3].map(() => submit({ verb: 'fire', device: away, action: 'on', args: {} })),
  )
  const { state } = core.room.deliveries
  const tried = ({ id }: Receipt) => state.intents.get(id)?.attempts[0]?.retryAt != null
  // nobody answers: the first try runs into its deadline (a twentieth late at most), and the next one is put off
  clock.advance(2100)
  await until('all wait for another try', () => waiting.every(tried))
  t.equal(await reconfigure.removeDevice('away', anna), null)
  for (const { id } of waiting)
    t.match(await ended(id), { outcome: 'refused', failure: { detail: /removed from the config/ } })
  t.equal(state.open, 0)
  t.notMatch(text(), /away:/)
  t.match(await submit({ verb: 'fire', device: away, action: 'on', args: {} }), {
    refusal: { code: 'unknown-device' },
  })
})

void t.test('changes at the same moment are made one after the other', async (t) => {
  const { core, reconfigure } = await open(t)
  const entry = { protocol: 'osc', host: '127.0.0.1', port: 9 }
  const names = ['a', 'b', 'c', 'd']
  await Promise.all(names.map((name) => reconfigure.addDevice(name, entry, anna)))
  t.strictSame([...core.config().devices.keys()], ['desk', 'away', ...names])
})

const variable = 'INFRA_TEST_SECRET'
const secret = 's3cr3t-and-known-to-nobody'

void t.test('a secret that is not set takes its device down, and says which', async (t) => {
  delete process.env[variable]
  const room = await openTestCore(t, {
    config: `
site: s
hub: hub-a
devices:
  hook:
    protocol: http
    url: http://127.0.0.1:9
    token: "\${env:${variable}}"
    actions: { go: { method: POST, path: /go } }
    delivery: { attempts: 1 }
`,
  })
  const hook = 'hook' as DeviceId
  const { id } = await room.submit({ verb: 'fire', device: hook, action: 'go', args: {} })
  const detail = `the environment variable ${variable} is not set`
  t.match(await room.ended(id), { outcome: 'failed', failure: { code: 'unreachable', detail } })
  const link = () => room.core.room.devices.state.devices.get(hook)?.link
  await room.until('its link is known to be down', () => link()?.up === false)
  t.match(link(), { up: false, detail })
})

void t.test('a secret is sent to its device and stands nowhere else', async (t) => {
  process.env[variable] = secret
  t.teardown(() => delete process.env[variable])
  const got: (string | undefined)[] = []
  const server = createServer((request, response) => {
    got.push(request.headers.authorization)
    // a device that says back what it was told
    response.writeHead(403).end(`no: ${String(request.headers.authorization)}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo // it listens on TCP
  const room = await openTestCore(t, {
    config: `
site: s
hub: hub-a
devices:
  hook:
    protocol: http
    url: http://127.0.0.1:${port}
    token: "\${env:${variable}}"
    actions: { go: { method: POST, path: /go } }
`,
  })
  const hook = 'hook' as DeviceId
  const { id } = await room.submit({ verb: 'fire', device: hook, action: 'go', args: {} })
  const end = await room.ended(id)
  t.match(end, { outcome: 'refused' })
  t.ok(got.includes(`Bearer ${secret}`), 'control: the device got it')
  const { deliveries, devices } = room.core.room
  const record = deliveries.state.intents.get(id)
  const everything = JSON.stringify([
    end,
    await room.log.tail(1000),
    record === undefined ? null : intentView(record, room.core.room.custody.state),
    deviceView(hook, 'http', devices.state.devices.get(hook)),
    [...room.core.config().devices.values()],
    room.core.catalogue().get(hook)?.actions,
  ])
  t.match(everything, 'INFRA_TEST_SECRET', 'control: the reference is there')
  t.notMatch(everything, secret)
})
