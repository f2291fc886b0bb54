import { once } from 'node:events'
import t from 'tap'
import { timeOf } from '../bus/entry.ts'
import { openKurrentLog } from '../bus/log-kurrent/log.ts'
import type { Double } from '../bus/log-kurrent/server.fixture.ts'
import { verifyChains } from '../witness/verify.ts'
import {
  doubleFor,
  journalOf,
  mirrored,
  newData,
  openHub,
  stream,
  words,
} from './mirror.contract.ts'
import { finish, type Ran, run, start } from './stand-in.contract.ts'

/** Runs a mirror that is killed when its append number `nth` is stored and not yet answered. */
async function killedAt(
  double: Double,
  data: string,
  nth: number,
): Promise<Ran & { readonly stored: number }> {
  let appends = 0
  let stored = 0
  const child = start('', words(double, data))
  const ended = once(child, 'close')
  double.onStored = async () => {
    if (++appends !== nth) return
    stored = double.events(stream).length
    child.kill('SIGKILL')
    await ended
  }
  const ran = await finish(child)
  double.onStored = () => undefined
  return { ...ran, stored }
}

void t.test(
  'a mirror that is killed again and again ends as the journal is: every byte, every entry once',
  async (t) => {
    const data = newData(t)
    const double = await doubleFor(t)
    const bodies = await journalOf(data, 4000)
    let before = 0
    for (const nth of [1, 3, 2]) {
      const killed = await killedAt(double, data, nth)
      t.equal(killed.code, null, 'it did not end by itself')
      t.equal(killed.out, '', 'nor had it said that it was done')
      t.ok(killed.stored > before && killed.stored < bodies.length, 'in the middle of its work')
      before = killed.stored
    }
    const last = await run('', words(double, data, '--json'))
    t.equal(last.code, 0, last.err)
    t.match(JSON.parse(last.out), { ok: true, stream, lines: 4000, copied: 4000 - before })
    t.strictSame(mirrored(double), bodies)
    t.equal(new Set(double.events(stream).map(({ id }) => id)).size, bodies.length)

    const log = await openKurrentLog({ url: double.url, site: 'studio-a', timeOf })
    async function* lines() {
      for await (const { position, body } of log.read(null, new AbortController().signal))
        yield { position, file: stream, offset: 0, body: Buffer.from(body), crc: 'ok' as const }
    }
    t.match(await verifyChains(lines()), {
      ok: true,
      entries: 4000,
      hubs: [{ hub: 'hub-a', entries: 4000 }],
    })
    await log.close()

    const again = await run('', words(double, data))
    t.equal(again.out, `mirrored  4000 entries in ${stream}, 0 of them now\n`)
    t.equal(mirrored(double).length, 4000)
  },
)

void t.test('beside a running hub it follows until it is told to stop', async (t) => {
  const double = await doubleFor(t)
  const data = newData(t)
  const { log, record } = await openHub(data)
  t.teardown(() => log.close())
  await record(10)
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      double.onStored = () => {
        if (double.events(stream).length >= count) resolve()
      }
    })
  const first = reached(10)
  const child = start('', words(double, data, '--follow'))
  await first
  const second = reached(25)
  await record(15)
  await second
  child.kill('SIGINT')
  const ended = await finish(child)
  t.equal(ended.code, 0)
  t.match(ended.out, /mirrored {2}25 entries/)
  t.strictSame(
    mirrored(double),
    (await log.tail(100)).map(({ body }) => body),
  )
})
