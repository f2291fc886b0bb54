import t from 'tap'
import type { Recorded } from '../bus/entry.ts'
import type { Position } from '../bus/log.ts'
import type { Instant } from '../intents/id.ts'
import { reportModel } from './model.ts'
import { timeline } from './timeline.ts'
import { begin, evening, hostile } from './evening.contract.ts'

const entries = evening().map(([at, event], i) => {
  const recorded: Recorded = {
    position: String(i + 1) as Position,
    hub: 'hub-a',
    hseq: i + 1,
    at: at as Instant,
    event,
  }
  return { seq: i + 100, recorded }
})

void t.test(
  'a report says who, what, when, what became of it, and in which sealed lines',
  async (t) => {
    const { intents, hubs, first, last } = reportModel(entries)
    t.match(intents, [
      { who: 'operator:anna', what: 'Cut', device: 'mypro', ended: 'confirmed', tookMs: 1000 },
      { ended: 'refused', why: `refused: ${hostile}`, attempts: 1 },
      { who: 'operator:ben', ended: 'open', tookMs: null, attempts: 0 },
    ])
    t.same(
      intents.map(({ lines }) => lines),
      [
        [101, 103],
        [104, 106],
        [110, 110],
      ],
    )
    t.match({ hubs, first, last }, { hubs: ['hub-a'], first: begin, last: begin + 21_000 })
  },
)

void t.test('gaps and times alone are there, and everything else is counted', async (t) => {
  const { record, spans, beside } = reportModel(entries)
  t.match(
    record.map(({ type, isGap }) => [type, isGap]),
    [
      ['HubStarted', false],
      ['LogGap', true],
      ['Rejoined', true],
    ],
  )
  t.same(spans, [{ from: begin + 8000, to: begin + 18_000, what: 'alone' }])
  t.equal(beside, 1)
})

void t.test('what began before this part, and what cannot be read, is said', async (t) => {
  const { intents, earlier, unread } = reportModel([
    ...entries.slice(2, 4),
    { seq: 104, recorded: null },
  ])
  t.same({ intents, earlier, unread }, { intents: [], earlier: 2, unread: [104] })
  t.equal(timeline(reportModel([])), '')
})

void t.test('the picture is of the same size, however much there was', async (t) => {
  const [press] = entries.slice(1, 2)
  const recorded = press?.recorded
  if (recorded?.event.type !== 'IntentAccepted') throw new Error('the evening begins with a press')
  const { submission } = recorded.event
  const many = Array.from({ length: 20_000 }, (_, i) => {
    const at = (begin + i * 10) as Instant
    const id = `0199a5c0-0000-7000-8000-${String(i).padStart(12, '0')}` as typeof submission.id
    const event = { type: 'IntentAccepted', submission: { ...submission, id, at } } as const
    return { seq: i, recorded: { ...recorded, at, event } }
  })
  const drawn = timeline(reportModel(many))
  t.match(drawn, /20000 intents on 1 lanes/)
  t.ok(drawn.length < 20_000, `${drawn.length} characters`)
  t.match(drawn, /<text class="time"[^>]*>20:1\d:00<\/text>/)
})
