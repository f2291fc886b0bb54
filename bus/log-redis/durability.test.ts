import t from 'tap'
import type { Position } from '../log.ts'
import { serverDurability } from './durability.ts'
import { needsRedis, optionsFor, startServer } from './server.fixture.ts'
import { trimBelow } from './trim.ts'

void t.test('a server is asked what it loses, and answers in numbers', needsRedis, async (t) => {
  const server = await startServer(t)
  const options = optionsFor(server)
  t.match(await serverDurability(options), { state: 'bad', detail: /everything is lost/ })
  await server.ask('CONFIG', 'SET', 'save', '60 1')
  t.match(await serverDurability(options), { state: 'bad', detail: /snapshot \(save 60 1\)/ })
  await server.ask('CONFIG', 'SET', 'appendonly', 'yes')
  t.match(await serverDurability(options), { state: 'good', detail: /2 s.*everysec/, fix: null })
  await server.ask('CONFIG', 'SET', 'appendfsync', 'always')
  t.match(await serverDurability(options), { state: 'good', detail: /loses nothing/ })
  await server.ask('CONFIG', 'SET', 'appendfsync', 'no')
  t.match(await serverDurability(options), { state: 'bad', detail: /30 s/ })
  await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  t.match(await serverDurability(options), { state: 'bad', fix: /noeviction/ })
})

void t.test('nothing is trimmed that is not sealed, old, and read by everybody', async (t) => {
  const day = 86_400_000
  const at = (ms: number) => `${ms}-0.0` as Position
  const now = 100 * day
  const rule = { sealed: at(50 * day), retentionMs: 30 * day, now, needed: null }
  t.equal(trimBelow({ ...rule, sealed: null }), null, 'nothing is sealed')
  t.same(trimBelow(rule), { ms: 50 * day, seq: 0 })
  t.same(trimBelow({ ...rule, retentionMs: 60 * day }), { ms: 40 * day, seq: 0 })
  t.same(trimBelow({ ...rule, needed: at(45 * day) }), { ms: 45 * day, seq: 0 })
  t.same(trimBelow({ ...rule, retentionMs: 200 * day }), { ms: 0, seq: 0 })
})
