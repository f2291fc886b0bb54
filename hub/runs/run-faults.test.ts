import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { IntentId, MacroId, RunId } from '../../intents/id.ts'
import { endOf } from '../../intents/end.ts'
import { stateOfRun } from '../../projections/runs.ts'
import {
  configFrom,
  mortal,
  newData,
  openDesk,
  openTestCore,
  type TestCore,
} from '../core.contract.ts'

// What else befalls a run: its macro is changed, its hub dies when somebody has said something to it, it is cancelled while it
// is undone, and an expression of it grows.

const hit = (address: string) => `{ fire: desk, action: ${address} }`
const undone = (word: string) => `{ fire: desk, action: /${word}, undo: [ ${hit(`/un${word}`)} ] }`

/** A show that waits in its third step, and is undone in two steps of which the first takes a second. */
const show = `
  show:
    onFailure: compensate
    onCancel: compensate
    steps:
      - ${undone('a')}
      - { fire: desk, action: /b, undo: [ { wait: 1s }, ${hit('/unb')} ] }
      - { wait: 1h }
      - ${hit('/end')}
`
/** The same show with a step in front, so that every place is that of another step. */
const longer = show.replace('steps:\n', `steps:\n      - ${hit('/new')}\n`)

type Desk = Awaited<ReturnType<typeof openDesk>>
const configOf = ({ port }: Desk, macros: string) =>
  `site: s\nhub: hub-a\ndevices:\n  desk: { protocol: osc, host: 127.0.0.1, port: ${port} }\nmacros:${macros}`

/** A hub that can die, in a room where the next one can go on. */
async function openRoom(t: Test, macros = show) {
  const desk = await openDesk(t)
  const memory = openMemoryLog()
  const data = newData(t)
  const log = mortal(memory)
  const first = await openTestCore(t, { config: configOf(desk, macros), data, log })
  return {
    desk,
    log,
    first,
    async next(macros = show): Promise<TestCore> {
      const clock = fakeClock(first.clock.now() + 1000)
      return openTestCore(t, { config: configOf(desk, macros), data, log: memory, clock })
    },
  }
}

const runOf = ({ core }: TestCore, id: IntentId) =>
  core.room.runs.state.runs.get(id as string as RunId) // a run is named by its intent
const placesOf = (room: TestCore, id: IntentId) => {
  const run = runOf(room, id)
  return run === undefined ? [] : stateOfRun(run).frames.map(({ at }) => at)
}
const at = (room: TestCore, id: IntentId, place: string) =>
  room.until(`it is at ${place}`, () => placesOf(room, id).includes(place))

async function start(room: TestCore, macro = 'show'): Promise<IntentId> {
  return (await room.submit({ verb: 'run', macro: macro as MacroId, args: {} })).id
}
const runId = (id: IntentId) => id as string as RunId // as above
const say = (room: TestCore, name: string, run: IntentId) =>
  room.submit({ verb: 'do', name, args: { run } })

async function got(desk: Desk, count: number): Promise<readonly string[]> {
  await desk.until(count, AbortSignal.timeout(30_000))
  return desk.received()
}

void t.test(
  'a run goes on with the steps with which it began, whatever becomes of its macro',
  async (t) => {
    const { first, desk } = await openRoom(t)
    const run = await start(first)
    await at(first, run, '2')
    await first.core.reconfigure(configFrom(configOf(desk, longer)))
    const control = await start(first)
    await at(first, control, '3')
    t.strictSame(await got(desk, 5), ['/a', '/b', '/new', '/a', '/b'], 'control: it was changed')
    await first.core.reconfigure(
      configFrom(configOf(desk, '\n  other: { onFailure: stop, steps: [ { wait: 1s } ] }\n')),
    )
    first.clock.advance(3_600_000)
    t.match(await first.ended(run), { outcome: 'sent' }, 'also where it is gone')
    t.match(await first.ended(control), { outcome: 'sent' })
    t.strictSame((await got(desk, 7)).slice(5), ['/end', '/end'])
  },
)

void t.test(
  'a hub that has other steps than those of a run under way stops it and says so',
  async (t) => {
    const { first, desk, next } = await openRoom(t)
    const run = await start(first)
    await at(first, run, '2')
    first.die()
    const same = await next()
    await same.until('it goes on', () => placesOf(same, run).includes('2'))
    t.equal(runOf(same, run)?.state, 'running', 'control: with the same steps it goes on')
    await same.stop()
    const other = await next(longer)
    t.match(await other.ended(run), {
      outcome: 'failed',
      failure: { detail: /the steps of show were changed while it ran/ },
    })
    t.strictSame(await got(desk, 2), ['/a', '/b'], 'nothing is done of the other steps')
  },
)

void t.test(
  'a cancel while it is undone is refused, also by the hub that takes over, and all is undone once',
  async (t) => {
    const { first, log, desk, next } = await openRoom(t)
    const run = await start(first)
    await at(first, run, '2')
    await first.ended((await first.submit({ verb: 'cancel', run: runId(run) })).id)
    await at(first, run, 'undo1/u.0')
    t.notSame(
      stateOfRun(runOf(first, run) ?? (t.fail('it is there') as never)).ending,
      null,
      'control: it is being undone',
    )
    const early = await first.submit({ verb: 'cancel', run: runId(run) })
    t.match(await first.ended(early.id), {
      outcome: 'refused',
      failure: { detail: /being undone already/ },
    })
    const died = log.dieBefore('IntentEnded')
    const late = await first.submit({ verb: 'cancel', run: runId(run) })
    await died
    const other = await next()
    t.match(await other.ended(late.id), {
      outcome: 'refused',
      failure: { detail: /being undone already/ },
    })
    t.match(await other.ended(run), { outcome: 'cancelled' })
    t.strictSame(await got(desk, 4), ['/a', '/b', '/unb', '/una'])
    const ends = (await other.entries()).filter(({ event }) => endOf(event)?.intent === run)
    t.equal(ends.length, 1)
  },
)

void t.test('what was said to a run when its hub died is obeyed by the next one', async (t) => {
  const { first, log, next } = await openRoom(t)
  const run = await start(first)
  await at(first, run, '2')
  const died = log.dieBefore('RunAdvanced')
  const pause = await say(first, 'run.pause', run)
  await died
  t.notOk(
    stateOfRun(runOf(first, run) ?? (t.fail('it is there') as never)).paused,
    'control: it was not obeyed',
  )
  const other = await next()
  t.match(await other.ended(pause.id), { outcome: 'confirmed' })
  await other.until('it is paused', () => {
    const found = runOf(other, run)
    return found !== undefined && stateOfRun(found).paused
  })
})

const expressions = `
  grows: { onFailure: stop, steps: [ { let: { text: "1234567890" } }, { repeat: 1000, steps: [ { let: { text: { expr: vars.text + vars.text } } } ] } ] }
  long: { onFailure: stop, steps: [ { let: { many: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } }, { fire: desk, action: /x, args: [ { expr: "vars.many.map(a, vars.many.map(b, vars.many.map(c, vars.many.map(d, vars.many.map(e, vars.many.map(f, vars.many.map(g, a + b + c + d + e + f + g)))))))" } ] } ] }
  forever: { onFailure: stop, steps: [ { while: "true", steps: [ { let: { n: 1 } } ] } ] }
  fine: { onFailure: stop, steps: [ { let: { text: { expr: '"a" + "b"' } } }, { fire: desk, action: /fine, args: [ { expr: vars.text } ] } ] }
`

void t.test(
  'an expression that loops or grows, and a macro without end, end with the reason',
  async (t) => {
    const { first, desk } = await openRoom(t, expressions)
    for (const [macro, detail] of [
      ['grows', /^step 2\.1: /],
      ['long', /^step 2: /],
      ['forever', /it took more than 10000 steps/],
    ] as const)
      t.match(
        await first.ended(await start(first, macro)),
        { outcome: 'failed', failure: { detail } },
        macro,
      )
    t.match(
      await first.ended(await start(first, 'fine')),
      { outcome: 'sent' },
      'control: others work beside them',
    )
    t.strictSame(await got(desk, 1), ['/fine "ab"'])
  },
)
