import t from 'tap'
import fc from 'fast-check'
import type { DeviceId, Instant, MacroId, RunId } from '../intents/id.ts'
import type { Macro, Step } from './macro.ts'
import { decideRun, evolveRun, type RunCommand, type RunState } from './run.ts'

const now = 1_800_000_000_000 as Instant
const run = '01890a5d-ac96-774b-bcce-b302099a8057' as RunId
const device = 'desk' as DeviceId
const go: Step = { do: { verb: 'fire', device, action: '/go', args: [] } }
const wait: Step = { waitMs: 500 }
const until: Step = { until: { device, path: 'recording', equals: true }, withinMs: 5000 }

function macro(change: Partial<Macro> = {}): Macro {
  return {
    id: 'm' as MacroId,
    steps: [go, wait, until],
    onFailure: 'stop',
    onCrash: 'resume',
    resumeWithinMs: 60_000,
    ...change,
  }
}

const at = (step: number, state: RunState['state'] = 'running'): RunState => ({ step, state })
/** What is recorded, as far as it matters here. */
function decided(command: RunCommand, state: RunState, of = macro()) {
  return decideRun(run, of, command, state).map(({ step, state, wakeAt, detail }) => ({
    step,
    state,
    wakeAt,
    detail,
  }))
}

void t.test('a run goes through its steps in order, and knows when each is over', async (t) => {
  const begin = decided({ type: 'begin', now }, at(0))
  t.strictSame(begin, [{ step: 0, state: 'running', wakeAt: null, detail: '' }])
  t.match(decided({ type: 'stepDone', now }, at(0)), [{ step: 1, wakeAt: now + 500 }])
  t.match(decided({ type: 'stepDone', now }, at(1)), [{ step: 2, wakeAt: now + 5000 }])
  t.match(decided({ type: 'stepDone', now }, at(2)), [{ step: 3, state: 'done', wakeAt: null }])
  t.match(decided({ type: 'begin', now }, at(0), macro({ steps: [] })), [{ state: 'done' }])
})

void t.test('a failed step stops the run or is passed over, by onFailure', async (t) => {
  const failed: RunCommand = { type: 'stepFailed', now, detail: 'nobody there' }
  t.match(decided(failed, at(0)), [
    { step: 0, state: 'stopped', wakeAt: null, detail: 'step 1: nobody there' },
  ])
  t.match(decided(failed, at(0), macro({ onFailure: { run: 'other' as MacroId } })), [
    { step: 0, state: 'stopped' },
  ])
  const goOn = macro({ onFailure: 'continue' })
  t.match(decided(failed, at(0), goOn), [
    { step: 1, state: 'running', wakeAt: now + 500, detail: 'step 1: nobody there' },
  ])
  t.match(decided(failed, at(2), goOn), [
    { step: 3, state: 'done', detail: 'step 3: nobody there' },
  ])
})

void t.test('a run can be cancelled at any step', async (t) => {
  for (const step of [0, 1, 2])
    t.match(decided({ type: 'cancel' }, at(step)), [{ step, state: 'cancelled', wakeAt: null }])
})

void t.test('after a crash a run goes on or is abandoned, by its own policy', async (t) => {
  const abandon = macro({ onCrash: 'abandon' })
  t.match(decided({ type: 'crash', awayMs: 0 }, at(1), abandon), [
    { step: 1, state: 'stopped', detail: /^abandoned: .*onCrash: abandon/ },
  ])
  t.strictSame(decided({ type: 'crash', awayMs: 60_000 }, at(1)), [], 'still worth it: it goes on')
  t.match(decided({ type: 'crash', awayMs: 60_001 }, at(1)), [
    { step: 1, state: 'stopped', detail: /^abandoned: .*60001 ms/ },
  ])
})

const commands: readonly RunCommand[] = [
  { type: 'begin', now },
  { type: 'stepDone', now },
  { type: 'stepFailed', now, detail: 'd' },
  { type: 'cancel' },
  { type: 'crash', awayMs: 60_001 },
]

void t.test('a run that is over stays as it is, whatever comes', async (t) => {
  for (const state of ['done', 'stopped', 'cancelled'] as const)
    for (const command of commands)
      t.strictSame(decided(command, at(1, state)), [], `${command.type} after ${state}`)
})

void t.test('a run ends once, and no step comes after its end', async (t) => {
  const anyMacro = fc.record({
    steps: fc.array(fc.constantFrom(go, wait, until), { maxLength: 5 }),
    onFailure: fc.constantFrom<Macro['onFailure']>('stop', 'continue', { run: 'x' as MacroId }),
    onCrash: fc.constantFrom<Macro['onCrash']>('resume', 'abandon'),
  })
  let ended = 0
  fc.assert(
    fc.property(anyMacro, fc.array(fc.constantFrom(...commands)), (change, given) => {
      const of = macro(change)
      let state = at(0)
      let steps = 0
      for (const command of given) {
        const events = decideRun(run, of, command, state)
        if (state.state !== 'running') t.equal(events.length, 0)
        t.ok(events.length <= 1)
        for (const event of events) {
          t.ok(event.state !== 'running' || event.step < of.steps.length)
          if (event.state !== 'running') ended++
          steps++
        }
        state = events.reduce(evolveRun, state)
      }
      t.ok(steps <= given.length)
    }),
  )
  t.ok(ended > 10, 'control: many of them did end')
})
