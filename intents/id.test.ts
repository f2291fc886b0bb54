import t from 'tap'
import { idTime, isId, isName, newId, type IntentId } from './id.ts'

void t.test('an id is a UUID of version 7 that carries its time', async (t) => {
  // RFC 9562 appendix A.6: 2022-02-22T19:22:22.00Z
  t.equal(idTime('017f22e2-79b0-7cc3-98c4-dc0c0c07398f' as IntentId), 1_645_557_742_000)
  const id = newId(1_900_000_000_000)
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(idTime(id), 1_900_000_000_000)
})

void t.test('ids of one millisecond are in order and never the same, however many', async (t) => {
  const now = 1_900_000_000_001
  const ids = Array.from({ length: 20_000 }, () => newId(now))
  t.equal(new Set(ids).size, ids.length)
  t.equal(ids.toSorted().join(), ids.join())
  t.ok(ids.every(isId))
  // 4,096 to the millisecond: then the time part runs ahead (RFC 9562 section 6.2)
  t.equal(idTime(ids.at(-1) ?? newId(0)) - now, 4)
  t.ok(newId(now - 60_000) > (ids.at(-1) ?? ''), 'also when the clock is behind')
})

void t.test('only a lower-case UUID is an id', async (t) => {
  const good = ['017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '919108f7-52d1-4320-9bac-f847db4148a8']
  const bad = [
    '',
    'x',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
    '017f22e279b07cc398c4dc0c0c07398f',
    '017f22e2-79b0-7cc3-18c4-dc0c0c07398f', // not RFC 9562's variant
    '017f22e2-79b0-0cc3-98c4-dc0c0c07398f', // version 0
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
  ]
  for (const id of good) t.ok(isId(id), id)
  for (const id of bad) t.notOk(isId(id), JSON.stringify(id))
  t.equal(idTime('919108f7-52d1-4320-9bac-f847db4148a8' as IntentId), 0, 'version 4 has no time')
})

void t.test('a name is a letter, then letters, digits, _ and -, 64 at most', async (t) => {
  for (const name of ['a', 'Desk_2', 'hub-a', 'a'.repeat(64)]) t.ok(isName(name), name)
  for (const name of ['', '2', '-a', 'a b', 'a/b', 'ä', 'a\n', 'a'.repeat(65)])
    t.notOk(isName(name), JSON.stringify(name))
})
