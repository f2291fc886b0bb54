import t, { type Test } from 'tap'
import { canonical, type Canonical } from '../canonical.ts'
import { parsePolicy } from '../check/policy.ts'
import { publish, seal, signHead, type Entry } from '../seal/sealer.ts'
import { SealStore } from '../seal/store.ts'
import { logSigner, newFolder } from '../seal/try.fixture.ts'
import { auditFolder } from './folder.ts'
import { auditExit } from './verdict.ts'

const minute = 60_000
const start = 1_795_000_000_000

/** An evening of entries: `at` and `up` in minutes. */
function evening() {
  const all: Entry[] = []
  const add = (at: number, event: Canonical, hub = 'a') =>
    all.push({
      rid: String(all.length + 1),
      body: canonical({
        at: start + at * minute,
        event,
        hprev: '',
        hseq: all.length + 1,
        hub,
      }),
    })
  const now = {
    all,
    recovers: (at: number) => (add(at, { type: 'LogRecovered' }), now),
    starts: (at: number, hub = 'a') => (add(at, { type: 'HubStarted' }, hub), now),
    stops: (at: number, hub = 'a') => (add(at, { type: 'HubStopped' }, hub), now),
    press: (at: number, hub = 'a') => (
      add(at, { submission: { actor: 'anna' }, type: 'IntentAccepted' }, hub),
      now
    ),
    beat: (at: number, up = at, hub = 'a') => {
      const beat = { size: 0, root: '', witnesses: [], everyMs: minute, upMs: up * minute }
      add(at, { type: 'HeadSealed', ...beat }, hub)
      return now
    },
    beats: (from: number, to: number, hub = 'a') => {
      for (let at = from; at <= to; at++) now.beat(at, at, hub)
      return now
    },
  }
  return now
}

async function verdict(t: Test, { all }: ReturnType<typeof evening>) {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, all)
  publish(store, signHead(store, logSigner), [])
  store.close()
  return audit(folder, 1)
}

const audit = (folder: string, threads: number) =>
  auditFolder(folder, {
    policy: parsePolicy(`log ${logSigner.vkey}\nquorum none`),
    strict: true,
    threads,
    heads: [],
  })

void t.test('a hub that runs and says nothing for too long has a verdict of its own', async (t) => {
  const silent = evening().starts(0).beats(1, 5).press(12).beats(13, 15).stops(15)
  t.match(await verdict(t, silent), {
    fault: 'silent',
    detail:
      /^nothing was recorded from 2026-11-18T11:11:40.000Z to 2026-11-18T11:18:40.000Z, before line 6, although the hub a ran$/,
  })
  t.equal(auditExit.silent, 10)
  const busy = evening().starts(0).beats(1, 5).press(6).press(8).press(10).press(12).beats(13, 15)
  t.match(await verdict(t, busy), { ok: true }, 'control: entries of any kind break a silence')
  const late = evening().starts(0).beats(1, 5).beats(8, 10)
  t.match(await verdict(t, late), { ok: true }, 'control: three intervals are not too long')
})

void t.test('a hub that does not run may be silent', async (t) => {
  const stopped = evening().starts(0).beats(1, 5).stops(5).starts(600).beats(601, 603)
  t.match(await verdict(t, stopped), { ok: true })
  const crashed = evening().starts(0).beats(1, 5).press(5).recovers(600).starts(600).beats(601, 603)
  t.match(await verdict(t, crashed), { ok: true }, 'nor one that lost its power')
  const both = evening().starts(0).beats(1, 5).starts(600).beats(601, 603).beats(700, 702)
  t.match(await verdict(t, both), { fault: 'silent' }, 'control: but it may not afterwards')
})

void t.test('a record from before there were heartbeats is not called silent', async (t) => {
  t.match(await verdict(t, evening().starts(0).press(1).press(300).stops(301)), { ok: true })
  const first = evening().starts(0).press(1).press(300).beats(301, 303).stops(303)
  t.match(await verdict(t, first), { ok: true }, 'nor what came before the first of a run')
})

void t.test('a clock that was set forward is no silence', async (t) => {
  const set = evening().starts(0).beats(1, 5).press(65)
  t.match(await verdict(t, set.beat(66, 6).beat(67, 7)), { ok: true })
  const real = evening().starts(0).beats(1, 5).press(65)
  t.match(await verdict(t, real.beat(66, 66)), { fault: 'silent' }, 'control: with the time gone')
})

void t.test('of two hubs only the one that signs is counted on', async (t) => {
  const pair = evening().starts(0).starts(0, 'b').beats(1, 5)
  // b's clock is an hour ahead
  pair.press(65, 'b').beat(6).press(66, 'b').beat(7)
  t.match(await verdict(t, pair), { ok: true })
  const over = evening().starts(0).starts(0, 'b').beats(1, 5).beats(6, 9, 'b')
  t.match(await verdict(t, over.press(300).beats(301, 302)), { ok: true }, 'a signs no more')
  const quiet = evening().starts(0).starts(0, 'b').beats(1, 5).beats(6, 9, 'b')
  t.match(await verdict(t, quiet.press(300, 'b').beats(301, 302, 'b')), { fault: 'silent' })
})

void t.test('a silence between two files is found, in one process and in two', async (t) => {
  const lines = 65_536
  const log = evening().starts(0).beats(1, 2)
  while (log.all.length < lines) log.press(2)
  log.press(300).press(300)
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, log.all)
  publish(store, signHead(store, logSigner), [])
  for (const threads of [1, 2]) t.match(await audit(folder, threads), { ok: true }, 'not yet')
  seal(store, log.beat(301).all.slice(-1))
  publish(store, signHead(store, logSigner), [])
  store.close()
  for (const threads of [1, 2])
    t.match(await audit(folder, threads), { fault: 'silent', detail: /line 65536/ })
})

void t.test('what is asked for by name is not taken for a heartbeat', async (t) => {
  const odd = evening().starts(0)
  odd.all.push({
    rid: '2',
    body: `{"at":${start},"event":{"everyMs":1,"type":"Other","upMs":2},"hprev":"","hseq":2,"hub":"a"}`,
  })
  odd.all.push({ rid: '3', body: `{"at":${start},"event":{"everyMs":""},"hub":"a"}` })
  t.match(await verdict(t, odd.press(300)), { ok: true })
})
