import t from 'tap'
import { diffGiven } from './inspect.ts'
import { changesOf } from './changes.ts'
import { replayGiven } from './inspect.ts'
import { evening, given, recordedRoom } from '../recorded.contract.ts'

void t.test('what differs between two moments is said once, as it was and as it is', async (t) => {
  const room = await recordedRoom(t)
  const last = String(room.entries.length)
  const begin = room.position(({ event }) => event.type === 'Delivered')
  const diff = await diffGiven(given({ data: room.data }), begin, last)
  t.match(diff, {
    from: { position: begin },
    to: { position: last },
    since: null,
    entries: Number(last) - Number(begin),
    outcomes: { sent: 7, refused: 2, confirmed: 2, failed: 0 },
    failures: [{ id: room.ids.refused }, { id: room.ids.held }],
    hubs: [{ hub: 'hub-a', event: { type: 'HubStopped' } }],
  })
  const desired = diff.changes.find(({ what, path }) => what === 'desired' && path === '/level')
  t.strictSame(desired, { what: 'desired', of: 'desk', path: '/level', before: 0.5, after: 0 })
  const reported = diff.changes.find(({ what, path }) => what === 'reported' && path === '/tape')
  t.strictSame(reported, { what: 'reported', of: 'desk', path: '/tape', before: null, after: 1 })
  t.notOk(
    diff.changes.some(({ what }) => what === 'hold' || what === 'run'),
    'off, on and off is off',
  )
  t.equal(
    Object.values(diff.types).reduce((a, b) => a + b, 0),
    diff.entries,
  )
})

void t.test('at every pair of moments the difference is that of the two rooms', async (t) => {
  const room = await recordedRoom(t)
  const at = room.entries.map(({ position }) => position).filter((_, i) => i % 5 === 0)
  let pairs = 0
  for (const [i, from] of at.entries())
    for (const to of at.slice(i)) {
      const [a, b] = await Promise.all(
        [from, to].map((one) => replayGiven(given({ data: room.data }), one)),
      )
      if (a === undefined || b === undefined) throw new Error('two rooms')
      const { changes, entries } = await diffGiven(given({ data: room.data }), from, to)
      t.strictSame([changes, entries], [changesOf(a, b), Number(to) - Number(from)])
      if (changes.length > 0) pairs++
      else if (from === to) t.strictSame(changes, [])
    }
  t.ok(pairs > 10, 'control: some of them differ')
})

void t.test('times do as well, from a bundle, and what is held and runs is told', async (t) => {
  const room = await recordedRoom(t)
  const on = room.position(
    ({ event }) => event.type === 'IntentAccepted' && event.submission.intent.verb === 'hold',
  )
  const wait = room.position(({ event }) => event.type === 'RunAdvanced' && event.wakeAt !== null)
  const bundle = await room.bundle()
  const time = new Date(evening + 1500).toISOString()
  const held = await diffGiven(given({ bundle, keys: [room.key] }), time, on)
  t.match(held.changes[0], { what: 'hold', before: false, after: true })
  const running = await diffGiven(given({ bundle }), time, wait)
  t.match(
    running.changes.find(({ what }) => what === 'run'),
    { before: null, after: 'opener, step 2' },
  )
  t.match(
    running.changes.find(({ what }) => what === 'open'),
    { of: room.ids.opener, before: null },
  )
})

void t.test('moments that are none, or the wrong way round, are said to be', async (t) => {
  const room = await recordedRoom(t)
  const no = (from: string, to: string, why: RegExp, bundle?: string) =>
    t.rejects(
      diffGiven(given(bundle === undefined ? { data: room.data } : { bundle }), from, to),
      why,
    )
  const [early, late] = [evening + 10, evening + 3000].map((at) => new Date(at).toISOString())
  if (early === undefined || late === undefined) throw new Error('two times')
  await no('9', '3', /position 3 comes before position 9: give the earlier moment first/)
  await no(late, early, /comes before/)
  await no(late, '2', /position 2 comes before 2026/)
  await no('20', early, /comes before position 20/)
  await no('3', '10000', /there is no position 10000/)
  await no('10000', '20000', /there is no position 10000/)
  await no('2001-01-01T00:00:00Z', '3', /the record begins at/)
  await no('3', 'noon', /neither a position/)
  await no('1', '9', /there is no position 1/, await room.bundle('5', '12'))
  t.match(await diffGiven(given({ data: room.data }), '3', '9'), { entries: 6 }, 'control')
})
