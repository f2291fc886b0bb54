import t from 'tap'
import { newId } from '../intents/id.ts'
import { fire, gone, room, set, settle } from './router.fixture.ts'

// Where many are under way at once: what failed is tried again in the order of the record, or not at all.

const pipeline = 16

t.test('what failed together goes out in its order', async (t) => {
  const { clock, sent, state, ask, outcome } = room({ pipeline })
  const names = ['a', 'b', 'c', 'd']
  state.answer = gone
  const ids = names.map((name) => ask(fire(name)))
  await settle()
  t.strictSame(sent, [], 'control: all of them failed')
  state.answer = 'ok'
  for (let s = 0; s < 10; s++) {
    clock.advance(1000)
    await settle()
  }
  t.strictSame(sent, names)
  t.strictSame(ids.map(outcome), [['sent'], ['sent'], ['sent'], ['sent']])
})

t.test('a fire that a later one has passed is not sent after it', async (t) => {
  const { clock, sent, state, ask, outcome, recorded } = room({ pipeline })
  state.answerTo = new Map([['go', gone]])
  const go = ask(fire('go'))
  const stop = ask(fire('stop'))
  await settle()
  t.strictSame(sent, ['stop'], 'control: the later one arrived')
  state.answerTo = new Map()
  clock.advance(1500)
  await settle()
  t.strictSame(sent, ['stop'])
  t.strictSame([outcome(go), outcome(stop)], [['failed'], ['sent']])
  const end = recorded.find((event) => event.type === 'IntentEnded')
  t.match(end, {
    intent: go,
    failure: { code: 'unreachable', detail: /nobody there; .*press again/ },
  })
})

t.test('a value that a later one of its path has passed is not sent after it', async (t) => {
  const { clock, sent, state, ask, outcome, recorded } = room({ pipeline })
  state.answerTo = new Map([['/level=1', gone]])
  const first = ask(set('/level', 1))
  const other = ask(set('/other', 5))
  const second = ask(set('/level', 2))
  await settle()
  state.answerTo = new Map()
  clock.advance(1500)
  await settle()
  t.strictSame(sent, ['/other=5', '/level=2'])
  t.strictSame([first, other, second].map(outcome), [['cancelled'], ['sent'], ['sent']])
  t.equal(recorded.find((event) => event.type === 'IntentEnded')?.by, second)
})

t.test(
  'a value that only others have passed is sent again: it is what its device is to have',
  async (t) => {
    const { clock, sent, state, ask, outcome } = room({ pipeline })
    state.answerTo = new Map([['/level=1', gone]])
    const level = ask(set('/level', 1))
    ask(set('/other', 5))
    ask(fire('go'))
    await settle()
    t.strictSame(sent, ['/other=5', 'go'], 'control: both arrived')
    state.answerTo = new Map()
    clock.advance(1500)
    await settle()
    t.strictSame(sent, ['/other=5', 'go', '/level=1'])
    t.strictSame(outcome(level), ['sent'])
  },
)

t.test('what failed waits until it is known whether a later one arrived', async (t) => {
  const { clock, sent, state, ask, outcome } = room({ pipeline })
  state.answerTo = new Map<string, 'hang' | typeof gone>([
    ['go', gone],
    ['stop', 'hang'],
  ])
  const go = ask(fire('go'))
  const stop = ask(fire('stop'))
  await settle()
  state.answerTo = new Map()
  clock.advance(1500)
  await settle()
  t.strictSame(sent, ['stop'], 'its time to be tried again is over, and it was not')
  t.strictSame([outcome(go), outcome(stop)], [[], []])
  clock.advance(1000)
  await settle()
  t.strictSame(sent, ['stop'])
  t.strictSame([outcome(go), outcome(stop)], [['failed'], ['unknown']])
})

t.test('a value that may have arrived is not passed by itself', async (t) => {
  const { clock, sent, state, ask, outcome } = room({ pipeline })
  state.answer = 'hang'
  const level = ask(set('/level', 1))
  await settle()
  state.answer = 'ok'
  clock.advance(2200)
  await settle()
  clock.advance(1500)
  await settle()
  t.strictSame(sent, ['/level=1', '/level=1'])
  t.strictSame(outcome(level), ['sent'])
})

t.test('what the last stop left open is not sent where a later one had arrived', async (t) => {
  const { submissionOf } = room()
  const go = submissionOf(fire('go'))
  const level = submissionOf(set('/level', 1))
  const other = submissionOf(set('/other', 5))
  const late = submissionOf(fire('late'))
  const tried = { tried: 1, retryAt: null, failure: gone } as const
  const open = [
    { phase: 'waiting', submission: go, ...tried },
    { phase: 'attempting', submission: level, attempt: 1 },
    { phase: 'attempting', submission: other, attempt: 1 },
    { phase: 'waiting', submission: late, tried: 0, retryAt: null, failure: null },
  ] as const
  const by = newId(0)
  const passed = new Map([go, level].map(({ id }) => [id, by]))
  for (const known of [new Map(), passed]) {
    const { clock, sent, outcome } = room({ pipeline, open, passed: known })
    await settle()
    clock.advance(1)
    await settle()
    const isControl = known.size === 0
    t.strictSame(sent, [...(isControl ? ['go', '/level=1'] : []), '/other=5', 'late'])
    t.strictSame(outcome(go.id), [isControl ? 'sent' : 'failed'])
    t.strictSame(outcome(level.id), [isControl ? 'sent' : 'cancelled'])
  }
})
