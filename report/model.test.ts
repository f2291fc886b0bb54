import { spawnSync } from 'node:child_process'
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
      {
        who: 'operator:anna',
        place: 'console 1/0/0',
        what: 'Cut',
        device: 'mypro',
        ended: 'confirmed',
        tookMs: 1000,
      },
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

void t.test(
  'an evening of heartbeats is one row, until another witness signs or something happens',
  async (t) => {
    const [start] = entries
    if (start === undefined) throw new Error('the evening begins with a start')
    const beat = (minute: number, name: string) => {
      const at = (begin + minute * 60_000) as Instant
      const witnesses = [{ name, at: at / 1000, signature: 'AAAA' }]
      const event = {
        type: 'HeadSealed',
        everyMs: 60_000,
        root: 'r',
        size: minute,
        upMs: 1,
      } as const
      return { seq: minute, recorded: { ...start.recorded, at, event: { ...event, witnesses } } }
    }
    const { record } = reportModel([
      ...[1, 2, 3].map((minute) => beat(minute, 'w1')),
      ...[4, 5].map((minute) => beat(minute, 'w2')),
      { ...start, seq: 6 },
      beat(7, 'w2'),
    ])
    t.match(
      record.map(({ seq, count, until, type }) => [type, seq, until.seq, count]),
      [
        ['HeadSealed', 1, 3, 3],
        ['HeadSealed', 4, 5, 2],
        ['HubStarted', 6, 6, 1],
        ['HeadSealed', 7, 7, 1],
      ],
    )
    t.match(record[0], { at: begin + 60_000, until: { at: begin + 180_000 }, text: /^3 entries/ })
  },
)

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

void t.test('a report has the same words on a machine of another language', (t) => {
  const sentences = new URL('../web/sentence.js', import.meta.url).href
  const event = { type: 'HeadSealed', everyMs: 1, root: 'r', size: 12_345, upMs: 1, witnesses: [] }
  const program = `import { sentence } from ${JSON.stringify(sentences)}
    console.log((12345).toLocaleString() + ': ' + sentence(${JSON.stringify({ event })}))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'de_DE.UTF-8' },
  })
  t.equal(stdout, '12.345: 12,345 entries are signed\n', 'control: Node writes it as Germans do')
  t.end()
})
