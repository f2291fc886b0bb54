import type { Instant, MacroId, RunId } from '../intents/id.ts'
import type { Question } from '../intents/question.ts'
import type { RunView, UnderView } from '../surfaces/http/run-view.ts'
import { browserTest, key } from './fixtures/browser.ts'

const outer = '0199a5c0-0000-7000-8000-0000000abcde' as RunId
const child = '0199a5c0-0000-7000-8000-0000000fffff' as RunId

const run = (more: Partial<RunView> = {}): RunView => ({
  run: outer,
  macro: 'show' as MacroId,
  step: 1,
  steps: 4,
  state: 'running',
  startedBy: { type: 'api', id: 'ops' },
  startedAt: Date.now() as Instant,
  changedAt: Date.now() as Instant,
  wakeAt: null,
  detail: '',
  paused: false,
  queued: false,
  undoing: false,
  taken: 3,
  parent: null,
  under: [],
  questions: [],
  ...more,
})
const under = (at: string, name: string, what: string, more: Partial<UnderView> = {}) => ({
  ...{ at, name, what, phase: 'at' as const, wakeAt: null, tries: 0, count: null, run: null },
  ...more,
})
const question = (): Question => ({
  at: '1/b0.0',
  text: 'Is the guest on air?',
  choices: ['yes', 'not yet'],
  otherwise: 'not yet',
  until: (Date.now() + 60_000) as Instant,
})

void browserTest(
  'a run shows where it is, inside repeats, branches and runs of its own, as it goes on',
  async (t, page, hub) => {
    hub.run(
      run({
        under: [
          under('1', 'step 2', 'together', {
            phase: 'inside',
            count: { unit: 'branch', at: 1, of: 3 },
          }),
          under('1/b1.0', 'step 2.1', 'repeat', {
            phase: 'inside',
            count: { unit: 'round', at: 2, of: 5 },
          }),
          under('1/b1.0/r1.0', 'step 2.1.1', 'run lights', { run: child }),
        ],
      }),
    )
    hub.run(run({ run: child, macro: 'lights' as MacroId, parent: outer, step: 0, steps: 2 }))
    const card = page.locator('#runs > .card')
    await card.locator('.under', { hasText: 'step 2: together, 1 of 3 branches over' }).waitFor()
    await card.locator('.depth-1', { hasText: 'step 2.1: repeat, round 2 of 5' }).waitFor()
    await card.locator('.inner-runs .card', { hasText: 'lights' }).waitFor()
    t.equal(await card.count(), 1, 'the run that it has started is inside it')
    await page.locator('#runs-count', { hasText: '2 running' }).waitFor()
    hub.run(run({ step: 2, under: [under('2', 'step 3', 'wait 60 s')] }))
    await card.locator('.under', { hasText: 'step 3: wait 60 s' }).waitFor()
    hub.run(run({ step: 4, state: 'done' }))
    await card.filter({ hasText: 'done at step 4 of 4' }).waitFor()
  },
)

void browserTest(
  'a person pauses, steps, skips, resumes, cancels and answers with one touch each',
  async (t, page, hub) => {
    const button = (name: string) =>
      page.locator('#runs').getByRole('button', { name, exact: true })
    const at = [under('2', 'step 3', 'wait 60 s')]
    hub.run(run({ under: at }))
    await button('Pause show').click()
    hub.run(run({ paused: true, under: [under('2', 'step 3', 'x', { phase: 'ready' })] }))
    await button('Step show').click()
    hub.run(run({ paused: true, under: [under('3', 'step 4', 'x', { phase: 'ready' })] }))
    await button('Skip show').click()
    await button('Resume show').click()
    hub.run(run({ under: at, questions: [question()] }))
    await page.locator('#runs-count', { hasText: '1 running, 1 asks a person' }).waitFor()
    await page.locator('.question', { hasText: 'no answer is “not yet”' }).waitFor()
    await button('Is the guest on air? yes').click()
    hub.run(run({ under: at }))
    await page.locator('.question').waitFor({ state: 'detached' })
    await button('Cancel show').click()
    hub.run(run({ state: 'cancelled' }))
    await page.locator('#runs .card', { hasText: 'cancelled at' }).waitFor()
    const args = { run: outer }
    t.same(hub.wishes, [
      { verb: 'do', name: 'run.pause', args },
      { verb: 'do', name: 'run.step', args },
      { verb: 'do', name: 'run.skip', args: { ...args, at: '3' } },
      { verb: 'do', name: 'run.resume', args },
      { verb: 'do', name: 'run.answer', args: { ...args, at: '1/b0.0', choice: 'yes' } },
      { verb: 'cancel', run: outer },
    ])
  },
)

void browserTest(
  'the button that started a run shows how far it is, and what it asks',
  async (t, page, hub) => {
    const place = { page: 1, row: 0, col: 1 }
    const shown = { run: outer, macro: 'show' as MacroId, share: 0.5, text: 'step 3 of 4' }
    hub.face(place, { state: 'pending', run: { ...shown, question: null } })
    await key(page, 'GO').locator('.key-state', { hasText: 'step 3 of 4' }).waitFor()
    t.equal(
      await key(page, 'GO')
        .locator('.key-progress')
        .evaluate((bar) =>
          (
            bar as unknown as { style: { getPropertyValue(name: string): string } }
          ).style.getPropertyValue('--share'),
        ),
      '0.5',
    )
    hub.face(place, {
      state: 'pending',
      run: { ...shown, question: { ...question(), run: outer } },
    })
    await key(page, 'GO').locator('.key-state', { hasText: 'asks' }).waitFor()
    await key(page, 'GO').locator('.key-reason', { hasText: 'Is the guest on air?' }).waitFor()
    t.match(await key(page, 'GO').getAttribute('aria-label'), /asks, Is the guest on air\?/)
    hub.run(run({ under: [under('2', 'step 3', 'ask')], questions: [question()] }))
    await page.locator('.question').waitFor()
    const shots = process.env['SHOTS']
    if (shots !== undefined) await page.screenshot({ path: `${shots}/runs.png` })
    hub.face(place, { state: 'idle', run: null })
    await key(page, 'GO').locator('.key-progress').waitFor({ state: 'hidden' })
  },
)
