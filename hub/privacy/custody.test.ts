import t, { type Test } from 'tap'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeClock } from '../../bus/clock.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { EventLog } from '../../bus/log.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../../intents/id.ts'
import type { Actor, Intent } from '../../intents/intent.ts'
import { lineDevice } from '../../test/devices.ts'
import { newData, openTestCore, type TestCore } from '../core.contract.ts'
import { recordOf } from '../audit/record-of.ts'
import { intentView } from '../views.ts'

// Corrections, legal holds, and personal text that can be erased: on a whole core, with a device that takes lines.

const desk = 'desk' as DeviceId
const auditor: Actor = { type: 'operator', id: 'ines', surface: 'console', control: 'witness' }
const secret = 'Anna Müller wants a taxi'
const say = (text: string): Intent => ({
  verb: 'fire',
  device: desk,
  action: 'say',
  args: { text, to: 'studio' },
})
const title = (value: string): Intent => ({ verb: 'set', device: desk, path: 'title', value })

interface Given {
  readonly log?: EventLog
  readonly data?: string
  readonly port?: number
  readonly personal?: string
}

async function open(t: Test, given: Given = {}) {
  const device = await lineDevice(t)
  const data = given.data ?? newData(t)
  const log = given.log ?? openMemoryLog()
  const config = `
site: s
hub: hub-a
witness: { personal: ${given.personal ?? '[text]'} }
devices:
  desk:
    protocol: tcp
    host: 127.0.0.1
    port: ${given.port ?? device.port}
    reply: '^OK'
    refusal: '^ERR'
    actions: { say: "SAY {text} TO {to}\\n" }
    sets: { title: "TITLE {value}\\n" }
    rules: { title: { personal: true } }
`
  const room = await openTestCore(t, { config, data, log, clock: fakeClock() })
  return { device, data, ...room, log }
}

/** What is on the disk beside the log. */
function besideOf(data: string): string {
  const folder = join(data, 'disclosures')
  return existsSync(folder)
    ? readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('')
    : ''
}

/** Everything of a data folder and of its log as text. */
async function everything({ data, log, core }: Pick<TestCore, 'log' | 'core'> & { data: string }) {
  await core.journal.recorder.idle()
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .filter((path) => statSync(path).isFile())
  const stored = (await log.tail(10_000)).map(({ body }) => body)
  return [...stored, ...files.map((path) => readFileSync(path, 'utf8'))].join('\n')
}

const logged = async (log: EventLog) => (await log.tail(10_000)).map(({ body }) => body).join('\n')

async function viewOf({ core, log }: TestCore, id: IntentId) {
  const record = await recordOf(core.room, log, id)
  if (record === null) throw new Error(`no intent ${id}`)
  return core.personal.show(intentView(record, core.room.custody.state))
}

void t.test('a correction stands beside what was recorded, which stays', async (t) => {
  const room = await open(t)
  const { id, position } = await room.submit(say('cue 11'))
  await room.ended(id)
  const { custody } = room.core
  t.match(await custody.correct({ intent: id }, 'cue 12 was meant', auditor), { refusal: null })
  t.match(await custody.correct({ position }, 'and by the director', auditor), { refusal: null })
  t.match(await viewOf(room, id), {
    intent: { args: { text: 'cue 11' } },
    corrections: [
      { text: 'cue 12 was meant', actor: auditor },
      { text: 'and by the director', actor: auditor },
    ],
  })
  t.match(await custody.correct({ position: '1' }, 'started by hand', auditor), { refusal: null })
  for (const [query, code] of [
    [{ intent: newId(1) }, 'unknown-intent'],
    [{ position: '999' }, 'unknown-position'],
    [{ position: 'x' }, 'unknown-position'],
    [{ position: '1-2.3' }, 'unknown-position'],
  ] as const)
    t.match(await custody.correct(query, 'no', auditor), { refusal: { code } })
})

void t.test('a legal hold is placed once, and released once, in writing', async (t) => {
  const { core } = await open(t)
  const { custody } = core
  const hold = { name: 'case-7', from: 5 as Instant, to: 9 as Instant, reason: 'claim' }
  t.match(await custody.placeHold(hold, auditor), { refusal: null })
  t.match(await custody.placeHold(hold, auditor), { refusal: { code: 'hold-exists' } })
  t.match(await custody.placeHold({ ...hold, name: 'b', to: 4 as Instant }, auditor), {
    refusal: { code: 'bad-argument', field: 'to' },
  })
  t.match(await custody.releaseHold('case-8', 'letter', auditor), {
    refusal: { code: 'unknown-legal-hold', failure: { detail: /there are: case-7/ } },
  })
  t.match(await custody.releaseHold('case-7', 'letter of the 3rd', auditor), { refusal: null })
  t.match(await custody.releaseHold('case-7', 'again', auditor), {
    refusal: { code: 'hold-released' },
  })
  t.match(custody.legalHolds(), [
    { ...hold, placedBy: auditor, released: { by: auditor, writtenRelease: 'letter of the 3rd' } },
  ])
  t.match(await custody.placeHold(hold, auditor), { refusal: null }, 'the name is free again')
})

void t.test('the device gets personal text, the journal never does', async (t) => {
  const room = await open(t)
  const { id } = await room.submit(say(secret))
  t.match(await room.ended(id), { outcome: 'confirmed' })
  const set = await room.submit(title('Frau Müller, 1st row'))
  t.match(await room.ended(set.id), { outcome: 'confirmed' })
  t.same(room.device.got, [`SAY ${secret} TO studio`, 'TITLE Frau Müller, 1st row'])
  t.notMatch(await logged(room.log), 'Müller')
  t.match(await logged(room.log), /"args":\{"text":\{"\$commitment":"[^"]{44}"\},"to":"studio"\}/)
  t.match(await viewOf(room, id), { intent: { args: { text: secret, to: 'studio' } } })
  await room.core.save()
  t.match(besideOf(room.data), secret, 'control: it is beside the log')
  rmSync(join(room.data, 'disclosures'), { recursive: true })
  t.notMatch(await everything(room), 'Müller', 'and nowhere else, snapshots included')
})

void t.test('without the rule the text is in the journal: the control of all this', async (t) => {
  const room = await open(t, { personal: '[]' })
  const { id } = await room.submit(say(secret))
  await room.ended(id)
  t.match(await logged(room.log), secret)
  t.match(await room.core.custody.redact({ intent: id }, 'asked', auditor), {
    refusal: { code: 'nothing-personal' },
  })
  t.notOk(existsSync(join(room.data, 'disclosures')), 'and nothing is kept beside it')
})

void t.test(
  'a refused intent leaves no personal text either, and its sender is told all',
  async (t) => {
    const room = await open(t)
    const unknown = {
      verb: 'fire',
      device: 'nobody' as DeviceId,
      action: 'say',
      args: { text: secret },
    }
    const refused = await room.submit(unknown as Intent)
    t.match(refused, { refusal: { code: 'unknown-device' } })
    const elsewhere = await room.submit({
      verb: 'set',
      device: 'nobody' as DeviceId,
      path: 'title',
      value: secret,
    })
    t.match(elsewhere, { refusal: { code: 'unknown-device' } })
    t.notMatch(await logged(room.log), 'Müller')
  },
)

void t.test(
  'a device that repeats the text in its error does not bring it into the journal',
  async (t) => {
    const room = await open(t)
    room.device.answer((line) => `ERR cannot do "${line}"`)
    const { id } = await room.submit(say(secret))
    t.match(await room.ended(id), { outcome: 'refused', failure: { detail: /\[personal\]/ } })
    t.notMatch(await logged(room.log), 'Müller')
  },
)

void t.test(
  'nobody can have a commitment of the journal delivered or shown as theirs',
  async (t) => {
    const room = await open(t)
    const { id } = await room.submit(say(secret))
    await room.ended(id)
    const [, commitment = ''] = /"\$commitment":"([^"]{44})"/.exec(await logged(room.log)) ?? []
    const stolen = { text: { $commitment: commitment }, to: 'me' }
    const before = room.device.got.length
    t.match(await room.submit({ verb: 'fire', device: desk, action: 'say', args: stolen }), {
      refusal: { code: 'reserved' },
    })
    t.match(await room.submit({ ...title(''), value: [stolen] } as Intent), {
      refusal: { code: 'reserved' },
    })
    t.equal(room.device.got.length, before)
  },
)

void t.test('a hub that was killed delivers personal text from beside the log', async (t) => {
  const log = openMemoryLog()
  const data = newData(t)
  const away = await open(t, { log, data, port: 9 })
  const { id } = await away.submit(title(secret))
  away.die()
  await away.stop()
  const again = await open(t, { log, data })
  t.match(await again.ended(id), { outcome: 'confirmed' })
  t.same(again.device.got, [`TITLE ${secret}`])
  t.notMatch(await logged(log), 'Müller')
})

void t.test(
  'where it was taken away from beside the log the intent fails and says so',
  async (t) => {
    const log = openMemoryLog()
    const data = newData(t)
    const away = await open(t, { log, data, port: 9 })
    const { id } = await away.submit(title(secret))
    away.die()
    await away.stop()
    rmSync(join(data, 'disclosures'), { recursive: true })
    const again = await open(t, { log, data })
    t.match(await again.ended(id), { outcome: 'failed', failure: { detail: /erased, or lost/ } })
    t.same(again.device.got, [])
  },
)

void t.test('what is redacted is nowhere, and who did it is recorded', async (t) => {
  const room = await open(t)
  const { custody } = room.core
  const { id } = await room.submit(say(secret))
  await room.ended(id)
  const other = await room.submit(say('cue 12'))
  await room.ended(other.id)
  const before = await logged(room.log)
  t.match(await custody.redact({ intent: id }, 'erasure asked for', auditor), { refusal: null })
  t.match(await viewOf(room, id), { intent: { args: { text: '[redacted]', to: 'studio' } } })
  t.match(await viewOf(room, other.id), { intent: { args: { text: 'cue 12' } } })
  await room.core.save()
  t.notMatch(await everything(room), 'Müller')
  t.ok((await logged(room.log)).startsWith(before), 'what was recorded is as it was')
  const after = (await room.entries()).map(({ event }) => event).slice(-2)
  t.match(after, [
    { type: 'Redacted', actor: auditor, reason: 'erasure asked for', subject: { intent: id } },
    { type: 'ValuesErased', erased: 1 },
  ])
  t.match(await custody.redact({ intent: id }, 'again', auditor), {
    refusal: { code: 'already-redacted' },
  })
})

void t.test('nothing is redacted while it is open, or under a legal hold', async (t) => {
  const room = await open(t, { port: 9 })
  const { custody } = room.core
  const { id } = await room.submit(title(secret))
  t.match(await custody.redact({ intent: id }, 'asked', auditor), {
    refusal: { code: 'still-open' },
  })
  room.clock.advance(40_000)
  await room.ended(id)
  const hold = { name: 'case-7', from: null, to: null, reason: 'claim' }
  await custody.placeHold(hold, auditor)
  t.match(await custody.redact({ intent: id }, 'asked', auditor), {
    refusal: { code: 'under-legal-hold', failure: { detail: /case-7 covers it \(claim\)/ } },
  })
  t.match(besideOf(room.data), secret)
  await custody.releaseHold('case-7', 'letter', auditor)
  t.match(await custody.redact({ intent: id }, 'asked', auditor), { refusal: null })
  t.notMatch(besideOf(room.data), 'Müller')
})

void t.test(
  'a lasting value goes to its device again as it was recorded, and not once it is erased',
  async (t) => {
    const room = await open(t)
    const { id } = await room.submit(title(secret))
    await room.ended(id)
    const upAgain = async (n: number) => {
      await room.device.unplug()
      await room.until('the link is down', () => linkOf(room) === false)
      await room.device.plug()
      room.clock.advance(60_000)
      await room.until(`the link is up, ${n}`, () => linkOf(room) === true)
    }
    await upAgain(1)
    await room.device.until((got) => got.length === 2)
    t.same(room.device.got, [`TITLE ${secret}`, `TITLE ${secret}`])
    const commitments = new Set((await logged(room.log)).match(/"\$commitment":"[^"]{44}"/g))
    t.equal(commitments.size, 1, 'one to erase')
    await room.until('it has ended', () => room.core.room.deliveries.state.open === 0)
    t.match(await room.core.custody.redact({ intent: id }, 'asked', auditor), { refusal: null })
    await upAgain(2)
    const mark = await room.submit(say('mark'))
    await room.ended(mark.id)
    t.same(room.device.got.slice(2), ['SAY mark TO studio'])
  },
)

void t.test('an erasure that a crash cut short is ended at the next start', async (t) => {
  const log = openMemoryLog()
  const data = newData(t)
  const first = await open(t, { log, data })
  const { id } = await first.submit(say(secret))
  await first.ended(id)
  const text = besideOf(data)
  await first.core.custody.redact({ intent: id }, 'asked', auditor)
  await first.stop()
  t.notMatch(besideOf(data), 'Müller', 'control: it was erased')
  // as if the process had ended between the two: the entry is there, and so is the text
  const lines = (await log.tail(10_000)).filter(({ body }) => !body.includes('ValuesErased'))
  const torn = openMemoryLog()
  await torn.append(
    lines.map(({ body }) => body),
    'durable',
  )
  writeFileSync(join(data, 'disclosures', '000001.txt'), text)
  rmSync(join(data, 'snapshots'), { recursive: true, force: true })
  const again = await open(t, { log: torn, data })
  await again.until('it is erased', () => again.core.room.custody.state.unerased.size === 0)
  t.notMatch(besideOf(data), 'Müller')
  t.match(await viewOf(again, id), { intent: { args: { text: '[redacted]' } } })
})

function linkOf({ core }: TestCore): boolean | null {
  return core.room.devices.state.devices.get(desk)?.link.up ?? null
}
