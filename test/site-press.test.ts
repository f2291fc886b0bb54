import t from 'tap'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { newId } from '../intents/id.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { faultRow } from './report.ts'
import { lineClient } from './senders.ts'
import { judgeDevices, siteDevices } from './site-devices.ts'
import { auditSite, siteEntries } from './site-record.ts'
import { hubOf, leasesOf, untilSpread } from './site.ts'

t.setTimeout(600_000)

void t.test(
  'a press that comes by two uplinks is carried out once, whichever of the hubs has the device',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const room = await siteDevices(t, 8)
    const options = { url: server.url, devices: room.yaml }
    const hubs = await Promise.all(['hub-a', 'hub-b'].map((hub) => hubOf(t, hub, options).start()))
    const [a, b] = hubs
    if (a === undefined || b === undefined) throw new Error('two were started')
    await untilSpread(a, ['hub-a', 'hub-b'])
    await untilSpread(b, ['hub-a', 'hub-b'])
    const ids: string[] = []
    let duplicates = 0
    const press = async (n: number) => {
      const id = newId(Date.now())
      ids.push(id)
      const answers = await Promise.all(hubs.map((hub) => hub.submit(room.intent(n), { id })))
      t.same(new Set(answers.map(({ status }) => status)), new Set([202]))
      const told = answers.filter(({ body }) => body['duplicate'] === true).length
      t.equal(told, 1, 'one of the two is told that it is a duplicate')
      t.equal(answers[0]?.body['position'], answers[1]?.body['position'], 'both name the same')
      duplicates += told
    }
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 24 }, (_, i) => press(round * 24 + i)))
    await a.quiet()
    await b.quiet()
    const raw = (await siteEntries(server)).filter(({ event }) => event.type === 'IntentAccepted')
    t.ok(raw.length > ids.length, `control: ${raw.length} acceptances of ${ids.length} presses`)
    const { lives, lost } = await auditSite(t, server, b, ids)
    const doubled = judgeDevices(t, room, lives)
    faultRow({
      fault: 'the same press at two hubs',
      times: ids.length,
      presses: ids.length,
      lost,
      doubled,
    })
    t.comment(`${duplicates} duplicates`)
    await Promise.all(hubs.map((hub) => hub.end()))
  },
)

void t.test(
  'presses for one device that come in by two hubs at once reach it in the order of the record',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const room = await siteDevices(t, 1)
    const options = { url: server.url, devices: room.yaml }
    const hubs = await Promise.all(['hub-a', 'hub-b'].map((hub) => hubOf(t, hub, options).start()))
    const told: string[] = []
    for (let round = 0; round < 15; round++)
      await Promise.all(
        hubs.flatMap((hub, i) =>
          Array.from({ length: 20 }, async (_, k) => {
            const { status, body } = await hub.submit(room.intent(round * 40 + i * 20 + k))
            if (status === 202) told.push(String(body['id']))
          }),
        ),
      )
    await hubs[0]?.quiet()
    const [, b] = hubs
    if (b === undefined) throw new Error('two were started')
    const { lives, entries } = await auditSite(t, server, b, told)
    const accepted = entries.filter(({ event }) => event.type === 'IntentAccepted')
    const turns = accepted.filter(({ hub }, i) => accepted[i - 1]?.hub !== hub).length
    t.ok(turns > 20, `control: the record goes from one hub to the other ${turns} times`)
    judgeDevices(t, room, lives)
    await Promise.all(hubs.map((hub) => hub.end()))
  },
)

void t.test(
  'a hub that is stopped cleanly hands over at once, one that is killed after its lease, and each press is carried out once',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const relay = await lineDevice(t)
    const options = {
      url: server.url,
      devices: `  relay: ${lineConfig(relay.port, ', hub: hub-a')}\n`,
      more: 'surfaces:\n  lines: { type: tcp, port: 0 }\n',
    }
    const [first, second] = [hubOf(t, 'hub-a', options), hubOf(t, 'hub-b', options)]
    let a = await first.start()
    const b = await second.start()
    const by = await lineClient(t, await b.port('lines'))
    let pressed = 0
    /** By way of the hub that stays, for the device of the one that leaves. */
    const press = async () => {
      const n = ++pressed
      const from = performance.now()
      by.write(`FIRE relay hit n=${n}`)
      const answers = await by.answers(n)
      t.match(answers[n - 1], /^\+OK \S+ confirmed$/)
      return Math.round(performance.now() - from)
    }
    await press()
    const clean: number[] = []
    const killed: number[] = []
    for (let round = 0; round < 5; round++) {
      t.equal((await leasesOf(b)).get('relay'), 'hub-a', 'control: the other hub has it')
      const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL'
      const over = a.end(signal)
      const ms = await press()
      ;(signal === 'SIGTERM' ? clean : killed).push(ms)
      const { code } = await over
      if (signal === 'SIGTERM') t.equal(code, 0, 'it ended cleanly')
      t.equal((await leasesOf(b)).get('relay'), 'hub-b')
      a = await first.start()
      await untilSpread(b, ['hub-a', 'hub-b'])
      for (let i = 0; (await leasesOf(b)).get('relay') !== 'hub-a' && i < 400; i++) await press()
    }
    t.comment(
      `first delivery after a clean stop: ${clean.join(', ')} ms; after kill -9: ${killed.join(', ')} ms`,
    )
    t.same(
      relay.got,
      Array.from({ length: pressed }, (_, i) => `HIT ${i + 1}`),
      'each press once, in order',
    )
    const { lost } = await auditSite(t, server, b, [])
    faultRow({
      fault: 'a hub is stopped (SIGTERM)',
      times: clean.length,
      presses: pressed,
      lost,
      doubled: 0,
      recoveryMs: clean,
    })
    faultRow({
      fault: 'kill -9, default lease, to the first delivery',
      times: killed.length,
      presses: pressed,
      lost,
      doubled: 0,
      recoveryMs: killed,
    })
    await Promise.all([a.end(), b.end()])
  },
)

void t.test(
  'a hub that is stopped as soon as it is ready hands over, too',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const hub = hubOf(t, 'hub-a', {
      url: server.url,
      devices: '  d: { protocol: osc, host: 127.0.0.1, port: 9 }\n',
    })
    for (let i = 0; i < 5; i++) {
      const { code, signal } = await (await hub.start()).end('SIGTERM')
      t.same({ code, signal }, { code: 0, signal: null })
    }
    const given = (await siteEntries(server)).filter(({ event }) => event.type === 'LeaseGiven')
    t.ok(given.length >= 5, 'each gave up what it had')
  },
)
