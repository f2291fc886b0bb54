import t from 'tap'
import { body, errorOf, followUntil } from '../log.contract.ts'
import { readRedisLog } from './view.ts'
import {
  needsRedis,
  openLog,
  optionsFor,
  persistent,
  startServer,
  untilAway,
} from './server.fixture.ts'

const key = 'K'.repeat(43) + '='
const other = 'L'.repeat(43) + '='
/** A body names what is kept beside it in its `rest`. */
const keysIn = (text: string) => [...text.matchAll(/[KL]{43}=/g)].map(([found]) => found)
const hash = 'if:{room}:disclosures'

void t.test(
  'what stands beside an entry is on the server with it, and every hub has it with the line',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const options = { ...optionsFor(server, 'room'), keysIn }
    const [a, b] = [await openLog(t, options), await openLog(t, options)]
    const followed = followUntil(b, null, 2)
    await a.append([body(1), body(2, key)], 'durable', new Map([[key, 'Anna']]))
    t.equal((await followed).length, 2)
    t.equal(b.sidecar?.get(key), 'Anna')
    t.equal(await server.ask('HGET', hash, key), 'Anna')
    const late = await openLog(t, options)
    t.equal(late.sidecar?.get(key), 'Anna', 'who opens later has it, too')
    const view = readRedisLog(options)
    t.teardown(() => view.close())
    t.same([...(await view.texts())], [[key, 'Anna']])
  },
)

void t.test(
  'what is erased is not on the server any more, and comes back to nobody',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const options = { ...optionsFor(server, 'room'), keysIn }
    const [a, b] = [await openLog(t, options), await openLog(t, options)]
    await a.append(
      [body(1, key), body(2, other)],
      'durable',
      new Map([
        [key, 'Anna'],
        [other, 'Olga'],
      ]),
    )
    b.sidecar?.forget([key])
    t.equal((await followUntil(b, null, 2)).length, 2)
    t.equal(b.sidecar?.get(key), undefined, 'let go of before it was seen')
    t.equal(b.sidecar?.get(other), 'Olga')
    t.equal(await a.sidecar?.erase([key, 'nobody']), 1)
    t.same(await server.ask('HKEYS', hash), [other])
    const late = await openLog(t, options)
    t.equal(late.sidecar?.get(key), undefined)
  },
)

void t.test('what is not stored leaves nothing beside the stream', needsRedis, async (t) => {
  const server = await startServer(t)
  const log = await openLog(t, { ...optionsFor(server, 'room'), keysIn })
  await log.append([body(1)], 'durable')
  await server.ask('CONFIG', 'SET', 'maxmemory', '1')
  t.equal(
    (await errorOf(log.append([body(2, key)], 'durable', new Map([[key, 'Anna']])))).code,
    'full',
  )
  t.equal(log.sidecar?.get(key), undefined)
  await server.ask('CONFIG', 'SET', 'maxmemory', '0')
  t.equal(await server.ask('EXISTS', hash), 0)
  await log.append([body(2, key)], 'durable', new Map([[key, 'Anna']]))
  t.equal(await server.ask('HGET', hash, key), 'Anna', 'control: then it is')
})

void t.test('a commit whose answer never came has both, or neither', needsRedis, async (t) => {
  const server = await startServer(t, persistent)
  const log = await openLog(t, { ...optionsFor(server, 'room'), keysIn })
  await log.append([body(1)], 'durable')
  await server.freeze()
  const doubtful = log.append([body(2, key)], 'durable', new Map([[key, 'Anna']]))
  const told = doubtful.then(
    () => true,
    () => false,
  )
  await untilAway(log, true)
  const back = untilAway(log, false)
  server.thaw()
  await back
  const isStored = await told
  t.equal(await server.ask('HEXISTS', hash, key), isStored ? 1 : 0)
  t.equal(log.sidecar?.get(key), isStored ? 'Anna' : undefined)
})
