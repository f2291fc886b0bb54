import t from 'tap'
import { logContract } from '../log.contract.ts'
import { openRedisLog } from './log.ts'
import { needsRedis, optionsFor, startServer } from './server.fixture.ts'

if (needsRedis.skip !== undefined)
  void t.test('the promises of the port', { skip: needsRedis.skip }, () => {})
else {
  const server = await startServer(t)
  let site = 0
  // each test has a stream of its own
  logContract('redis', () => openRedisLog(optionsFor(server, `site-${++site}`)))
  void t.test('control: all of that was on this server', async (t) => {
    t.ok(Number(await server.ask('DBSIZE')) >= 15)
  })
}
