import t from 'tap'
import type { Recorded } from '../../bus/entry.ts'
import { startProxy } from '../../bus/log-redis/proxy.fixture.ts'
import { needsRedis, startServer, untilTrue } from '../../bus/log-redis/server.fixture.ts'
import { lineConfig, lineDevice } from '../../test/devices.ts'
import { desk, entriesOf, hit, openHub } from './alone.contract.ts'

// A hub whose log's server goes away.

/** What of the log is of presses and of being alone, as words: `WentAlone`, `Delivered 3`. */
function storyOf(entries: readonly Recorded[], hub = 'hub-a'): readonly string[] {
  const numbers = new Map<string, string>()
  return entries.flatMap(({ hub: by, event }): readonly string[] => {
    if (by !== hub) return []
    if (event.type === 'IntentAccepted' && event.submission.intent.verb === 'fire') {
      const n = String((event.submission.intent.args as { readonly n?: number }).n)
      numbers.set(event.submission.id, n)
      return [`IntentAccepted ${n}`]
    }
    const n = 'intent' in event ? numbers.get(event.intent) : undefined
    if (n !== undefined) return [`${event.type} ${n}`]
    return event.type === 'WentAlone' || event.type === 'Rejoined' ? [event.type] : []
  })
}

const whole = (n: number) => [`IntentAccepted ${n}`, `AttemptStarted ${n}`, `Delivered ${n}`]

for (const fault of ['stopped', 'frozen', 'cut off', 'read-only'] as const)
  void t.test(
    `while the log's server is ${fault} presses go on being delivered, and are in the log afterwards, in order`,
    needsRedis,
    async (t) => {
      const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
      const proxy = await startProxy(t, server.port)
      const device = await lineDevice(t)
      const devices = `  desk: ${lineConfig(device.port)}\n`
      const hub = await openHub(t, proxy.port, { devices })
      await hub.owns()
      t.match(await hub.ended((await hub.submit(hit(1))).id), { outcome: 'confirmed' })
      // right behind a sign of life, so that it is the press that meets the fault first, and not the next sign
      await new Promise<void>((resolve) => {
        const off = hub.core.members?.onBeat(() => {
          off?.()
          resolve()
        })
      })
      const from = Date.now()
      if (fault === 'stopped') await server.stop()
      else if (fault === 'frozen') await server.freeze()
      else if (fault === 'cut off') proxy.cut()
      else await server.ask('REPLICAOF', '127.0.0.1', '1') // it answers, and takes nothing
      if (fault === 'stopped' || fault === 'cut off')
        await untilTrue(() => hub.core.journal.spool?.server() !== null)
      // it may have reached the log, and another hub: who presses is told that it was not sent
      else
        t.match(await hub.ended((await hub.submit(hit(0))).id), {
          outcome: 'failed',
          failure: { reached: 'no', detail: /cut off from the log right then/ },
        })
      for (let n = 2; n <= 6; n++)
        t.match(await hub.ended((await hub.submit(hit(n))).id), { outcome: 'confirmed' })
      t.same(
        device.got,
        [1, 2, 3, 4, 5, 6].map((n) => `HIT ${n}`),
      )
      t.match(hub.core.alone.now(), { detail: /./ })
      t.ok((hub.core.alone.now()?.entries ?? 0) >= 16)
      t.ok((hub.core.alone.now()?.since ?? 0) >= from)
      t.equal(hub.core.journal.trouble(), null, 'it can record')
      if (fault === 'stopped') await server.again()
      else if (fault === 'frozen') server.thaw()
      else if (fault === 'cut off') proxy.heal()
      else await server.ask('REPLICAOF', 'NO', 'ONE')
      await hub.isAlone(false)
      t.match(await hub.ended((await hub.submit(hit(7))).id), { outcome: 'confirmed' })
      await hub.stop()
      const entries = await entriesOf(server)
      const story = storyOf(entries)
      t.same(
        story.filter((word) => !/ 0$/.test(word)),
        [...whole(1), 'WentAlone', ...[2, 3, 4, 5, 6].flatMap(whole), 'Rejoined', ...whole(7)],
      )
      const rejoined = entries.find(({ event }) => event.type === 'Rejoined')?.event
      t.match(rejoined, { lost: [] })
      t.equal(device.got.length, 7, 'nothing was sent twice')
    },
  )

void t.test('control: a hub that is to refuse refuses the same press', needsRedis, async (t) => {
  const server = await startServer(t)
  const device = await lineDevice(t)
  const devices = `  desk: ${lineConfig(device.port)}\n`
  const hub = await openHub(t, server.port, { devices, policy: 'refuse' })
  await hub.owns()
  await server.stop('SIGKILL')
  await untilTrue(() => hub.core.journal.trouble() !== null)
  await t.rejects(hub.submit(hit(1)), { code: 'io' })
  t.equal(hub.core.alone.now(), null)
  t.same(device.got, [])
  await server.again()
})

void t.test(
  'a server that is away for a moment is waited for: nothing is written alone',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port)}\n`
    const hub = await openHub(t, proxy.port, { devices })
    await hub.owns()
    proxy.cut()
    await untilTrue(() => hub.core.journal.spool?.server() !== null)
    const press = hub.submit(hit(1))
    proxy.heal()
    t.match(await hub.ended((await press).id), { outcome: 'confirmed' })
    await hub.stop()
    t.notOk((await entriesOf(server)).some(({ event }) => event.type === 'WentAlone'))
  },
)

void t.test(
  'when only one hub is cut off both act, and the log says so: nothing is sent again because it came late',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const proxy = await startProxy(t, server.port)
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a, delivery: { timeout: 30s, fireDeadline: 1m }')}\n`
    const a = await openHub(t, proxy.port, { devices })
    await a.owns()
    const b = await openHub(t, server.port, { name: 'hub-b', devices })
    t.match(await b.ended((await b.submit(hit(1))).id), { outcome: 'confirmed' })
    proxy.cut()
    t.match(await a.ended((await a.submit(hit(2))).id), { outcome: 'confirmed' })
    await untilTrue(() => b.core.routers.get(desk) !== undefined)
    t.match(await b.ended((await b.submit(hit(3))).id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 1', 'HIT 2', 'HIT 3'], 'both acted for it')
    // one is under way without an answer when the log is back
    device.answer(() => null)
    const open = await a.submit(hit(4))
    await device.until((got) => got.includes('HIT 4'))
    const waiting = await a.submit(hit(5))
    t.match(await a.submit({ verb: 'run', macro: 'none' as never, args: {} }), {
      refusal: { code: 'unknown-macro' },
    })
    device.answer(() => 'OK')
    proxy.heal()
    await a.isAlone(false)
    t.match(await a.ended(open.id), { outcome: 'unknown' })
    t.match(await b.ended(open.id), { outcome: 'unknown' })
    // never sent: it is, if this hub has the device back by then, and otherwise who pressed is told
    const { outcome } = await a.ended(waiting.id)
    t.ok(['confirmed', 'failed'].includes(outcome), outcome)
    t.match(await b.ended(waiting.id), { outcome })
    t.match(await b.ended((await b.submit(hit(6))).id), { outcome: 'confirmed' })
    t.same(
      device.got,
      [1, 2, 3, 4, ...(outcome === 'confirmed' ? [5] : []), 6].map((n) => `HIT ${n}`),
      'nothing came twice',
    )
    const saw = ({ core }: typeof a) => core.room.deliveries.state.intents.get(open.id)
    t.match(saw(b), { attempts: [{ hub: 'hub-a' }] }, 'what it did alone is in the record')
    await untilTrue(() => a.core.position() === b.core.position())
    t.same(
      a.core.room.all.map(({ projection, state }) => projection.save(state)),
      b.core.room.all.map(({ projection, state }) => projection.save(state)),
      'both see one past',
    )
    await a.stop()
    await b.stop()
    const entries = await entriesOf(server)
    t.match(entries.find(({ event }) => event.type === 'Rejoined')?.event, {
      lost: ['$macros', '$seal', 'desk'],
    })
  },
)

void t.test(
  'the server comes back without all that it had: the loss and what was done alone are on record, and it goes on',
  needsRedis,
  async (t) => {
    const server = await startServer(t) // it keeps nothing
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port)}\n`
    const hub = await openHub(t, server.port, { devices })
    await hub.owns()
    const first = await hub.submit(hit(1))
    t.match(await hub.ended(first.id), { outcome: 'confirmed' })
    await server.stop('SIGKILL')
    await hub.isAlone()
    t.match(await hub.ended((await hub.submit(hit(2))).id), { outcome: 'confirmed' })
    const empty = await server.again()
    await hub.isAlone(false)
    await hub.owns()
    t.match(await hub.ended((await hub.submit(hit(3))).id), { outcome: 'confirmed' })
    t.match(await hub.submit(hit(1), { id: first.id }), { duplicate: true })
    t.same(device.got, ['HIT 1', 'HIT 2', 'HIT 3'])
    await hub.stop()
    const entries = await entriesOf(empty)
    const story = storyOf(entries)
    t.same(
      story.filter((word) => / [23]$/.test(word)),
      [...whole(2), ...whole(3)],
    )
    t.same(
      story.filter((word) => / 1$/.test(word)),
      ['IntentAccepted 1', 'IntentEnded 1'],
      'what it remembers of what was lost',
    )
    t.equal(entries.filter(({ event }) => event.type === 'LogGap').length, 1)
  },
)

void t.test(
  'a hub that is alone refuses what it does not act for, and says where to press',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
    const device = await lineDevice(t)
    const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a')}\n`
    const a = await openHub(t, server.port, { devices })
    await a.owns()
    const b = await openHub(t, server.port, { name: 'hub-b', devices })
    await server.stop('SIGKILL')
    await Promise.all([a.isAlone(), b.isAlone()])
    t.match(await b.submit(hit(1)), {
      refusal: {
        code: 'out-of-reach',
        failure: { code: 'unreachable', detail: /press at the hub/ },
      },
    })
    t.match(await a.ended((await a.submit(hit(2))).id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 2'])
    await server.again()
    await Promise.all([a.isAlone(false), b.isAlone(false)])
    t.match(await b.ended((await b.submit(hit(3))).id), { outcome: 'confirmed' })
    await a.stop()
    await b.stop()
  },
)
