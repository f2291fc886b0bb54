import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../bus/clock.ts'
import { openDouble } from '../../bus/log-kurrent/server.fixture.ts'
import { emptyFolder } from '../../bus/log-redis/server.fixture.ts'
import { loadConfig } from '../../config/load.ts'
import type { BusEvent } from '../../intents/event.ts'
import { doctor } from '../doctor/doctor.ts'
import { openHub } from '../hub.ts'
import { openJournal } from '../journal.ts'
import { kurrentOptions } from './kurrent.ts'
import { verifyConfigured } from '../audit/offline.ts'
import { loadParts } from '../parts.ts'

const parts = await loadParts()

function configOf(log: string, more = '') {
  const text = `site: room\nhub: hub-a\nlog: ${log}\n${more}`
  const loaded = loadConfig(text, 'infra.yaml', parts.config)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join())
  return { text, config: loaded.config }
}

void t.test(
  'a hub keeps its journal on EventStoreDB, and goes on with it after a restart',
  async (t) => {
    const double = await openDouble()
    t.teardown(() => double.close())
    const data = emptyFolder(t)
    const file = join(data, 'infra.yaml')
    const { text, config } = configOf(
      `{ engine: kurrent, url: "${double.url}" }`,
      'http: { port: 0 }\n',
    )
    writeFileSync(file, text)
    const start = () => openHub({ parts, config, file, data, version: '1' })
    const first = await start()
    const verify = await fetch(`${first.address}/api/v1/witness/verify`, { method: 'POST' })
    t.match(await verify.json(), { ok: true, hubs: [{ hub: 'hub-a' }] })
    const { hseq } = first.core.journal.recorder.chain()
    await first.close('test')
    const again = await start()
    const chain = again.core.journal.recorder.chain()
    t.ok(chain.hseq > hseq, 'its chain goes on')
    t.equal(double.events('ifJournal-room').length, chain.hseq)
    await again.close('test')
    t.match(await verifyConfigured(file, data), { ok: true, entries: chain.hseq + 1 })
  },
)

void t.test(
  'name and password of the log come from references and go into its address',
  async (t) => {
    const log =
      '{ engine: kurrent, url: "esdb://db.example:2113", username: ops, password: "${env:NO_SUCH_VARIABLE}" }'
    const { config } = configOf(log)
    if (config.log.engine !== 'kurrent') throw new Error('it is')
    const kurrent = config.log
    const urlOf = (change: Partial<typeof kurrent>) =>
      kurrentOptions(config, { ...kurrent, ...change }).url
    t.throws(() => urlOf({}), /NO_SUCH_VARIABLE is not set/)
    t.equal(urlOf({ password: 'a b@c' }), 'esdb://ops:a%20b%40c@db.example:2113')
    const cluster = { url: 'kurrentdb+discover://a:1,b:2', password: 'x' }
    t.equal(urlOf(cluster), 'kurrentdb+discover://ops:x@a:1,b:2')
    t.equal(urlOf({ username: null, password: null }), 'esdb://db.example:2113')
  },
)

void t.test('the doctor says whether the server of the log answers', async (t) => {
  const double = await openDouble()
  const file = join(emptyFolder(t), 'infra.yaml')
  writeFileSync(file, configOf(`{ engine: kurrent, url: "${double.url}" }`).text)
  const found = async () => (await doctor(file)).find(({ name }) => name === 'Log')
  t.match(await found(), { state: 'ok', detail: /ifJournal-room can be read/ })
  await double.close()
  t.match(await found(), { state: 'missing', detail: /does not answer/, fix: /correct log/ })
})

void t.test(
  'what a hub could not record, because the server was away, is not acted on later',
  async (t) => {
    const double = await openDouble()
    const { config } = configOf(`{ engine: kurrent, url: "${double.url}" }`)
    const journal = await openJournal(config, emptyFolder(t), systemClock())
    const stopped: BusEvent = { type: 'HubStopped', reason: 'x' }
    await journal.recorder.record([stopped], 'durable')
    await double.close()
    await t.rejects(journal.recorder.record([stopped], 'durable'), { code: 'io' })
    t.match(journal.trouble(), { code: 'io' })
    await journal.close()
  },
)
