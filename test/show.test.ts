import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { simulate as simulateHa } from '../adapters/ha/simulator.ts'
import { simulate as simulateObs } from '../adapters/obs/simulator.ts'
import { simulate as simulateVmix } from '../adapters/vmix/simulator.ts'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { isObject, type JsonObject } from '../intents/json.ts'
import { type HubProcess, infra, list, newRoom } from './hub-process.ts'
import { devicesOf } from './stage.ts'
import { leasesOf, until } from './site.ts'

// The show as an operator starts it: from the command line and from a button, on simulators; a device dead, a hub killed.

t.setTimeout(180_000)
t.jobs = 3 // each has a studio of its own, and waits for processes most of the time

/** The studio, and the config of a hub in it. `setDeadline`: how long what is lasting is tried. */
async function openStudio(t: Test, setDeadline = '2s') {
  const devices = {
    switcher: await simulateVmix(),
    recorder: await simulateObs(),
    house: await simulateHa(),
  }
  t.teardown(() =>
    Promise.all([devices.switcher, devices.recorder, devices.house].map((one) => one.close())),
  )
  devices.switcher.studio.active = 5
  const roles = { switcher: 'switcher', recorder: 'recorder', lights: 'house', sign: 'house' }
  const config: JsonObject = {
    http: { port: 0 },
    devices: Object.fromEntries(
      Object.entries(devicesOf(devices)).map(([name, device]) => [
        name,
        { ...(isObject(device) ? device : {}), delivery: { setDeadline, fireDeadline: '2s' } },
      ]),
    ),
    profiles: { 'live-production': { roles } },
    pages: { 1: { '0/0': { text: 'ON AIR', press: { run: 'live_production' } } } },
  }
  const isOn = (id: string) => devices.house.house.things.get(id)?.state === 'on'
  return {
    ...devices,
    /** Lights, camera, stream, backup, sign. */
    onAir: () => [
      isOn('light.key_light'),
      devices.switcher.studio.active,
      devices.switcher.studio.streams[0],
      devices.recorder.studio.record.active,
      isOn('light.on_air'),
    ],
    counts: () =>
      [devices.switcher, devices.recorder, devices.house].map((one) => one.received().length),
    yaml: (more: JsonObject) => stringify({ ...config, ...more }),
  }
}

async function untilLinked(hub: HubProcess): Promise<void> {
  await until('every device is there', async () => {
    const { body } = await hub.get('/api/v1/devices')
    const devices = list(body['devices'] ?? body['items'])
    return (
      devices.length > 0 && devices.every(({ link }) => JSON.stringify(link).includes('"up":true'))
    )
  })
}

void t.test(
  'on air from the command line, with another camera, and seen in the record',
  async (t) => {
    const studio = await openStudio(t)
    const room = newRoom(t, studio.yaml({ site: 's', hub: 'h' }))
    const before = studio.counts()
    const dry = await infra(t, ['profile', 'dry-run', 'live-production', '--config', room.file])
    t.equal(dry.code, 0, dry.err)
    t.match(dry.out, /ActiveInput Input=Camera%201/)
    t.same(studio.counts(), before, 'the dry run touches nothing')

    const hub = await room.start()
    await untilLinked(hub)
    const words = ['bus', 'orchestrate', '--url', hub.url, '--profile', 'live-production']
    const wrong = await infra(t, [...words, 'camra=Camera 2'])
    t.match(wrong.err, /no argument 'camra'.*camera/s)
    const done = await infra(t, [...words, 'camera=Camera 2'])
    t.equal(done.code, 0, done.err)
    t.notSame(studio.counts(), before, 'control: the run touches them')
    t.same(studio.onAir(), [true, 2, true, true, true])
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(done.out + done.err)?.[0] ?? ''
    const shown = await infra(t, ['show', '--url', hub.url, id])
    t.match(shown.out, /confirmed/)
    await hub.end()
  },
)

void t.test(
  'on air from a button with a dead recorder: what was done is undone, and the record says why',
  async (t) => {
    const studio = await openStudio(t)
    const room = newRoom(t, studio.yaml({ site: 's', hub: 'h' }))
    const hub = await room.start()
    await untilLinked(hub)
    studio.recorder.fault('hang')
    const { body } = await hub.post('/api/v1/controls/1/0/0/press')
    const id = String(body['id'])
    await studio.recorder.until(1, AbortSignal.timeout(30_000))
    t.ok(studio.switcher.studio.streams[0], 'control: it streams when the recorder is asked')
    await studio.recorder.close()
    t.equal(await hub.outcome(id), 'failed')
    await hub.quiet()
    t.same(
      [studio.onAir()[0], studio.onAir()[1], studio.onAir()[2], studio.onAir()[4]],
      [false, 5, false, false],
    )
    const shown = await infra(t, ['show', '--url', hub.url, id])
    t.match(shown.out, /^ {4}failed {2}set recorder recording true/m)
    t.match(shown.out, /^ {4}failed {2}run end_live_production: step 2: recorder: /m, 'and why')
    t.match(
      shown.out,
      /failed {2}step 7: step 4: recorder: /,
      'a run says which device, and no code',
    )
    t.match(shown.out, /^ {6}confirmed {2}set switcher streaming false/m)
    await hub.end()
  },
)

void t.test(
  'the hub that runs the show is killed in the middle, and another goes on with it',
  needsRedis,
  async (t) => {
    const studio = await openStudio(t, '60s')
    const server = await startServer(t, ['--appendonly', 'yes'])
    const log = { engine: 'redis', url: server.url, leaseTtl: '2s' }
    const names = ['hub-a', 'hub-b'] as const
    const hubs = new Map<string, HubProcess>()
    const started = names.map(async (name) => {
      hubs.set(name, await newRoom(t, studio.yaml({ site: 'room', hub: name, log })).start())
    })
    await Promise.all(started)
    const [a] = [...hubs.values()]
    if (a === undefined) throw new Error('it was started')
    await untilLinked(a)
    // the recorder is asked and does not answer: the show stands still there
    studio.recorder.fault('hang')
    const { body } = await a.submit({ verb: 'run', macro: 'live_production', args: {} })
    const id = String(body['id'])
    await studio.recorder.until(1, AbortSignal.timeout(30_000))
    const owner = (await leasesOf(a)).get('$macros') ?? ''
    const mine = hubs.get(owner)
    const other = [...hubs].find(([name]) => name !== owner)?.[1]
    if (mine === undefined || other === undefined) throw new Error(`nobody runs macros: ${owner}`)
    t.equal((await mine.end('SIGKILL')).signal, 'SIGKILL', 'control: it was killed in the middle')
    t.same(studio.onAir()[4], false, 'control: it was not on air yet')
    studio.recorder.fault('none')
    t.equal(await other.outcome(id), 'confirmed')
    t.same(studio.onAir(), [true, 1, true, true, true])
    t.equal(
      (await leasesOf(other)).get('$macros'),
      names.find((name) => name !== owner),
    )
    await other.end()
  },
)
