import t from 'tap'
import { failed, type FailureCode } from '../intents/failure.ts'
import { isId, idTime, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import type { Intent, Submission } from '../intents/intent.ts'
import { endOf as hubEndOf } from '../intents/end.ts'
import type { BusEvent } from '../intents/event.ts'
import type { EntryView } from '../surfaces/http/record-view.ts'
import { createAsks } from '../web/asks.js'
import { contrast, inkOn, parseColour, rest, textInk } from '../web/colour.js'
import { createDrag, createHands, createWheel, type Place } from '../web/gesture.js'
import { newId } from '../web/id.js'
import { neighbour } from '../web/neighbour.js'
import { endOf } from '../web/outcome.js'
import { createRows } from '../web/rows.js'
import { duration, sentence } from '../web/sentence.js'

const id = '0199a5c0-0000-7000-8000-000000000001' as IntentId
const cut: Intent = { verb: 'fire', device: 'mypro' as DeviceId, action: 'Cut', args: { Input: 1 } }

function submission(of: IntentId, intent: Intent = cut): Submission {
  const actor = { type: 'operator' as const, id: 'anna', surface: 'console', control: '1/0/0' }
  const at = 1000 as Instant
  return { id: of, intent, actor, source: 'http', trace: of, at, expiresAt: null, cause: null }
}

let hseq = 0
function entry(event: BusEvent, at = 1000): EntryView {
  hseq++
  return { position: String(hseq), hub: 'hub-a', hseq, at: at as Instant, event }
}

void t.test(
  'an id made in the browser is an id for the hub, and two of one millisecond stay in order',
  (t) => {
    const ids = Array.from({ length: 5000 }, () => newId(1_700_000_000_000))
    t.ok(ids.every((made) => isId(made)))
    t.equal(new Set(ids).size, 5000)
    t.same([...ids].sort(), ids)
    t.equal(idTime((ids[0] ?? '') as IntentId), 1_700_000_000_000)
    t.end()
  },
)

void t.test('the console ends an intent exactly where the hub does', (t) => {
  const codes: Record<FailureCode, true> = {
    unreachable: true,
    timeout: true,
    refused: true,
    malformed: true,
    'not-found': true,
    held: true,
    expired: true,
    'unknown-outcome': true,
  }
  for (const code of Object.keys(codes) as FailureCode[]) {
    const failure = failed(code, 'why')
    const events: BusEvent[] = [
      { type: 'IntentRefused', submission: submission(id), failure },
      { type: 'AttemptFailed', intent: id, attempt: 1, failure, retryAt: null },
      { type: 'AttemptFailed', intent: id, attempt: 1, failure, retryAt: 5 as Instant },
      { type: 'IntentEnded', intent: id, outcome: 'expired', failure, by: null },
      { type: 'Delivered', intent: id, attempt: 1, ack: 'sent' },
    ]
    for (const event of events) t.equal(endOf(event)?.outcome, hubEndOf(event)?.outcome, event.type)
  }
  t.end()
})

void t.test('what happened is said so that a stage manager understands it', (t) => {
  const said = (event: BusEvent) => sentence(entry(event))
  t.equal(
    said({ type: 'IntentAccepted', submission: submission(id) }),
    'anna asked for Cut Input=1 at mypro',
  )
  t.equal(
    said({
      type: 'IntentRefused',
      submission: submission(id),
      failure: failed('held', 'the hold is on'),
    }),
    'anna was refused Cut Input=1 at mypro: the hold is on',
  )
  t.equal(
    said({
      type: 'AttemptFailed',
      intent: id,
      attempt: 1,
      failure: failed('timeout', 'no answer'),
      retryAt: 3000 as Instant,
    }),
    'attempt 1 failed: no answer; next try in 2.0\u00a0s',
  )
  t.equal(
    said({ type: 'LinkChanged', device: 'relay' as DeviceId, up: false, detail: 'refused' }),
    'relay is not connected: refused',
  )
  const early = 1000 as Instant
  const late = 91_000 as Instant
  const stepped = (wall = early, kept = late) => said({ type: 'ClockStepped', wall, kept })
  t.equal(stepped(), 'the clock was set back by 2\u00a0min')
  t.equal(stepped(late, early), 'the clock was set forward by 2\u00a0min')
  t.equal(duration(90_000), '2\u00a0min')
  t.end()
})

void t.test(
  'an intent is one line of the journal, which tells its outcome and how long it took',
  (t) => {
    const rows = createRows(10)
    rows.add(entry({ type: 'IntentAccepted', submission: submission(id) }))
    rows.add(entry({ type: 'AttemptStarted', intent: id, attempt: 1 }))
    t.equal(rows.rows[0]?.mark, 'open')
    rows.add(entry({ type: 'Delivered', intent: id, attempt: 1, ack: 'confirmed' }, 1012))
    t.equal(rows.rows.length, 1)
    t.match(rows.rows[0], { who: 'anna', device: 'mypro', mark: 'confirmed', latencyMs: 12 })
    t.equal(rows.find(id)?.trail.length, 3)
    t.end()
  },
)

void t.test('a repeated id is the same line, not a second press', (t) => {
  const rows = createRows(10)
  rows.add(entry({ type: 'IntentAccepted', submission: submission(id) }))
  rows.add(entry({ type: 'IntentAccepted', submission: submission(id) }))
  t.equal(rows.rows.length, 1)
  t.end()
})

void t.test('the journal keeps the newest lines and counts those that left', (t) => {
  const rows = createRows(3)
  for (let i = 0; i < 8; i++)
    rows.add(entry({ type: 'DeviceReported', device: 'desk' as DeviceId, path: '/x', value: i }))
  t.same(
    rows.rows.map((row) => row.what),
    [5, 6, 7].map((i) => `desk says /x is ${i}`),
  )
  t.match(rows.counts(), { entries: 8, dropped: 5, undrawn: 5 })
  t.equal(rows.take().added.length, 3)
  t.end()
})

void t.test('each hand that goes down comes up once, at the control where it went down', (t) => {
  const seen: string[] = []
  const hands = createHands((place: Place, gesture) => seen.push(`${place.col} ${gesture}`))
  hands.down('pointer:1', { page: 1, row: 0, col: 0 })
  hands.down('pointer:2', { page: 1, row: 0, col: 1 })
  hands.up('pointer:1')
  hands.up('pointer:1')
  hands.releaseAll()
  t.same(seen, ['0 down', '1 down', '0 up', '1 up'])
  t.end()
})

void t.test('a notch of the wheel is one step, and a slow trackpad loses nothing', (t) => {
  const mouse = createWheel()
  t.equal(mouse({ deltaY: -120, deltaMode: 0 }), 1)
  const lines = createWheel()
  t.equal(lines({ deltaY: 3, deltaMode: 1 }), -1)
  const pad = createWheel()
  let steps = 0
  for (let i = 0; i < 50; i++) steps += pad({ deltaY: -10, deltaMode: 0 })
  t.equal(steps, 5)
  const drag = createDrag()
  drag.start(0, 0)
  t.equal(drag.move(30, 0), 2)
  t.equal(drag.move(30, 0), 0)
  t.end()
})

void t.test('asked, recorded and ended are three different things to see', (t) => {
  const asks = createAsks(() => undefined)
  const place = { page: 1, row: 0, col: 0 }
  const look = () => asks.local('1/0/0').phase
  asks.asked({ ref: 'g1', id, place, at: 1, expected: true })
  t.equal(look(), 'asked')
  asks.accepted('g1', id)
  t.equal(look(), 'recorded')
  asks.ended(id)
  t.equal(look(), 'none')
  asks.asked({ ref: 'g2', id, place, at: 2, expected: true })
  t.equal(asks.disconnected().length, 1)
  t.equal(look(), 'lost')
  asks.refused('g2', 'not recorded', null)
  t.match(asks.local('1/0/0'), { phase: 'none', problem: 'not recorded' })
  asks.asked({ ref: 'g3', id, place, at: 3, expected: true })
  t.equal(asks.local('1/0/0').problem, null, 'the next press starts afresh')
  t.end()
})

void t.test('a label can be read on every colour a config may choose', (t) => {
  for (let value = 0; value < 0x1000; value++) {
    const colour = parseColour(`#${value.toString(16).padStart(3, '0')}`)
    for (const ground of [colour, rest(colour, 0.42)])
      if (contrast(ground, inkOn(ground)) < 4.5) t.fail(`#${value.toString(16)}`)
  }
  t.same(parseColour('javascript:'), parseColour('red'), 'what is no hex colour is the neutral one')
  t.end()
})

void t.test('the ink that a config chose is used where it can be read', (t) => {
  t.same(textInk('#ffee00', [0, 0, 0]), [255, 238, 0])
  t.same(textInk('#ffee00', [255, 255, 255]), [0, 0, 0])
  t.same(textInk(null, [0, 0, 0]), [255, 255, 255])
  t.end()
})

void t.test('an arrow jumps over a gap in the grid', (t) => {
  const at = (row: number, col: number) => ({ control: { row, col } })
  const keys = [at(0, 0), at(0, 3), at(2, 0), at(1, 3)]
  t.equal(neighbour(keys, { row: 0, col: 0 }, [0, 1]), keys[1])
  t.equal(neighbour(keys, { row: 0, col: 0 }, [1, 0]), keys[2])
  t.equal(neighbour(keys, { row: 0, col: 0 }, [-1, 0]), undefined)
  t.end()
})
