import { PassThrough } from 'node:stream'
import t from 'tap'
import { collect } from '../../wire/collect.fixture.ts'
import { clientOf } from './client.ts'

void t.test('one that takes nothing for too long is closed', async (t) => {
  // with Node 20, what waits for a time can be collected before that has come
  const collecting = setInterval(collect, 10)
  t.teardown(() => clearInterval(collecting))
  const stream = new PassThrough({ highWaterMark: 1 })
  const client = clientOf(stream, 'satellite:127.0.0.1:1', new AbortController().signal, 100)
  client.write('KEY-STATE')
  t.ok(stream.writableNeedDrain, 'control: it is full')
  await t.rejects(client.ready())
  t.ok(stream.destroyed)
})
