import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { decodeEntry, timeOf } from '../../bus/entry.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openFileLog } from '../../bus/log-file/log.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { LogError, type EventLog } from '../../bus/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import { openCore, type CoreOptions } from '../compose.ts'
import { configFrom, mortal, newData, parts } from '../core.contract.ts'
import { disclosuresOf, journalOf } from '../data-folder.ts'

// A hub whose start fails, however late, has nothing open any more: its process ends with the error, and the next start finds
// its folder, its name and its devices free.

const plain = 'site: s\nhub: h\n'

interface Start {
  readonly data: string
  readonly clock: ReturnType<typeof fakeClock>
  readonly options: CoreOptions
}

function startOf(t: Test, config = plain): Start {
  const [data, clock] = [newData(t), fakeClock()]
  return { data, clock, options: { parts, config: configFrom(config), data, version: 't', clock } }
}

const journal = (data: string) =>
  openFileLog(journalOf(data), { timeOf, segmentBytes: 64 * 1024 * 1024 })

async function eventsOf(data: string): Promise<readonly BusEvent[]> {
  const log = await journal(data)
  const all = (await log.tail(1000)).map((stored) => decodeEntry(stored).event)
  await log.close()
  return all
}

async function leavesNothing(
  t: Test,
  { options, clock, data }: Start,
  fault: { name: string } | { message: RegExp },
) {
  await t.rejects(openCore(options), fault)
  t.equal(clock.nextMs(), null, 'nothing of it waits any more')
  await (await journal(data)).close()
  t.pass('its journal is free')
}

/** It fails so, leaves nothing, and starts in the same folder where the fault is gone. */
async function failsLate(t: Test, start: Start, fault: RegExp, good: CoreOptions = start.options) {
  await leavesNothing(t, start, { message: fault })
  const core = await openCore(good)
  t.not(start.clock.nextMs(), null, 'control: a hub that runs does wait')
  await t.rejects(journal(start.data), { code: 'locked' }, 'control: and its journal is not free')
  await core.close('the test is over')
}

void t.test('a newest line that is no entry', async (t) => {
  const start = startOf(t)
  const log = await journal(start.data)
  await log.append(['no entry'], 'durable')
  await log.close()
  await leavesNothing(t, start, { name: 'EntryError' })
})

void t.test('a line in the middle that is no entry: the room cannot be folded', async (t) => {
  const start = startOf(t)
  const first = await journal(start.data)
  await first.append(['no entry'], 'durable')
  await first.close()
  const other = startOf(t)
  await (await openCore(other.options)).close('it is only for its entries')
  const good = await journal(other.data)
  const bodies = (await good.tail(10)).map(({ body }) => body)
  await good.close()
  const log = await journal(start.data)
  await log.append(bodies, 'durable')
  await log.close()
  await leavesNothing(t, start, { name: 'EntryError' })
})

void t.test('what is kept beside the journal cannot be read', async (t) => {
  const start = startOf(t)
  mkdirSync(start.data, { recursive: true })
  writeFileSync(disclosuresOf(start.data), 'a file where a folder should be')
  await t.rejects(openCore(start.options), LogError)
  rmSync(disclosuresOf(start.data))
  const core = await openCore(start.options)
  await t.rejects(journal(start.data), { code: 'locked' }, 'control: its journal was in its way')
  await core.close('the test is over')
})

void t.test('a slow lane whose server has no address', async (t) => {
  const config = `${plain}slowLane: { redis: '\${env:NO_SUCH_LANE}' }\n`
  const start = startOf(t, config)
  await failsLate(t, start, /NO_SUCH_LANE/, { ...start.options, config: configFrom(plain) })
  const types = (await eventsOf(start.data)).map(({ type }) => type)
  t.same(types, ['HubStarted', 'HubStopped'], 'what has not started has not stopped either')
})

void t.test('a device that cannot be opened', async (t) => {
  const start = startOf(
    t,
    `${plain}devices:\n  desk: { protocol: osc, host: 127.0.0.1, port: 9 }\n`,
  )
  const osc = parts.adapters.get('osc')
  if (osc === undefined) throw new Error('there is an adapter for OSC')
  const open = () => {
    throw new Error('there is no socket left')
  }
  const adapters = new Map([...parts.adapters, ['osc', { ...osc, open }]])
  const broken = { ...start, options: { ...start.options, parts: { ...parts, adapters } } }
  await failsLate(t, broken, /no socket left/, start.options)
  const events = await eventsOf(start.data)
  t.match(events[0], { type: 'HubStarted' })
  t.match(
    events[1],
    { type: 'HubStopped', reason: 'it could not start: there is no socket left' },
    'on the record',
  )
})

/** Refuses what has such a word. */
const refusing = (log: EventLog, word: string): EventLog => ({
  ...log,
  append: (bodies, durability) =>
    bodies.some((body) => body.includes(word))
      ? Promise.reject(new LogError('full', 'no space left'))
      : log.append(bodies, durability),
})

void t.test('a journal that takes no entry: the name is free again for the next', async (t) => {
  const { options, clock } = startOf(t)
  const site = memorySite(clock, 10_000)
  const log = openMemoryLog(undefined, true)
  const hub = (own: EventLog) => openCore({ ...options, log: mortal(own), presence: site.join() })
  await t.rejects(hub(refusing(log, 'HubStarted')), { code: 'full' })
  t.equal(clock.nextMs(), null, 'nothing of it waits any more')
  const core = await hub(log)
  await core.members?.beat()
  t.match(core.members?.hubs(), [{ hub: 'h' }], 'control: it has joined its site')
  await t.rejects(
    site.join().beat({ ...signOf('h') }),
    { code: 'locked' },
    'control: with its name',
  )
  await core.close('the test is over')
})

const signOf = (hub: string) => ({
  ...{ hub, url: '', version: 't', startedAt: 0, at: 0 },
  ...{ position: null, lagMs: 0, leaving: false },
})

void t.test(
  'a shared journal that cannot be followed: what never comes back is not waited for',
  async (t) => {
    const { options, clock } = startOf(t)
    const log = openMemoryLog(undefined, true)
    const lost = new LogError('position', 'the log has no such line')
    const blind: EventLog = {
      ...log,
      async *follow() {
        yield await Promise.reject(lost)
      },
    }
    const hub = (own: EventLog) => openCore({ ...options, log: mortal(own) })
    await t.rejects(hub(blind), { cause: lost })
    t.equal(clock.nextMs(), null)
    const core = await hub(log)
    t.not(clock.nextMs(), null, 'control: the same log, followed')
    await core.close('the test is over')
  },
)
