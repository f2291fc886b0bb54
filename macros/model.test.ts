import t from 'tap'
import fc from 'fast-check'
import { outcomes, type Outcome } from '../intents/outcome.ts'
import {
  abort,
  attempt,
  checkpoint,
  fire,
  macro,
  note,
  set,
  together,
  wait,
  when,
} from './build.ts'
import type { Macro, Step, Steps } from './macro.ts'
import { placeOf, stepAt } from './place.ts'
import { rehearse, type Rehearsed, type Scenario } from './rehearsal.contract.ts'
import type { RunCommand } from './run-command.ts'

// Any macro, any failures, killed after any entry.

const policy = fc.constantFrom<Step['onFailure']>(
  'stop',
  'continue',
  'compensate',
  undefined,
  undefined,
)
const rules = fc
  .record({
    onFailure: policy,
    retry: fc.constantFrom(undefined, undefined, { times: 2, everyMs: 100 }),
    undo: fc.constantFrom<Steps | undefined>(
      undefined,
      [set('desk', '/undo', 0)],
      [wait(10), fire('desk', '/undo'), fire('desk', '/undo2')],
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))

/** null: branches one after the other. */
type Finish = 'all' | 'any' | 'first' | null

const stepsOf = (finish: fc.Arbitrary<Finish>) =>
  fc.letrec<{ steps: Steps; step: Step }>((tie) => ({
    step: fc
      .tuple(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          fc.constantFrom<Step>(
            fire('desk', '/go'),
            set('desk', '/level', 1),
            wait(50),
            note('here'),
          ),
          fc.constantFrom<Step>(
            { until: { expr: 'false' }, withinMs: 70 },
            { until: { expr: 'true' }, withinMs: 70 },
            { ask: 'Go?', choices: ['yes', 'no'], otherwise: 'no', withinMs: 80 },
            { ask: 'Go?', choices: ['yes', 'no'], as: 'said', withinMs: 80 },
            { let: { a: 1 } },
            checkpoint('here'),
            abort('enough'),
            { repeat: { while: { expr: 'true' } }, steps: [wait(1)] },
            { repeat: { while: { expr: 'broken' } }, steps: [wait(1)] },
          ),
          fc
            .tuple(tie('steps'), tie('steps'), fc.constantFrom('true', 'false', 'broken'))
            .map(([a, b, expr]): Step => when({ expr }, a, b)),
          fc
            .tuple(tie('steps'), fc.integer({ min: 0, max: 3 }))
            .map(([list, times]): Step => ({ repeat: { times }, steps: list })),
          tie('steps').map((list): Step => ({
            repeat: { each: ['a', 'b'], as: 'item' },
            steps: list,
          })),
          fc
            .tuple(
              fc.array(tie('steps'), { minLength: 1, maxLength: 4 }),
              finish,
              fc.integer({ min: 1, max: 4 }),
            )
            .map(([lists, finish, limit]): Step =>
              finish === null ? together(lists.slice(0, 1)) : together(lists, { finish, limit }),
            ),
          fc
            .tuple(tie('steps'), tie('steps'), tie('steps'))
            .map(([a, recover, always]): Step => attempt(a, { recover, always })),
        ),
        rules,
      )
      .map(([body, more]) => ({ ...body, ...more })),
    steps: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
  })).steps

const macroOf = (finish: fc.Arbitrary<Finish>): fc.Arbitrary<Macro> =>
  fc
    .record({
      steps: stepsOf(finish),
      onFailure: fc.constantFrom<Macro['onFailure']>('stop', 'continue', 'compensate'),
      onCancel: fc.constantFrom<NonNullable<Macro['onCancel']>>('stop', 'compensate'),
    })
    .map((all) => macro('m', all.steps, { ...all, limits: { steps: 60, within: 100_000 } }))

/** Any outcome for any step, the same each time it is asked for; often enough a good one. */
const anyOutcomes = fc
  .array(fc.constantFrom<Outcome>(...outcomes, 'sent', 'sent', 'sent', 'confirmed'), {
    minLength: 7,
    maxLength: 7,
  })
  .map((list) => (ticket: string) => {
    let sum = 0
    for (const letter of ticket) sum = (sum * 31 + letter.charCodeAt(0)) % 1009
    return list[sum % list.length] ?? 'sent'
  })

const anyScenario = fc.record({
  macro: macroOf(fc.constantFrom('all', 'any', 'first')),
  outcome: anyOutcomes,
})
/** Without races: which of two branches is first may be another after a crash. */
const withoutRaces = fc.record({ macro: macroOf(fc.constant('all')), outcome: anyOutcomes })
/** Where one commit holds one thing, wherever it is cut. */
const oneByOne = fc.record({ macro: macroOf(fc.constant(null)), outcome: anyOutcomes })
/** What fails is shown as it is: to make it smaller would take minutes. */
const runs = { numRuns: 400, endOnFailure: true }
const isCut = ({ detail }: Rehearsed) => detail.includes('took more than')

/** How often each try of each step was asked for. */
function counts({ did }: Rehearsed): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const ticket of did) found.set(ticket, (found.get(ticket) ?? 0) + 1)
  return found
}

void t.test('every run ends, whatever its macro and whatever fails', async (t) => {
  const ends = new Set<string>()
  let most = 0
  fc.assert(
    fc.property(anyScenario, (scenario) => {
      const seen = rehearse(scenario)
      ends.add(seen.state)
      most = Math.max(most, seen.entries.length)
    }),
    runs,
  )
  t.same([...ends].toSorted(), ['done', 'stopped'], 'control: both ends were seen')
  t.ok(most > 50, 'control: some had many steps')
})

for (const [title, scenarios, isCommits] of [
  ['a run that is killed after any entry does what it would have done', oneByOne, false],
  ['branches side by side that are killed after any commit do so, too', withoutRaces, true],
] as const)
  void t.test(title, async (t) => {
    let kills = 0
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const whole = rehearse(scenario)
        fc.pre(!isCut(whole)) // which of two branches takes the last step is a race, too
        const all = isCommits ? whole.commits : whole.entries.map((_, i) => i + 1)
        const every = Math.max(1, Math.floor(all.length / 25))
        for (const after of all.filter((_, i) => i % every === 0)) {
          const killed = rehearse(scenario, after)
          kills++
          const [a, b] = [killed, whole].map(({ did, state }) =>
            [state, ...did.toSorted()].join(' '),
          )
          if (a !== b) throw new Error(`killed after ${after}: ${a} for ${b}`)
        }
      }),
      { ...runs, numRuns: 250 },
    )
    t.ok(kills > 1000, `control: it was killed ${kills} times`)
  })

void t.test('no step is done twice that no policy repeats, killed or not', async () => {
  fc.assert(
    fc.property(anyScenario, fc.integer({ min: 1, max: 60 }), (scenario, after) => {
      for (const seen of [rehearse(scenario), rehearse(scenario, after)])
        for (const [ticket, count] of counts(seen))
          if (count > 1) throw new Error(`${ticket} was asked for ${count} times`)
    }),
    runs,
  )
})

void t.test('what was done is undone exactly once, newest first', async (t) => {
  let undone = 0
  fc.assert(
    fc.property(anyScenario, fc.option(fc.integer({ min: 1, max: 60 })), (scenario, after) => {
      const seen = rehearse(scenario, after ?? Infinity)
      fc.pre(!isCut(seen))
      const begins = seen.did.filter((ticket) => /^undo\d+\/u\.[01]$/.test(ticket))
      const numbers = begins.map((ticket) => Number(/\d+/.exec(ticket)?.[0]))
      undone += numbers.length
      numbers.forEach((number, i) => {
        if (i > 0 && number >= (numbers[i - 1] ?? 0)) throw new Error(`order: ${numbers.join(' ')}`)
      })
      if (numbers.length > 0 && numbers.at(-1) !== 0) throw new Error('the oldest was left')
    }),
    runs,
  )
  t.ok(undone > 100, `control: ${undone} were undone`)
})

const hand = fc.constantFrom<RunCommand>(
  { type: 'cancel' },
  { type: 'pause' },
  { type: 'resume' },
  { type: 'step' },
  { type: 'skip', at: null },
)

void t.test('whatever a person does in between, it ends, and nothing is done twice', async (t) => {
  let refused = 0
  const ends = new Set<string>()
  const hands = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 30 }), hand), { maxLength: 6 })
    .map((list) => new Map(list))
  fc.assert(
    fc.property(anyScenario, hands, (scenario, at) => {
      const seen = rehearse({ ...scenario, at } satisfies Scenario)
      refused += seen.refused.length
      ends.add(seen.state)
      for (const [ticket, count] of counts(seen))
        if (count > 1) throw new Error(`${ticket} was asked for ${count} times`)
    }),
    runs,
  )
  t.ok(refused > 0, 'control: some of it was refused')
  t.ok(ends.has('cancelled'), 'control: some were cancelled')
})

void t.test('a place leads to its step and back', async (t) => {
  const inner = fire('desk', '/inner')
  const of = { steps: [wait(1), together([[wait(1)], [wait(1), inner]])], done: [] }
  t.equal(stepAt(of, '1/b1.1'), inner)
  t.same(placeOf('1/b1.1'), { parent: '1', slot: 'b1', index: 1 })
  for (const nowhere of ['7', '1/b9.0', '0/then.0', 'undo0/u.0', '1/', '1/b1', '', '/'])
    t.equal(stepAt(of, nowhere), undefined, nowhere)
})
