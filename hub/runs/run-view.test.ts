import t from 'tap'
import type { IntentId, MacroId, RunId } from '../../intents/id.ts'
import type { RunView } from '../../surfaces/http/run-view.ts'
import { openTestCore, type TestCore } from '../core.contract.ts'

const config = `
site: s
devices: { desk: { protocol: osc, host: 127.0.0.1, port: 9 } }
macros:
  inner: { onFailure: stop, steps: [{ note: here }, { ask: 'Lights?', choices: [on, off], otherwise: off, within: 1m }] }
  outer:
    onFailure: stop
    steps:
      - { wait: 1s }
      - together:
          - - repeat: 3
              name: three times
              steps: [{ wait: 1m }]
          - [{ run: inner }]
          - [{ note: quick }]
pages: { 1: { 0/0: { text: GO, press: { run: outer } } } }
`

const start = async (room: TestCore) => {
  const { id } = await room.submit({ verb: 'run', macro: 'outer' as MacroId, args: {} })
  return id as string as RunId // a run is named by the intent that started it
}
const viewOf = ({ core }: TestCore, macro: string): RunView | undefined =>
  core.runs.all().find((run) => run.macro === macro)

async function say(room: TestCore, name: string, args: Record<string, string>) {
  const { id } = await room.submit({ verb: 'do', name, args })
  t.match(await room.ended(id), { outcome: 'confirmed' })
}

void t.test('a run shows its branches, rounds, inner runs and questions as they are', async (t) => {
  const room = await openTestCore(t, { config })
  const told: string[] = []
  room.core.runs.onRun(({ macro, state, step }) => told.push(`${macro} ${state} ${step}`))
  const run = await start(room)
  await room.until('it waits', () => viewOf(room, 'outer')?.under.length === 1)
  t.match(viewOf(room, 'outer'), { step: 0, steps: 2, under: [{ at: '0', what: 'wait 1 s' }] })
  room.clock.advance(1000)
  await room.until('it asks', () => viewOf(room, 'inner')?.questions.length === 1)
  const inner = viewOf(room, 'inner')
  const begun = room.clock.now()
  t.match(inner, {
    parent: run,
    questions: [
      { at: '1', text: 'Lights?', choices: ['on', 'off'], otherwise: 'off', until: begun + 60_000 },
    ],
  })
  t.match(viewOf(room, 'outer'), {
    step: 1,
    paused: false,
    under: [
      {
        at: '1',
        name: 'step 2',
        what: 'together',
        phase: 'inside',
        count: { unit: 'branch', at: 1, of: 3 },
      },
      { at: '1/b0.0', what: 'three times', count: { unit: 'round', at: 1, of: 3 } },
      { at: '1/b0.0/r0.0', name: 'step 2.1.1', what: 'wait 60 s', wakeAt: begun + 60_000 },
      { at: '1/b1.0', what: 'run inner', run: inner?.run },
    ],
  })
  await say(room, 'run.pause', { run })
  t.match(viewOf(room, 'outer'), { paused: true })
  await say(room, 'run.answer', { run: String(inner?.run), choice: 'on' })
  t.match(viewOf(room, 'inner'), { state: 'done', under: [], questions: [] })
  room.clock.advance(60_000)
  await room.until(
    'the next round is ready',
    () => viewOf(room, 'outer')?.under.some(({ phase }) => phase === 'ready') === true,
  )
  await say(room, 'run.resume', { run })
  t.match(viewOf(room, 'outer'), { paused: false, under: [{}, { count: { at: 2, of: 3 } }, {}] })
  const { id } = await room.submit({ verb: 'cancel', run })
  t.match(await room.ended(id), { outcome: 'confirmed' })
  t.match(viewOf(room, 'outer'), { state: 'cancelled', under: [] })
  t.ok(told.includes('outer running 1') && told.includes('inner done 2'), 'each change was told')
  t.equal(told.at(-1), 'outer cancelled 1')
})

void t.test('a button shows the run that it has started, and what that run asks', async (t) => {
  const room = await openTestCore(t, { config })
  const faces: unknown[] = []
  room.core.onFace((_place, { state, run }) => faces.push({ state, run }))
  const at = () => room.core.runs.at('1/0/0')
  t.equal(at(), null)
  const run = await start(room)
  await room.until('it waits', () => viewOf(room, 'outer')?.under.length === 1)
  t.match(at(), { run, share: 0, text: 'step 1 of 2', question: null })
  room.clock.advance(1000)
  await room.until('it asks', () => at()?.question != null)
  const inner = viewOf(room, 'inner')?.run
  t.match(at(), { run, share: 0.5, question: { run: inner, text: 'Lights?', otherwise: 'off' } })
  t.match(faces.at(-1), { state: 'pending', run: { share: 0.5, question: { text: 'Lights?' } } })
  await room.submit({ verb: 'cancel', run })
  await room.ended(run as string as IntentId)
  t.equal(at(), null)
  t.match(faces.at(-1), { run: null })
})
