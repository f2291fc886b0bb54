import t, { type Test } from 'tap'
import type { Recorded } from '../bus/entry.ts'
import { openMemoryLog } from '../bus/log-memory/log.ts'
import type { Durability, EventLog } from '../bus/log.ts'
import { newId, type DeviceId, type IntentId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { keptEnded } from '../projections/deliveries.ts'
import { openDesk, openTestCore } from './core.contract.ts'
import { aheadMs, noDefaults } from './intake.ts'

async function open(t: Test) {
  const desk = await openDesk(t)
  const memory = openMemoryLog()
  const appended: Durability[] = []
  const log: EventLog = {
    ...memory,
    append(bodies, durability) {
      if (bodies.some((body) => body.includes('"IntentAccepted"'))) appended.push(durability)
      return memory.append(bodies, durability)
    },
  }
  const config = `
site: s
hub: hub-a
devices:
  desk:
    protocol: osc
    host: 127.0.0.1
    port: ${desk.port}
    rules:
      /fast: { durability: live, expiresIn: 2s }
      /safe: { durability: durable }
  quick: { protocol: osc, host: 127.0.0.1, port: ${desk.port}, durability: live, rules: { /safe: { durability: durable } } }
  away: { protocol: osc, host: "\${env:INFRA_TEST_NEVER_SET}", port: 9, delivery: { attempts: 1 } }
intents:
  both: [{ set: desk, path: /level, value: 0 }, { fire: desk, action: /fast }]
  broken: [{ fire: desk, action: /a }, { fire: away, action: /b }, { do: both }]
`
  return { desk, appended, ...(await openTestCore(t, { config, log })) }
}

const soon = () => AbortSignal.timeout(10_000)
const fire = (action: string, device = 'desk'): Intent => ({
  verb: 'fire',
  device: device as DeviceId,
  action,
  args: [],
})

void t.test('the same id many times at once is one press', async (t) => {
  const { submit, desk, ended } = await open(t)
  const id = newId(1_800_000_000_000)
  const receipts = await Promise.all([1, 2, 3, 4, 5].map(() => submit(fire('/go'), { id })))
  t.strictSame(
    receipts.map(({ duplicate }) => duplicate),
    [false, true, true, true, true],
  )
  t.equal(new Set(receipts.map(({ position }) => position)).size, 1)
  t.match(await submit(fire('/other'), { id }), { duplicate: true })
  await ended(id)
  await ended((await submit(fire('/marker'))).id)
  await desk.until(2, soon())
  t.strictSame(desk.received(), ['/go', '/marker'])
})

void t.test('an id that the folds have forgotten is found in the log', async (t) => {
  const { submit, core, until, entries } = await open(t)
  const old = [newId(1_800_000_000_000), '919108f7-52d1-4320-9bac-f847db4148a8' as IntentId]
  const first = []
  for (const id of old) first.push(await submit(fire('/old'), { id }))
  await Promise.all(Array.from({ length: 2 * keptEnded }, () => submit(fire('/new'))))
  const { state } = core.room.deliveries
  await until('all have ended', () => state.open === 0)
  const { intents } = state
  t.notOk(
    old.some((id) => intents.has(id)),
    'control: they are forgotten',
  )
  const again = await Promise.all(old.map((id) => submit(fire('/old'), { id })))
  t.strictSame(
    again,
    first.map((receipt) => ({ ...receipt, duplicate: true })),
  )
  const sent = (await entries()).filter(
    ({ event }) => event.type === 'AttemptStarted' && old.includes(event.intent),
  )
  t.equal(sent.length, old.length, 'and was not sent again')
  t.match(await submit(fire('/new'), { id: newId(1_800_000_000_000) }), { duplicate: false })
})

void t.test('an id from the future is refused: it could not be found again', async (t) => {
  const { submit, clock, ended } = await open(t)
  const ahead = (ms: number) => {
    const time = (clock.now() + ms).toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000` as IntentId
  }
  t.match(await submit(fire('/go'), { id: ahead(aheadMs) }), { refusal: null })
  const id = ahead(aheadMs + 1)
  t.match(await submit(fire('/go'), { id }), { refusal: { code: 'bad-id', field: 'id' } })
  t.match(await ended(id), { outcome: 'refused' })
})

void t.test('what comes too late is refused, recorded, and ends as expired', async (t) => {
  const { submit, entries, ended } = await open(t)
  const { id, refusal } = await submit(fire('/go'), { expiresInMs: 0 })
  t.match(refusal, { code: 'expired', field: 'expiresInMs', failure: { code: 'expired' } })
  t.match(await ended(id), { outcome: 'expired' })
  const types = (await entries()).flatMap(({ event }) =>
    'submission' in event && event.submission.id === id ? [event.type] : [],
  )
  t.strictSame(types, ['IntentRefused'])
})

void t.test('an expiry is the sender’s, else the action’s, else the surface’s', async (t) => {
  const { core, wish, clock } = await open(t)
  const surface = { durability: null, expiresInMs: 9000 }
  const expiry = async (action: string, expiresInMs?: number, defaults = surface) => {
    const more = expiresInMs === undefined ? {} : { expiresInMs }
    const { id } = await core.intake.submit(wish(fire(action), more), defaults)
    const at = core.room.deliveries.state.intents.get(id)?.submission.expiresAt
    return at == null ? null : at - clock.now()
  }
  t.equal(await expiry('/fast', 500), 500)
  t.equal(await expiry('/fast'), 2000)
  t.equal(await expiry('/go'), 9000)
  t.equal(await expiry('/go', undefined, { ...surface, expiresInMs: 0 }), 0)
  const { id } = await core.intake.submit(wish(fire('/go')), noDefaults)
  t.equal(core.room.deliveries.state.intents.get(id)?.submission.expiresAt, null)
})

void t.test(
  'how safe an entry is, is the action’s, the device’s, the surface’s word',
  async (t) => {
    const { core, wish, appended } = await open(t)
    const surface = { durability: 'live', expiresInMs: null } as const
    const asked = async (intent: Intent, defaults = noDefaults) => {
      appended.length = 0
      await core.intake.submit(wish(intent), defaults)
      return appended[0]
    }
    t.equal(await asked(fire('/go')), 'durable', 'unless somebody says otherwise')
    t.equal(await asked(fire('/go'), surface), 'live')
    t.equal(await asked(fire('/fast')), 'live')
    t.equal(await asked(fire('/safe'), surface), 'durable')
    t.equal(await asked(fire('/go', 'quick')), 'live')
    t.equal(await asked(fire('/safe', 'quick')), 'durable')
  },
)

void t.test(
  'a named intent and all it stands for are one commit, and it ends as the worst',
  async (t) => {
    const { core, submit, ended, desk, clock } = await open(t)
    const commits: (readonly Recorded[])[] = []
    core.journal.recorder.onCommit((batch) => commits.push(batch))
    const good = await submit({ verb: 'do', name: 'both', args: {} })
    const types = commits
      .find((batch) => batch.some(({ position }) => position === good.position))
      ?.map(({ event }) => event.type)
    t.strictSame(types, [
      'IntentAccepted',
      'IntentAccepted',
      'AttemptStarted',
      'IntentAccepted',
      'AttemptStarted',
    ])
    t.match(await ended(good.id), { outcome: 'sent', failure: null })
    const { intents } = core.room.deliveries.state
    const children = (id: IntentId) =>
      (intents.get(id)?.children ?? []).map((child) => intents.get(child))
    t.match(children(good.id), [
      { submission: { cause: { intent: good.id, step: 0 }, expiresAt: null, trace: good.id } },
      { submission: { cause: { intent: good.id, step: 1 }, expiresAt: clock.now() + 2000 } },
    ])

    const bad = await submit({ verb: 'do', name: 'broken', args: {} })
    t.match(await ended(bad.id), { outcome: 'failed', failure: { detail: /INFRA_TEST_NEVER_SET/ } })
    t.strictSame(
      children(bad.id).map((child) => child?.outcome?.type),
      ['sent', 'failed', 'sent'],
    )
    await desk.until(5, soon())
    const strict = await submit({ verb: 'do', name: 'both', args: {} }, { expiresInMs: 700 })
    for (const child of children(strict.id)) t.equal(child?.submission.expiresAt, clock.now() + 700)
  },
)

void t.test('hold refuses everything until it is released', async (t) => {
  const { submit, ended, desk } = await open(t)
  const outcome = async (intent: Intent) => (await ended((await submit(intent)).id)).outcome
  t.equal(await outcome({ verb: 'hold', on: true }), 'confirmed')
  const { id } = await submit(fire('/held'))
  t.match(await ended(id), { outcome: 'refused', failure: { code: 'held' } })
  t.equal(await outcome({ verb: 'do', name: 'both', args: {} }), 'refused')
  t.equal(await outcome({ verb: 'hold', on: false }), 'confirmed')
  t.equal(await outcome(fire('/free')), 'sent')
  await desk.until(1, soon())
  t.strictSame(desk.received(), ['/free'])
})
