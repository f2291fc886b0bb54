import t, { type Test } from 'tap'
import fc from 'fast-check'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { encodeEntry, encodeEvent, firstPrevious, type Recorded } from '../bus/entry.ts'
import { openMemoryLog } from '../bus/log-memory/log.ts'
import type { EventLog, Position } from '../bus/log.ts'
import type { BusEvent } from '../intents/event.ts'
import { canonical, type Canonical } from '../witness/canonical.ts'
import { openRoom } from '../hub/room.ts'
import { accepted, anyHistory, go, idOf, level, recorded } from './events.contract.ts'
import type { Folded, Projection } from './projection.ts'
import { foldInto, openRunner, type Folds } from './runner.ts'
import { readSnapshot } from './snapshot.ts'

/** Their states differ in type; each is only given back to the projection it came from. */
const all: readonly Projection<never>[] = openRoom().all.map(({ projection }) => projection)

/** What counts among `entries`, as the hub finds it. */
function counting(entries: readonly Recorded[]): readonly Recorded[] {
  const room = openRoom()
  return entries.filter((one) => foldInto(room, one))
}

function fold(
  projection: Projection<never>,
  entries: readonly Recorded[],
  state = projection.initial(),
) {
  for (const one of entries) projection.evolve(state, one)
  return state
}

/** As JSON, whatever the order of the members. */
const text = (value: unknown) => canonical(JSON.parse(JSON.stringify(value)) as Canonical)

void t.test('a fold from a snapshot equals the fold from the start, cut anywhere', async (t) => {
  fc.assert(
    fc.property(anyHistory, ({ events, cut }) => {
      const entries = counting(recorded(events))
      for (const projection of all) {
        const half = fold(projection, entries.slice(0, cut))
        const lines = projection.save(half)
        const saved = text(lines)
        const resumed = fold(projection, entries.slice(cut), projection.load(JSON.parse(saved)))
        t.equal(
          text(projection.save(resumed)),
          text(projection.save(fold(projection, entries))),
          projection.name,
        )
        // folding goes on while a snapshot is written
        fold(projection, entries.slice(cut), half)
        t.equal(text(lines), saved, `${projection.name}: what was saved stays as it was`)
      }
    }),
    { numRuns: 200 },
  )
})

async function append(log: EventLog, events: readonly BusEvent[]): Promise<void> {
  const first = Number((await log.head()) ?? 0) + 1
  const bodies = recorded(events, first).map(({ hseq, at, event }) =>
    encodeEntry({ hub: 'hub-a', hseq, hprev: firstPrevious }, at, encodeEvent(event)),
  )
  if (bodies.length > 0) await log.append(bodies, 'durable')
}

function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'infra-snapshots-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Every projection brought up to the head of `log`; `from`: where reading it began. */
async function brought(log: EventLog, dir: string, change = as, every?: number) {
  const room = openRoom()
  const folds: Folds = { ...room, all: room.all.map(change) }
  const begun: { from: Position | null } = { from: null }
  const watched: EventLog = {
    ...log,
    read(after, signal) {
      begun.from = after
      return log.read(after, signal)
    },
  }
  const runner = await openRunner(watched, dir, folds, every)
  const state = () => text(folds.all.map(({ projection, state }) => projection.save(state)))
  return { runner, from: begun.from, state }
}
const as = (one: Folded<never>): Folded<never> => one

void t.test(
  'after a crash between two snapshots nothing is missing and nothing twice',
  async (t) => {
    const property = fc.asyncProperty(anyHistory, async ({ events, cut }) => {
      const dir = mkdtempSync(join(tmpdir(), 'infra-snapshots-'))
      const log = openMemoryLog()
      await append(log, events.slice(0, cut))
      await (await brought(log, dir)).runner.save()
      await append(log, events.slice(cut)) // and here the hub dies
      const next = await brought(log, dir)
      const fresh = await brought(log, join(dir, 'none'))
      t.equal(next.state(), fresh.state())
      t.equal(next.from, cut === 0 ? null : String(cut), 'control: it began at the snapshot')
      rmSync(dir, { recursive: true })
    })
    await fc.assert(property, { numRuns: 25 })
  },
)

const evening: readonly BusEvent[] = [
  { type: 'HubStarted', version: '1', config: 'c' },
  accepted(idOf(1), go),
  { type: 'Delivered', intent: idOf(1), attempt: 1, ack: 'sent' },
  accepted(idOf(2), level(1)),
  accepted(idOf(3), { verb: 'hold', on: true }),
]

async function saved(t: Test) {
  const dir = folder(t)
  const log = openMemoryLog()
  await append(log, evening)
  const first = await brought(log, dir)
  await first.runner.save()
  t.equal((await brought(log, dir)).from, '5', 'control: undamaged snapshots are used')
  return { dir, log, expected: first.state() }
}

void t.test('a snapshot of another version is not used', async (t) => {
  const { dir, log, expected } = await saved(t)
  const next = await brought(log, dir, (one) => {
    const { projection } = one
    if (projection.name === 'panel')
      Object.assign(one, { projection: { ...projection, version: projection.version + 1 } })
    return one
  })
  t.equal(next.from, null, 'the log is read from the start')
  t.equal(next.state(), expected, 'and the others count nothing twice')
})

void t.test('a damaged snapshot is not used', async (t) => {
  const { dir, log, expected } = await saved(t)
  const path = join(dir, 'deliveries.ndjson')
  const good = readFileSync(path, 'utf8')
  const [head = '', ...lines] = good.trimEnd().split('\n')
  const damages = {
    'cut off': `${[head, ...lines.slice(0, -1)].join('\n')}\n`,
    'cut within a line': good.slice(0, -20),
    empty: '',
    'something else': 'hello\n',
    'no position of this log': [head.replace('"position":"5"', '"position":"5x"'), ...lines].join(
      '\n',
    ),
    'a digit that is another': good.replace('"value":1', '"value":2'),
    'a line that is another': [head, ...lines.slice(1), '7'].join('\n'),
  }
  for (const [what, damage] of Object.entries(damages)) {
    writeFileSync(path, damage)
    const next = await brought(log, dir)
    t.equal(next.from, null, `${what}: read from the start`)
    t.equal(next.state(), expected, what)
  }
})

void t.test('a snapshot ahead of the log is of a past that was lost', async (t) => {
  const { dir } = await saved(t)
  const log = openMemoryLog()
  await append(log, evening.slice(0, 3))
  const next = await brought(log, dir)
  t.equal(next.from, null)
  t.equal(next.state(), (await brought(log, join(dir, 'none'))).state())
  const empty = await brought(openMemoryLog(), dir)
  t.equal(empty.runner.position(), null)
})

void t.test('snapshots are written by themselves, all of one moment', async (t) => {
  const dir = folder(t)
  const log = openMemoryLog()
  const { runner } = await brought(log, dir, as, 4)
  const entries = recorded(evening)
  runner.apply(entries.slice(0, 3))
  runner.apply(entries.slice(3))
  const last = all.at(-1) ?? all[0]
  if (last === undefined) return
  let snapshot = null
  for (let look = 0; look < 100_000 && snapshot === null; look++) {
    await setImmediate()
    snapshot = await readSnapshot(dir, last)
  }
  for (const projection of all)
    t.equal((await readSnapshot(dir, projection))?.position, '5', projection.name)
})
