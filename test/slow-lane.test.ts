import t, { type Test } from 'tap'
import {
  needsRedis,
  persistent,
  type Server,
  startServer,
} from '../bus/log-redis/server.fixture.ts'
import type { JsonObject } from '../intents/json.ts'
import { doubles, oscDevice } from './devices.ts'
import { newRoom, type HubProcess, type Room } from './hub-process.ts'
import { audit } from './record.ts'
import { webService, type WebService } from './web-service.ts'
import { readyWorker } from './worker-process.ts'

// The slow lane with everything as processes: a hub, a Redis, workers, and a service that counts what reaches it.

t.setTimeout(180_000)

const secret = 'S3CR3T-of-the-service'
const notify = (n: number) => ({ verb: 'fire', device: 'mail', action: 'notify', args: { n } })
const level = (value: number) => ({ verb: 'set', device: 'mail', path: 'level', value })

interface Scene {
  readonly service: WebService
  readonly server: Server
  readonly room: Room
  /** Words of `infra worker`. */
  readonly words: readonly string[]
}

async function scene(t: Test, slow: string, more = ''): Promise<Scene> {
  const [service, server] = await Promise.all([webService(t), startServer(t, persistent)])
  const room = newRoom(
    t,
    `site: studio-a\nhub: h\nhttp: { port: 0 }\nslowLane: { redis: "${server.url}" }\ndevices:\n` +
      `  mail: { protocol: http, url: "${service.url}", token: "\${env:MAIL_TOKEN}", lane: slow, slow: ${slow},` +
      ` actions: { notify: { method: POST, path: "/notify/{n}" } }, sets: { level: { method: PUT, path: "/level/{value}" } } }\n` +
      more,
  )
  return { service, server, room, words: ['--config', room.file] }
}

const env = { MAIL_TOKEN: secret }

async function accepted(hub: HubProcess, intent: JsonObject): Promise<string> {
  const { status, body } = await hub.submit(intent)
  if (status !== 202) throw new Error(`not accepted: ${JSON.stringify(body)}`)
  return String(body['id'])
}

void t.test(
  'a worker killed in the middle of a job: a fire is unknown and not sent twice, a value is sent again',
  needsRedis,
  async (t) => {
    const { service, server, room, words } = await scene(
      t,
      '{ timeout: 3s, concurrency: 2, backoff: 100ms }',
    )
    const hub = await room.start()
    const worker = await readyWorker(t, words, env)
    service.hold(true)
    const press = await accepted(hub, notify(1))
    const value = await accepted(hub, level(7))
    await service.until(2)
    t.equal(await worker.end('SIGKILL'), 'SIGKILL', 'control: it died while the service had both')
    service.hold(false)
    await readyWorker(t, words, env)
    t.equal(await hub.outcome(press), 'unknown')
    t.equal(await hub.outcome(value), 'confirmed')
    const next = await accepted(hub, notify(2))
    t.equal(await hub.outcome(next), 'confirmed', 'control: the other worker takes jobs')
    t.same(
      service.got.filter((call) => call.includes('notify')),
      ['POST /notify/1', 'POST /notify/2'],
    )
    t.same(doubles(service.got), ['PUT /level/7'])
    t.same([...new Set(service.keys)], [`Bearer ${secret}`], 'the worker knows the secret')
    const written = server.everything()
    t.ok(written.includes('${env:MAIL_TOKEN}'), 'control: Redis got the reference')
    t.notOk(written.includes(secret), 'and never the secret')
    await hub.end()
    const lives = await audit(t, room, [press, value, next])
    t.match(lives.get(press)?.failure, { code: 'unknown-outcome', reached: 'maybe' })
    t.equal(lives.get(value)?.attempts, 2)
  },
)

void t.test(
  'a hub killed while a job runs: the next start records its end, once',
  needsRedis,
  async (t) => {
    const { service, room, words } = await scene(t, '{ concurrency: 2 }')
    const first = await room.start()
    await readyWorker(t, words, env)
    service.hold(true)
    const over = await accepted(first, notify(1))
    const running = await accepted(first, notify(2))
    const waiting = await accepted(first, notify(3))
    await service.until(2)
    t.equal((await first.end('SIGKILL')).signal, 'SIGKILL', 'control: it died with jobs under way')
    // one ends while no hub is there; what had not begun waits in the log
    service.release()
    service.hold(false)
    const second = await room.start()
    t.equal(await second.outcome(over), 'confirmed')
    t.equal(await second.outcome(running), 'confirmed')
    t.equal(await second.outcome(waiting), 'confirmed')
    t.same(service.got.toSorted(), ['POST /notify/1', 'POST /notify/2', 'POST /notify/3'])
    await second.end()
    const lives = await audit(t, room, [over, running, waiting])
    t.same(
      [over, running, waiting].map((id) => lives.get(id)?.attempts),
      [1, 1, 1],
      'nothing was tried twice',
    )
  },
)

void t.test(
  'a hub killed while a job runs that ends after the restart: its end is recorded, once',
  needsRedis,
  async (t) => {
    const { service, room, words } = await scene(t, '{}')
    const first = await room.start()
    await readyWorker(t, words, env)
    service.hold(true)
    const running = await accepted(first, notify(1))
    await service.until(1)
    await first.end('SIGKILL')
    const second = await room.start()
    const open = await second.get(`/api/v1/intents/${running}`)
    t.equal(open.body['outcome'] ?? null, null, 'control: it is still under way')
    service.release()
    t.equal(await second.outcome(running), 'confirmed')
    t.same(service.got, ['POST /notify/1'])
    await second.end()
    await audit(t, room, [running])
  },
)

void t.test(
  'a worker that is told to stop ends the job it has and takes no more',
  needsRedis,
  async (t) => {
    const { service, room, words } = await scene(t, '{ concurrency: 4 }')
    const hub = await room.start()
    const worker = await readyWorker(t, [...words, '--concurrency', '1'], env)
    service.hold(true)
    const first = await accepted(hub, notify(1))
    await service.until(1)
    const ended = worker.end('SIGTERM')
    await worker.line('stopping')
    const second = await accepted(hub, notify(2))
    service.hold(false)
    service.release()
    t.equal(await ended, 0, worker.err())
    t.equal(await hub.outcome(first), 'confirmed')
    t.same(service.got, ['POST /notify/1'], 'the second waits')
    await readyWorker(t, words, env)
    t.equal(await hub.outcome(second), 'confirmed')
    t.same(service.got, ['POST /notify/1', 'POST /notify/2'])
    await hub.end()
    await audit(t, room, [first, second])
  },
)

void t.test(
  'Redis away: a press with few tries fails and says why, what may wait is delivered later, presses of others go on',
  needsRedis,
  async (t) => {
    const desk = await oscDevice(t)
    const service2 = await webService(t)
    const { service, server, room, words } = await scene(
      t,
      '{ backoff: 200ms, backoffCap: 500ms, attempts: 100 }',
      `  brief: { protocol: http, url: "${service2.url}", lane: slow, slow: { attempts: 2, backoff: 10ms }, actions: { notify: { method: POST, path: "/{n}" } } }\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n`,
    )
    const hub = await room.start()
    await readyWorker(t, words, env)
    const before = await accepted(hub, notify(1))
    t.equal(await hub.outcome(before), 'confirmed', 'control: the lane works')
    await server.stop('SIGKILL')
    const lost = await accepted(hub, { ...notify(2), device: 'brief' })
    const patient = [await accepted(hub, notify(3)), await accepted(hub, level(4))]
    for (let n = 0; n < 10; n++)
      await accepted(hub, { verb: 'fire', device: 'desk', action: '/go', args: [n] })
    await desk.until((got) => got.length === 10)
    t.match(await hub.outcome(lost), /failed|unknown/)
    t.same(service.got, ['POST /notify/1'])
    await server.again()
    const outcomes = await Promise.all(patient.map((id) => hub.outcome(id)))
    t.equal(outcomes[1], 'confirmed')
    t.match(outcomes[0], /confirmed|unknown/, 'a fire that was just on its way may be unknown')
    const after = await accepted(hub, notify(5))
    t.equal(await hub.outcome(after), 'confirmed')
    t.same(doubles(service.got), [])
    await hub.end()
    const lives = await audit(t, room, [before, lost, ...patient, after])
    t.match(lives.get(lost)?.failure?.detail, /Redis/)
  },
)

void t.test(
  'a hub that starts without its Redis takes presses at once, and slow ones when Redis is there',
  needsRedis,
  async (t) => {
    const { service, server, room, words } = await scene(t, '{ backoff: 200ms, attempts: 100 }')
    await server.stop('SIGKILL')
    const hub = await room.start()
    const press = await accepted(hub, notify(1))
    const record = await hub.entry((event) => event.type === 'AttemptFailed')
    t.match(record, { failure: { code: 'unreachable', reached: 'no', detail: /Redis is away/ } })
    await server.again()
    await readyWorker(t, words, env)
    t.equal(await hub.outcome(press), 'confirmed')
    t.same(service.got, ['POST /notify/1'])
    await hub.end()
    await audit(t, room, [press])
  },
)
