import t from 'tap'
import { fakeClock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import { openRejections } from './rejections.ts'

function open() {
  const clock = fakeClock()
  const recorded: BusEvent[] = []
  const rejections = openRejections(clock, (event) => recorded.push(event))
  const counts = (type: BusEvent['type']) =>
    recorded.flatMap((event) => (event.type === type && 'count' in event ? [event.count] : []))
  return { clock, recorded, rejections, counts }
}
const garbage = failed('malformed', 'no OSC')

void t.test(
  'the first rejection is recorded at once, a flood once a second with its count',
  async (t) => {
    const { clock, recorded, rejections, counts } = open()
    rejections.input('touch', 'osc:10.0.0.1:1', garbage)
    t.match(recorded, [
      {
        type: 'InputRejected',
        surface: 'touch',
        source: 'osc:10.0.0.1:1',
        failure: garbage,
        count: 1,
      },
    ])
    for (let i = 0; i < 10_000; i++) {
      rejections.input('touch', `osc:10.0.0.1:${i}`, garbage)
      if (i % 1000 === 999) clock.advance(250)
    }
    t.ok(counts('InputRejected').length <= 4, 'ten thousand in two and a half seconds')
    clock.advance(10_000)
    t.equal(
      counts('InputRejected').reduce((a, b) => a + b),
      10_001,
      'and every one is counted',
    )
    t.equal(rejections.count('touch'), 10_001)
    t.equal(rejections.count('lines'), 0)
    const before = recorded.length
    rejections.input('touch', 's', garbage)
    t.equal(recorded.length, before + 1, 'after a quiet while the next is told at once')
  },
)

void t.test('surfaces and kinds do not hide each other', async (t) => {
  const { recorded, rejections } = open()
  rejections.input('touch', 'a', garbage)
  rejections.input('lines', 'b', garbage)
  rejections.access('touch', 'c', 'no token')
  t.equal(recorded.length, 3)
  t.match(recorded[2], { type: 'AccessRefused', surface: 'touch', detail: 'no token', count: 1 })
})

void t.test('a hub that closes tells what it still had counted', async (t) => {
  const { clock, rejections, counts, recorded } = open()
  for (let i = 0; i < 7; i++) rejections.access('http', 'a', 'no token')
  rejections.close()
  t.strictSame(counts('AccessRefused'), [1, 6])
  clock.advance(10_000)
  t.equal(recorded.length, 2)
})
