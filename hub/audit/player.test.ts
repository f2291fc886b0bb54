import t from 'tap'
import { decodeEntry } from '../../bus/entry.ts'
import type { Instant } from '../../intents/id.ts'
import { foldInto } from '../../projections/runner.ts'
import { replayGiven } from './inspect.ts'
import type { Given } from './site-record.ts'
import { evening, given, recordedRoom } from '../recorded.contract.ts'
import { openRoom } from '../room.ts'
import { roomJson } from '../views.ts'
import { replayLog } from './replay.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'

void t.test('the room at every moment is what the entries up to it make of it', async (t) => {
  const room = await recordedRoom(t)
  const folded = openRoom()
  const all = await room.bundle()
  for (const [i, recorded] of room.entries.entries()) {
    foldInto(folded, recorded)
    const then = await replayGiven(given({ data: room.data }), recorded.position)
    t.strictSame({ ...then, ...roomJson(folded) }, then, `position ${recorded.position}`)
    t.match(then, { position: recorded.position, at: recorded.at, entries: i + 1, since: null })
    if (i >= room.sealed) continue
    t.strictSame(
      await replayGiven(given({ bundle: all }), recorded.position),
      then,
      'a bundle says the same',
    )
  }
})

void t.test('a moment is a position or a time, and the room is as it was then', async (t) => {
  const room = await recordedRoom(t)
  const at = async (to: string) => replayGiven(given({ data: room.data }), to)
  const deskOf = ({ devices }: Awaited<ReturnType<typeof at>>) =>
    devices.find(({ id }) => id === 'desk')
  const before = await at(new Date(evening + 900).toISOString())
  t.match(deskOf(before), { desired: { '/level': { value: 0.5 } }, open: 0 })
  const wait = room.position(({ event }) => event.type === 'RunAdvanced' && event.wakeAt !== null)
  t.match(await at(wait), { runs: [{ macro: 'opener', step: 1 }], open: [{ id: room.ids.opener }] })
  const held = await at(String(evening + 3600))
  t.match(held, {
    held: false,
    panel: { '1/0/0': { pending: 0 } },
    hubs: { 'hub-a': { up: true } },
  })
  const on = room.position(
    ({ event }) => event.type === 'IntentAccepted' && event.submission.intent.verb === 'hold',
  )
  t.equal((await at(on)).held, true)
  t.match(deskOf(held), {
    desired: { '/level': { value: 0 } },
    reported: { '/tape': { value: 0 } },
  })
  t.match(await replayGiven(given({ config: room.config, data: room.data }), null), {
    entries: room.entries.length,
    hubs: { 'hub-a': { up: false } },
  })
})

void t.test('part of a record says openly from where on it knows', async (t) => {
  const room = await recordedRoom(t)
  const from = room.position(({ event }) => event.type === 'RunAdvanced')
  const to = room.position(({ event }) => event.type === 'RunAdvanced' && event.state === 'done')
  const bundle = await room.bundle(from, to)
  const then = await replayGiven(given({ bundle }), null)
  t.match(then, { since: { line: Number(from) - 1, position: from }, held: null, runs: [] })
  t.notOk(then.devices.find(({ id }) => id === 'desk')?.desired['nothing'])
  const on = room.position(
    ({ event }) => event.type === 'IntentAccepted' && event.submission.intent.verb === 'hold',
  )
  const later = await replayGiven(given({ bundle: await room.bundle(from) }), on)
  t.equal(later.held, true, 'control: what was said since is known')
  const no = (moment: string, why: RegExp) =>
    t.rejects(replayGiven(given({ bundle }), moment), why, moment)
  await no('1', /there is no position 1: the first is/)
  await no(new Date(evening).toISOString(), /the bundle begins at position/)
  await no(new Date(evening + 60_000).toISOString(), /the bundle ends at position/)
  await no('tomorrow', /neither a position .* nor a time/)
})

void t.test(
  'nothing is said of the future, of no record, and of a position that is none',
  async (t) => {
    const room = await recordedRoom(t)
    const no = (more: Partial<Given>, moment: string | null, why: RegExp) =>
      t.rejects(replayGiven(given({ data: room.data, ...more }), moment), why)
    await no({}, new Date(Date.now() + 3_600_000).toISOString(), /is in the future/)
    await no({}, '100000', /there is no position 100000: the first is 1, the newest/)
    await no({}, '2001-01-01T00:00:00Z', /the record begins at position 1/)
    await no({ data: `${room.data}/none` }, null, /there is no record in/)
    await no({ data: room.key }, null, /is a file: name it with --bundle/)
    await no({ bundle: `${room.data}/none` }, null, /there is no bundle/)
    t.match(
      await replayGiven(given({ data: room.data }), String(evening + 3_000_000)),
      { entries: room.entries.length },
      'control: a quiet room stays as it is',
    )
  },
)

void t.test('a record that has nothing yet has an empty room', async (t) => {
  const log = openMemoryLog()
  t.match(await replayLog(log, null, evening as Instant), {
    position: null,
    at: null,
    entries: 0,
    open: [],
    devices: [],
    held: false,
  })
  await t.rejects(replayLog(log, { position: '1' }, evening as Instant), /nothing is recorded/)
  t.throws(
    () => decodeEntry({ position: '1' as never, body: '{}' }),
    'control: what is no entry is none',
  )
})
