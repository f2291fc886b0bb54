import t from 'tap'
import type { Seal } from './answers.ts'
import { sealAges } from './seal-ages.ts'

const now = Date.UTC(2026, 10, 22, 0, 8, 56)

const seal: Seal = {
  sealed: 228,
  signed: 228,
  root: 'abc',
  signedAt: now - 600,
  witnessed: { size: 222, at: now - 2000 },
  unwitnessed: null,
  trouble: null,
  signs: true,
  behindSince: null,
  asksWitnesses: true,
  signAfterMs: 1000,
  heartbeatMs: 5000,
}

t.test('a record that is sealed and witnessed says how long ago', async (t) => {
  t.strictSame(sealAges(seal, now), [
    ['sealed', '600 ms ago, 228 entries'],
    ['witnessed', '2.0 s ago, 222 entries'],
  ])
})

t.test('a witness that stays away is stale, and the reason stands beside it', async (t) => {
  const away = 'the witness auditor.example/w1 does not answer at http://127.0.0.1:7810'
  const [, witnessed] = sealAges({ ...seal, unwitnessed: away }, now + 28_000)
  t.strictSame(witnessed, ['witnessed', `STALE: 30 s ago, 222 entries: ${away}`])
})

t.test('a record that is not sealed says why, with no control characters', async (t) => {
  const [sealed] = sealAges({ ...seal, trouble: 'others may read log.key\u001b[2J' }, now)
  t.strictSame(sealed, ['sealed', 'NOT sealed: others may read log.key\\x1b[2J'])
  t.match(sealAges(null, now)[0]?.[1], /^off/)
})
