import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { systemClock } from '../../bus/clock.ts'
import { decodeEntry } from '../../bus/entry.ts'
import {
  emptyFolder,
  needsRedis,
  startServer,
  untilTrue,
} from '../../bus/log-redis/server.fixture.ts'
import { loadConfig } from '../../config/load.ts'
import type { BusEvent } from '../../intents/event.ts'
import { doctor } from '../doctor/doctor.ts'
import { openJournal, type Journal } from '../journal.ts'
import { loadParts } from '../parts.ts'
import { redisOptions } from './redis.ts'
import { verifyLog } from '../audit/verify.ts'

const parts = await loadParts()
const stopped = (reason: string): BusEvent => ({ type: 'HubStopped', reason })

function configOf(hub: string, log: string) {
  const loaded = loadConfig(`site: room\nhub: ${hub}\nlog: ${log}\n`, 'infra.yaml', parts.config)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join())
  return loaded.config
}

async function openAt(t: Test, hub: string, port: number): Promise<Journal> {
  const log = `{ engine: redis, url: "redis://127.0.0.1:${port}", commandTimeout: 300ms }`
  const journal = await openJournal(configOf(hub, log), emptyFolder(t), systemClock())
  const over = new AbortController()
  t.teardown(() => over.abort())
  // a journal that is closed, or whose past is lost, is followed no more: what is left of it is looked at here
  journal.recorder.follow(await journal.log.head(), over.signal).catch(() => {})
  return journal
}

/** A journal with one entry whose server, which keeps nothing, has been stopped. */
async function cutOff(t: Test) {
  const server = await startServer(t)
  const journal = await openAt(t, 'hub-a', server.port)
  await journal.recorder.record([stopped('kept')], 'durable')
  await server.stop()
  await untilTrue(() => journal.trouble() !== null)
  return { server, journal }
}

void t.test(
  'a hub goes on with its own chain, however much another has written since',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const a = await openAt(t, 'hub-a', server.port)
    await a.recorder.record([stopped('a')], 'durable')
    await a.close()
    const b = await openAt(t, 'hub-b', server.port)
    await Promise.all(
      Array.from({ length: 20_000 }, () => b.recorder.record([stopped('b')], 'durable')),
    )
    const again = await openAt(t, 'hub-a', server.port)
    const [second] = await again.recorder.record([stopped('a again')], 'durable')
    t.equal(second?.hseq, 2)
    t.match(await verifyLog(again.log), { ok: true, entries: 20_002 })
    await again.close()
    await b.close()
  },
)

void t.test(
  'a hub whose server is away says so, refuses, and records what was lost when it is back',
  needsRedis,
  async (t) => {
    const { server, journal } = await cutOff(t)
    t.match(journal.trouble(), { code: 'io', detail: /server/ })
    await t.rejects(journal.recorder.record([stopped('refused')], 'durable'), { code: 'io' })
    await server.again()
    const events = async () =>
      journal.trouble() === null ? (await journal.log.tail(10)).map((one) => decodeEntry(one)) : []
    await untilTrue(async () => (await events()).length > 0)
    t.match(await events(), [{ hseq: 2, event: { type: 'LogGap', after: null, until: /-0\.0$/ } }])
    await journal.close()
  },
)

void t.test(
  'a loss is on record before anything else is, so that no crash in between leaves it untold',
  needsRedis,
  async (t) => {
    const { server, journal } = await cutOff(t)
    // somebody who writes at the very moment in which the server is back
    let eager: Promise<unknown> = Promise.resolve()
    journal.log.onAway?.((away) => {
      if (away === null) eager = journal.recorder.record([stopped('eager')], 'durable')
    })
    await server.again()
    await untilTrue(() => journal.trouble() === null)
    await eager
    const events = (await journal.log.tail(10)).map((one) => decodeEntry(one).event)
    t.match(events, [{ type: 'LogGap' }, { type: 'HubStopped', reason: 'eager' }])
    t.match(await verifyLog(journal.log), { ok: true, gaps: [{ missing: [{ from: 1, to: 1 }] }] })
    await journal.close()
  },
)

void t.test('the config’s words become the engine’s, and no secret is in an error', async (t) => {
  const log = '{ engine: redis, url: "rediss://[::1]/3", password: "${env:NO_SUCH_VARIABLE}" }'
  const config = configOf('hub-a', log)
  if (config.log.engine !== 'redis') throw new Error('it is')
  const redis = config.log
  t.throws(() => redisOptions(config, redis), /NO_SUCH_VARIABLE is not set/)
  t.match(redisOptions(config, { ...redis, password: 'x' }), {
    site: 'room',
    servers: { type: 'single', node: { host: '::1', port: 6379 } },
    db: 3,
    tls: {},
    password: 'x',
    commandTimeoutMs: 2000,
  })
})

void t.test('the doctor says what the log’s server loses', needsRedis, async (t) => {
  const server = await startServer(t)
  const file = join(emptyFolder(t), 'infra.yaml')
  writeFileSync(file, `site: a\nlog: { engine: redis, url: "redis://127.0.0.1:${server.port}" }\n`)
  const found = async () => (await doctor(file)).find(({ name }) => name === 'Log')
  t.match(await found(), { state: 'missing', detail: /no append-only file/, fix: /appendonly yes/ })
  await server.ask('CONFIG', 'SET', 'appendonly', 'yes')
  t.match(await found(), { state: 'ok', detail: /everysec/ })
  // by force: while it writes its first append-only file it does not stop otherwise
  await server.stop('SIGKILL')
  t.match(await found(), { state: 'missing', detail: /refuses connections/ })
})
