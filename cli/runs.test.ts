import t, { type Test } from 'tap'
import type { IntentId, RunId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { RunAnswer } from './answers.ts'
import { json, life, problem, run, standIn } from './stand-in.contract.ts'

const outer = '0199a5c0-0000-7000-8000-0000000abcde' as RunId
const inner = '0199a5c0-0000-7000-8000-000000fabcde' as RunId

const answer = (more: Partial<RunAnswer> = {}): RunAnswer => ({
  run: outer,
  macro: 'show',
  step: 1,
  steps: 4,
  state: 'running',
  startedBy: { type: 'api', id: 'ops' },
  startedAt: Date.now() - 5000,
  changedAt: Date.now(),
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

const running: readonly RunAnswer[] = [
  answer({
    under: [
      {
        at: '1',
        name: 'step 2',
        what: 'together',
        phase: 'inside',
        wakeAt: null,
        tries: 0,
        count: { unit: 'branch', at: 1, of: 3 },
        run: null,
      },
      {
        at: '1/b0.0',
        name: 'step 2.1',
        what: 'ask: On air?',
        phase: 'at',
        wakeAt: null,
        tries: 0,
        count: null,
        run: null,
      },
    ],
    questions: [
      { at: '1/b0.0', text: 'On air?', choices: ['yes', 'no'], otherwise: 'no', until: null },
    ],
  }),
  answer({ run: inner, macro: 'lights', parent: outer, paused: true }),
  answer({ run: '0199a5c0-0000-7000-8000-00000000dead' as RunId, macro: 'old', state: 'done' }),
]

/** A hub with these runs, which carries out what it is told. */
async function hubWith(t: Test, runs: readonly RunAnswer[] = running) {
  const hub = await standIn((asked, response) => {
    if (asked.method === 'GET') return json(response, { runs })
    const { intent } = asked.body
    json(response, life({ id: asked.body['id'] as IntentId, intent: intent as never })) // as it was asked for
  })
  t.teardown(() => hub.close())
  return {
    url: hub.url,
    wished: (): readonly (Json | undefined)[] =>
      hub.asked.filter(({ method }) => method === 'POST').map(({ body }) => body['intent']),
  }
}

void t.test('runs under way are listed, and those that are over with --all', async (t) => {
  const { url } = await hubWith(t)
  const listed = await run(url, ['runs', 'list'])
  t.match(listed.out, /0abcde +show +asks +step 2 of 4 +api:ops/)
  t.match(listed.out, /lights +paused/)
  t.notMatch(listed.out, /old/)
  t.match((await run(url, ['runs', 'list', '--all'])).out, /old +done/)
  const machine = await run(url, ['runs', 'list', '--json'])
  t.strictSame(JSON.parse(machine.out), running.slice(0, 2))
})

void t.test('a run is shown with what is under way in it and what it asks', async (t) => {
  const { url } = await hubWith(t)
  const { out, code } = await run(url, ['runs', 'show', '000abcde'])
  t.equal(code, 0)
  t.match(out, /step 2: together, branch 1 of 3\n/)
  t.match(out, /  step 2\.1: ask: On air\?\n/)
  t.match(out, /asks +On air\?\n +yes \| no +\(at 1\/b0\.0\)\n +no answer is no\n/)
})

void t.test('what is said to a run is a named intent, by the end of its id', async (t) => {
  const { url, wished } = await hubWith(t)
  for (const words of [
    ['pause', '000abcde'],
    ['resume', '000abcde'],
    ['step', outer],
    ['skip', '000abcde'],
    ['skip', '000abcde', '1/b0.0'],
    ['answer', '000abcde', 'yes', '--at', '1/b0.0'],
    ['cancel', '000abcde'],
  ]) {
    const { code, out, err } = await run(url, ['runs', ...words])
    t.equal(code, 0, `${words.join(' ')}: ${err}`)
    t.match(out, /^confirmed/)
  }
  const args = { run: outer }
  t.strictSame(wished(), [
    { verb: 'do', name: 'run.pause', args },
    { verb: 'do', name: 'run.resume', args },
    { verb: 'do', name: 'run.step', args },
    { verb: 'do', name: 'run.skip', args },
    { verb: 'do', name: 'run.skip', args: { run: outer, at: '1/b0.0' } },
    { verb: 'do', name: 'run.answer', args: { run: outer, choice: 'yes', at: '1/b0.0' } },
    { verb: 'cancel', run: outer },
  ])
})

void t.test('all runs are cancelled by the outermost of them', async (t) => {
  const { url, wished } = await hubWith(t)
  t.equal((await run(url, ['runs', 'cancel', '--all'])).code, 0)
  t.strictSame(wished(), [{ verb: 'cancel', run: outer }])
})

void t.test('what names no run, or two, is told what to do, and nothing is sent', async (t) => {
  const { url, wished } = await hubWith(t)
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['show', 'nonsense'], 2, /is not the id of a run.*\n.*infra runs list/],
    [['pause', 'beef'], 1, /no run beef is known/],
    [['pause', 'abcde'], 2, /2 runs end in abcde/],
    [['cancel'], 2, /which run\?\n.*--all/],
    [['cancel', outer, '--all'], 2, /which run\?/],
    [['answer', outer], 2, /missing required argument 'choice'/],
    [['stop', outer], 2, /unknown command 'stop'/],
  ]
  for (const [words, exit, wanted] of cases) {
    const { code, err } = await run(url, ['runs', ...words])
    t.equal(code, exit, words.join(' '))
    t.match(err, wanted)
  }
  t.strictSame(wished(), [])
  t.match((await run(url, ['runs', 'answer', '--help'])).out, /infra runs answer 0abcde yes/)
})

void t.test('variables are listed and set', async (t) => {
  const at = Date.now()
  const variables = [
    { name: 'on_air', type: 'boolean', description: 'Red light', value: true, at, intent: 'x' },
    { name: 'guest', type: 'any', description: '', value: null, at, intent: null },
  ]
  const hub = await standIn((asked, response) => {
    if (asked.method === 'GET') return json(response, { variables })
    const { intent } = asked.body
    if (JSON.stringify(intent).includes('many'))
      return problem(response, 400, { code: 'bad-argument', detail: 'count must be a number' })
    json(response, life({ id: asked.body['id'] as IntentId, intent: intent as never })) // as it was asked for
  })
  t.teardown(() => hub.close())
  const { out } = await run(hub.url, ['variable', 'list'])
  t.match(out, /on_air +true +boolean +\d\d:\d\d:\d\d.* Red light/)
  t.match(out, /guest +null +any +default/)
  t.strictSame(JSON.parse((await run(hub.url, ['variable', 'list', '--json'])).out), variables)
  t.equal((await run(hub.url, ['variable', 'set', 'on_air', 'false'])).code, 0)
  t.match(hub.asked.at(-1)?.body, {
    intent: { verb: 'set', device: 'site', path: 'on_air', value: false },
  })
  const wrong = await run(hub.url, ['variable', 'set', 'count', 'many'])
  t.equal(wrong.code, 1)
  t.match(wrong.err, /count must be a number/)
  t.equal((await run(hub.url, ['variable', 'set', 'on_air'])).code, 2)
})
