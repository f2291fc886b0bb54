import t from 'tap'
import { serverDurability } from './durability.ts'
import { needsRedis, optionsFor, startServer } from './server.fixture.ts'

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
