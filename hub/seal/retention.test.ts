import t, { type Test } from 'tap'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeClock } from '../../bus/clock.ts'
import { needsRedis, startServer } from '../../bus/log-redis/server.fixture.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../../intents/id.ts'
import type { Actor } from '../../intents/intent.ts'
import { lineConfig, lineDevice } from '../../test/devices.ts'
import { until } from '../../test/site.ts'
import { auditSeal } from '../audit/audit.ts'
import { openCore, type Core } from '../compose.ts'
import { configFrom, newData, parts } from '../core.contract.ts'
import { noDefaults } from '../intake.ts'
import { replayGiven } from '../audit/inspect.ts'
import { verifyJournal, verifyRecord } from '../audit/offline.ts'
import { openRetention } from './retention.ts'
import { openSealing } from './sealing.ts'

// The record is cut off behind what is old, sealed and under no hold; and everything goes on from there.

// whole hubs, each with a process that seals: on a busy machine that takes its time
t.setTimeout(180_000)

const desk = 'desk' as DeviceId
const anna: Actor = { type: 'operator', id: 'anna', surface: 'test', control: '' }
const dayMs = 24 * 3_600_000
const trust = { keys: [], policy: null, heads: [], strict: true }

/** A clock that stands still until `advance`, and can leap: weeks of timers are not what this is about. */
function leapingClock(start?: number) {
  const clock = fakeClock(start)
  let leapt = 0
  return {
    ...clock,
    now: () => (clock.now() + leapt) as Instant,
    leap: (ms: number) => void (leapt += ms),
  }
}

interface Given {
  readonly data: string
  readonly clock: ReturnType<typeof leapingClock>
  readonly port: number
  readonly log?: string
}

/** A core that seals and may trim, as a hub does; its clock stands still. */
async function openRoom({ data, clock, port, log = '{ segmentBytes: 4096 }' }: Given) {
  const config = configFrom(`
site: room
hub: hub-a
log: ${log}
witness: { retention: 2d, signAfter: 50ms }
devices:
  desk: ${lineConfig(port, ', delivery: { setDeadline: 168h, backoffCap: 168h }')}
`)
  const core = await openCore({ parts, config, data, version: 't', clock })
  const sealing = openSealing(config, data, clock)
  sealing.signs(true)
  const tell = () => {
    const at = core.position()
    if (at !== null) sealing.stored(at)
    clock.advance(50)
  }
  const retention = openRetention({
    clock,
    config: () => config,
    data,
    log: core.journal.log,
    recorder: core.journal.recorder,
    custody: () => core.room.custody.state,
    report: () => sealing.report(),
    mayTrim: () => core.signs(),
  })
  return {
    core,
    retention,
    config,
    async press(value: number, id = newId(clock.now())) {
      const intent = { verb: 'set', device: desk, path: 'level', value } as const
      return core.intake.submit({ intent, actor: anna, source: 'test:1', id }, noDefaults)
    },
    /** Until all that is recorded is signed. */
    async sealed() {
      await core.journal.recorder.idle()
      tell()
      await until('it is signed', () => {
        tell()
        return (sealing.report()?.signed ?? 0) >= core.journal.recorder.chain().hseq
      })
    },
    async close() {
      retention.close()
      await core.close('the test is over')
      await sealing.close()
    },
  }
}

type Opened = Awaited<ReturnType<typeof openRoom>>

async function ended(core: Core, id: string): Promise<void> {
  await until(
    'it has ended',
    () => core.room.deliveries.state.intents.get(id as never)?.outcome != null,
  )
}

/** Presses of a day long gone. */
async function presses(room: Opened, clock: Given['clock'], presses = 60): Promise<void> {
  for (let n = 0; n < presses; n++) {
    const { id } = await room.press(n)
    await ended(room.core, id)
  }
  clock.leap(dayMs)
}

/** A UUIDv7 of that time, as a sender made it then. */
function idOf(ms: number): IntentId {
  const time = Math.floor(ms).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001` as IntentId
}

const journalFiles = (data: string) =>
  readdirSync(join(data, 'journal')).filter((name) => name.endsWith('.log'))

const recordIn = (data: string) => ({ bundle: null, config: null, data, keys: [], policy: null })

async function openedFile(t: Test) {
  const device = await lineDevice(t)
  const given = { data: newData(t), clock: leapingClock(), port: device.port }
  return { device, given, room: await openRoom(given) }
}

/** The state of the room without what changes with time. */
const stateOf = ({ core }: Opened) =>
  JSON.stringify(core.room.all.map(({ projection, state }) => projection.save(state)))

void t.test('what is older than the retention goes, and nothing else is lost', async (t) => {
  const { given, room, device } = await openedFile(t)
  const { clock, data } = given
  await presses(room, clock)
  t.equal(await room.retention.look(), null, 'it is not old yet')
  await device.unplug()
  const open = await room.press(1000)
  clock.leap(dayMs + 3_600_000)
  await device.plug()
  t.equal(
    room.core.room.deliveries.state.intents.get(open.id)?.outcome,
    null,
    'control: it is open',
  )
  const before = journalFiles(data).length
  await room.sealed()
  const upTo = await room.retention.look()
  t.ok(Number(upTo) > 20, `up to ${upTo}`)
  t.ok(journalFiles(data).length < before, 'control: files are gone')
  const [trim] = (await room.core.journal.log.tail(10))
    .map(({ body }) => JSON.parse(body))
    .filter(({ event }) => event.type === 'LogTrimmed')
  t.match(trim.event, { upTo, sealed: Number, tips: [{ hub: 'hub-a', hseq: Number(upTo) }] })
  await room.sealed()
  const was = stateOf(room)
  await room.close()

  t.match(await verifyJournal(data), { ok: true }, 'what is left verifies')
  t.match((await auditSeal(data, trust))?.verdict, { ok: true, from: 0 }, 'and so does all of it')
  const replayed = await replayGiven(recordIn(data), null)
  t.match(
    JSON.stringify(replayed),
    open.id,
    'what is open, and what a device was set to, is still known',
  )
  t.match(was, open.id)
  await t.rejects(replayGiven(recordIn(data), '3'), /the first is/)

  rmSync(join(data, 'snapshots'), { recursive: true })
  const again = await openRoom(given)
  const now = JSON.parse(stateOf(again))
  t.equal(now[0][0].open, JSON.parse(was)[0][0].open, 'from the base on the same is open')
  t.equal(
    again.core.room.activity.state.accepted,
    61,
    'what was cut is still counted: nothing was folded twice or left out',
  )
  const { id } = await again.press(2000)
  await ended(again.core, id)
  t.match(
    await again.press(1, idOf(clock.now() - 5 * dayMs)),
    {
      refusal: { code: 'bad-id' },
    },
    'an id of a time that is gone is not carried out as if it were new',
  )
  await again.close()
  t.match(await verifyJournal(data), { ok: true })
})

void t.test('what is missing after the cut, or was cut by nobody, is broken', async (t) => {
  const { given, room } = await openedFile(t)
  const { clock, data } = given
  await presses(room, clock)
  clock.leap(3 * dayMs)
  await room.press(1)
  await room.sealed()
  const untrimmed = `${data}-untrimmed`
  cpSync(data, untrimmed, { recursive: true, filter: (path) => !path.includes('lock') })
  t.teardown(() => rmSync(untrimmed, { recursive: true, force: true }))
  t.ok(await room.retention.look())
  await room.press(2)
  await room.sealed()
  await room.close()
  t.match(await verifyJournal(data), { ok: true }, 'control')
  t.match((await auditSeal(data, trust))?.verdict, { ok: true }, 'control')

  const first = join(data, 'journal', journalFiles(data)[0] ?? '')
  const content = readFileSync(first)
  rmSync(first)
  t.match(await verifyJournal(data), { ok: false, fault: 'gap' }, 'one more file is gone')
  t.match((await auditSeal(data, trust))?.exit, 5)
  // its first line only: the file is named by what would be its first then
  const rest = content.subarray(content.indexOf(10) + 1)
  const next = Number(/(\d{18})\.log$/.exec(first)?.[1]) + 1
  const renamed = join(data, 'journal', `${String(next).padStart(18, '0')}.log`)
  writeFileSync(renamed, rest)
  t.match(await verifyJournal(data), { ok: false, fault: 'gap' }, 'one more line is gone')
  t.match((await auditSeal(data, trust))?.exit, 5)

  rmSync(join(untrimmed, 'journal', journalFiles(untrimmed)[0] ?? ''))
  t.match(await verifyJournal(untrimmed), { ok: false, fault: 'gap' }, 'cut, and no entry says so')
  t.match((await auditSeal(untrimmed, trust))?.exit, 5)
})

void t.test(
  'a legal hold keeps everything from its beginning on, until it is released',
  async (t) => {
    const { given, room } = await openedFile(t)
    const { clock } = given
    await presses(room, clock)
    const hold = { name: 'case-7', from: null, to: null, reason: 'claim' }
    await room.core.custody.placeHold(hold, anna)
    clock.leap(3 * dayMs)
    await room.press(1)
    await room.sealed()
    t.equal(await room.retention.look(), null)
    await room.core.custody.releaseHold('case-7', 'letter', anna)
    await room.sealed()
    t.ok(await room.retention.look(), 'control: then it goes')
    await room.close()
  },
)

void t.test('what is not sealed stays, however old it is', async (t) => {
  const { given, room } = await openedFile(t)
  await presses(room, given.clock)
  given.clock.leap(3 * dayMs)
  await room.press(1)
  await room.sealed()
  const unsealed = openRetention({
    clock: given.clock,
    config: () => room.config,
    data: given.data,
    log: room.core.journal.log,
    recorder: room.core.journal.recorder,
    custody: () => room.core.room.custody.state,
    report: () => null,
    mayTrim: () => true,
  })
  t.equal(await unsealed.look(), null)
  unsealed.close()
  t.ok(await room.retention.look(), 'control: sealed it goes')
  await room.close()
})

void t.test('a base of another version is made anew from the sealed lines', async (t) => {
  const { given, room } = await openedFile(t)
  const { clock, data } = given
  await presses(room, clock)
  clock.leap(3 * dayMs)
  await room.press(1)
  await room.sealed()
  const upTo = await room.retention.look()
  const { accepted } = room.core.room.activity.state
  const { cutting } = room.core.journal.log
  const base = await cutting?.base()
  await cutting?.cut({
    after: upTo as never,
    text: (base?.text ?? '').replace('"version":3', '"version":2'),
  })
  await room.close()
  rmSync(join(data, 'snapshots'), { recursive: true })
  const again = await openRoom(given)
  t.equal(again.core.room.activity.state.accepted, accepted)
  await again.close()
  rmSync(join(data, 'snapshots'), { recursive: true })
  rmSync(join(data, 'witness', 'segments'), { recursive: true })
  await t.rejects(openRoom(given), /another version, and the sealed lines/)
})

void t.test(
  'on Redis the stream is cut exactly there, and another hub starts from the base',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const device = await lineDevice(t)
    const clock = leapingClock(Date.now())
    const log = `{ engine: redis, url: "redis://127.0.0.1:${server.port}", leaseTtl: 60s }`
    const given = { data: newData(t), clock, port: device.port, log }
    const room = await openRoom(given)
    await until('it signs', () => room.core.signs())
    await until(
      'it has the desk',
      () => room.core.room.leases.state.leases.get(desk)?.hub === 'hub-a',
    )
    for (let n = 0; n < 30; n++) await room.press(n)
    clock.leap(3 * dayMs)
    await room.press(1)
    await room.sealed()
    const before = Number(await server.ask('XLEN', 'if:{room}:journal'))
    const upTo = await room.retention.look()
    t.ok(upTo, 'control: it was cut')
    t.ok(Number(await server.ask('XLEN', 'if:{room}:journal')) < before)
    await room.sealed()
    const { accepted } = room.core.room.activity.state
    t.match(await verifyRecord(room.config, given.data), { ok: true })
    await room.close()
    const other = await openRoom({ ...given, data: newData(t) })
    t.equal(other.core.room.activity.state.accepted, accepted, 'without a snapshot of its own')
    await other.close()
    t.notOk(existsSync(join(given.data, 'journal')))
  },
)
