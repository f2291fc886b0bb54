import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { DeviceId, MacroId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import { mortal, newData, openDesk, openTestCore, type TestCore } from '../core.contract.ts'

// A hub is killed in the middle of a run, and the one that goes on has a config in which an expression of a step comes to
// nothing: `n` was a number, and is a text.

const numeric = '1'
const textual = 'one'
const set = (path: string, expr: string, undo = '') =>
  `{ set: desk, path: ${path}, value: { expr: "${expr}" }${undo} }`
const lights =
  '{ set: desk, path: /lights, value: 1, undo: [{ set: desk, path: /lights, value: 0 }] }'

interface Cut {
  readonly what: string
  readonly steps: string
  readonly more?: string
  /** Dies before this is stored; without it while the run waits. */
  readonly dieBefore?: string
  /** What the desk has got in the end, where the expression still comes to something, and where it does not. */
  readonly good: readonly string[]
  readonly bad: readonly string[]
  /** How the run ends then. */
  readonly detail: RegExp
}

const cuts: readonly Cut[] = [
  {
    what: 'a step that was not submitted yet: what was done is undone',
    steps: `[${lights}, { together: [[${set('/a', 'site.n + 1')}], [${set('/b', 'site.n + 2')}]] }]`,
    dieBefore: '"/a"',
    good: ['/lights 1', '/a 2', '/b 3'],
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 2.*overload/,
  },
  {
    what: 'the step behind a wait',
    steps: `[${lights}, { wait: 10s }, ${set('/a', 'site.n + 1')}]`,
    good: ['/lights 1', '/a 2'],
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 3.*overload/,
  },
  {
    what: 'what is waited for: it does not wait on, whatever its deadline',
    steps: `[${lights}, { untilTrue: site.n + 1 > 100, within: 10s }]`,
    good: ['/lights 1', '/lights 0'], // it did not become true
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 2.*overload/,
  },
  {
    what: 'a test behind a wait',
    steps: `[${lights}, { wait: 10s }, { if: site.n + 1 > 1, then: [${set('/then', '1')}], else: [${set('/else', '1')}] }]`,
    good: ['/lights 1', '/then 1'],
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 3.*overload/,
  },
  {
    what: 'the test of a loop, between two rounds',
    steps: `[${lights}, { while: site.m < 2 && site.n > 0, steps: [{ wait: 10s }, { set: site, path: m, value: { expr: site.m + 1 } }] }]`,
    good: ['/lights 1'],
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 2.*overload/,
  },
  {
    what: 'a round of a loop',
    steps: `[${lights}, { repeat: 2, steps: [{ wait: 10s }, ${set('/round', 'site.n + vars.round')}] }]`,
    good: ['/lights 1', '/round 1', '/round 2'],
    bad: ['/lights 1', '/lights 0'],
    detail: /^step 2.*overload/,
  },
  {
    what: 'an undo: it is told, and the next one follows',
    steps: `[${lights}, ${set('/a', '1', `, undo: [${set('/a', 'site.n - 1')}]`)}, { wait: 10s }, { abort: enough }]`,
    good: ['/lights 1', '/a 1', '/a 0', '/lights 0'],
    bad: ['/lights 1', '/a 1', '/lights 0'],
    detail: /enough.*undo.*overload/s,
  },
  {
    what: 'a macro that goes on whatever fails',
    more: 'onFailure: continue, ',
    steps: `[{ wait: 10s }, ${set('/a', 'site.n + 1')}, ${set('/b', '2')}]`,
    good: ['/a 2', '/b 2'],
    bad: ['/b 2'],
    detail: /overload/,
  },
]

async function cut(
  t: Test,
  { steps, more = 'onFailure: compensate, ', dieBefore }: Cut,
  n: string,
) {
  const desk = await openDesk(t)
  const configOf = (standard: string) => `
site: s
hub: hub-a
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }
variables: { n: { default: ${standard} }, m: { type: number, default: 0 } }
macros:
  one: { ${more}steps: ${steps} }
`
  const [log, data] = [openMemoryLog(), newData(t)]
  const first = mortal(log)
  const hub = await openTestCore(t, { config: configOf(numeric), log: first, data })
  const died = dieBefore === undefined ? null : first.dieBefore(dieBefore)
  const { id } = await hub.submit({ verb: 'run', macro: 'one' as MacroId, args: {} })
  if (died === null) await hub.until('it waits', () => waits(hub))
  else await died
  first.die()
  const clock = fakeClock(hub.clock.now() + 1000)
  const next = await openTestCore(t, { config: configOf(n), log, data, clock })
  for (;;) {
    await next.until('it is over, or waits', () => isOver(next) || waits(next))
    if (isOver(next)) break
    clock.advance(10_000)
  }
  const { outcome, failure } = await next.ended(id)
  const marker: Intent = { verb: 'fire', device: 'desk' as DeviceId, action: '/marker', args: [] }
  await next.ended((await next.submit(marker)).id)
  const late = AbortSignal.timeout(10_000)
  while (!desk.received().includes('/marker')) await desk.until(desk.received().length + 1, late)
  // what was set is sent again after the crash
  const got = [...new Set(desk.received())].filter((one) => one !== '/marker')
  return { outcome, detail: failure?.detail ?? '', got }
}

const runOf = ({ core }: TestCore) => [...core.room.runs.state.runs.values()][0]
const isOver = (hub: TestCore) => runOf(hub)?.state !== 'running'
const waits = (hub: TestCore) => (runOf(hub)?.wakeAt ?? 0) > hub.clock.now()

for (const one of cuts)
  void t.test(`an expression comes to nothing after a crash in ${one.what}`, async (t) => {
    const good = await cut(t, one, numeric)
    t.same(good.got, one.good, 'control: as long as it comes to something')
    const bad = await cut(t, one, textual)
    t.match(bad.outcome, /failed|refused/)
    t.match(bad.detail, one.detail, 'and says why')
    t.same(bad.got, one.bad, 'nothing is half done')
  })
