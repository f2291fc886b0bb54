import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { timeOf } from '../bus/entry.ts'
import { openKurrentLog } from '../bus/log-kurrent/log.ts'
import { doubleFor, journalOf, mirrored, newData, openHub, words } from './mirror.contract.ts'
import { run } from './stand-in.contract.ts'

void t.test('a mirror of another journal is not written to', async (t) => {
  const double = await doubleFor(t)
  const [one, other, shorter] = [newData(t), newData(t), newData(t)]
  await journalOf(one, 20)
  const { log, record } = await openHub(other)
  for (let i = 0; i < 30; i++) await record(1) // as long, and chained otherwise from the second entry on
  await log.close()
  const { log: shortLog, record: recordShort } = await openHub(shorter)
  await recordShort(3)
  await shortLog.close()
  writeFileSync(join(one, 'infra.yaml'), 'site: studio-a\n')
  const { code } = await run('', ['mirror', '--to', double.url, '--from', one])
  t.equal(code, 0, 'the site may come from the config')
  const before = mirrored(double)
  t.equal(before.length, 20)
  for (const data of [other, shorter]) {
    const refused = await run('', words(double, data, '--json'))
    t.equal(refused.code, 5)
    t.match(JSON.parse(refused.out), { code: 'unverified', detail: /mirror of another journal/ })
  }
  t.strictSame(mirrored(double), before)
})

void t.test('a stream that a hub writes is not mirrored into', async (t) => {
  const double = await doubleFor(t)
  const data = newData(t)
  await journalOf(data, 5)
  const log = await openKurrentLog({ url: double.url, site: 'studio-a', timeOf })
  await log.append(['{"at":1}', '{"at":2}'], 'durable')
  await log.close()
  const refused = await run('', words(double, data))
  t.equal(refused.code, 1)
  t.match(refused.err, /not written by a mirror/)
  t.equal(mirrored(double).length, 2)
})

void t.test('what is wrong is said, with its exit code', async (t) => {
  const double = await doubleFor(t)
  const data = newData(t)
  await journalOf(data, 1)
  const cases = [
    [['mirror', '--from', data], 2, /say --to or KURRENTDB_URL/],
    [['mirror', '--to', double.url, '--from', join(data, 'none')], 2, /there is no record/],
    [['mirror', '--to', double.url, '--from', data], 2, /no config says whose journal/],
    [words(double, data, '--once', '--follow'), 2, /exclude each other/],
    [['mirror', '--to', 'http://x', '--from', data, '--site', 'a'], 1, /does not begin with esdb/],
    [
      ['mirror', '--to', 'esdb://127.0.0.1:1?tls=false', '--from', data, '--site', 'a'],
      4,
      /does not answer/,
    ],
  ] as const
  for (const [args, code, message] of cases) {
    const ran = await run('', args, data)
    t.equal(ran.code, code, args.join(' '))
    t.match(ran.err, message)
    t.equal(ran.out, '')
  }
})
