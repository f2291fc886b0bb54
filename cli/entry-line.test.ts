import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import type { Instant } from '../intents/id.ts'
import type { Submission } from '../intents/intent.ts'
import { entryLines } from './entry-line.ts'
import { anId, cut } from './stand-in.contract.ts'

const at = Date.UTC(2026, 2, 1, 12) as Instant // a number of milliseconds

const submission: Submission = {
  id: anId,
  intent: cut,
  actor: { type: 'operator', id: 'anna', surface: 'panel', control: '1/0/0' },
  source: 'http:127.0.0.1',
  trace: anId,
  at,
  expiresAt: null,
  cause: null,
}

/** The lines of events 5 ms apart, without the time of day. */
function lines(events: readonly BusEvent[]): readonly string[] {
  const line = entryLines()
  return events.map((event, i) =>
    line({ position: `0-${i}`, hub: 'hub-a', hseq: i + 1, at: at + 5 * i, event }).slice(
      '12:00:00.000  '.length,
    ),
  )
}

void t.test('the life of a press reads as one story', (t) => {
  const failure = { code: 'unreachable', reached: 'no', detail: 'link down' } as const
  const retryAt = at
  t.match(
    lines([
      { type: 'IntentAccepted', submission },
      { type: 'AttemptStarted', intent: anId, attempt: 1 },
      { type: 'AttemptFailed', intent: anId, attempt: 1, failure, retryAt },
      { type: 'AttemptStarted', intent: anId, attempt: 2 },
      { type: 'Delivered', intent: anId, attempt: 2, ack: 'confirmed' },
    ]),
    [
      `accepted   fire mypro Cut  operator:anna at panel 1/0/0  ${anId}`,
      `attempt    fire mypro Cut  ${anId}`,
      /^retry {6}fire mypro Cut: unreachable, link down; again at \d\d:\d\d:\d\d\.000 {2}/,
      `attempt    fire mypro Cut, attempt 2  ${anId}`,
      `confirmed  fire mypro Cut  (20 ms)  ${anId}`,
    ],
  )
  t.end()
})

void t.test('a clock that was set says which way, and whether the record follows', (t) => {
  const later = (at + 3_600_000) as Instant // ms since the epoch
  t.match(
    lines([
      { type: 'ClockStepped', wall: at, kept: later },
      { type: 'ClockStepped', wall: later, kept: at },
    ]),
    [/^clock {6}went back to .*; the record stays at /, /^clock {6}was set forward to .* follows$/],
  )
  t.end()
})

void t.test('a run that was stopped says why, without the code of a refusal', (t) => {
  const failure = { code: 'refused', reached: 'maybe', detail: 'step 2: desk: gone' } as const
  t.match(lines([{ type: 'IntentEnded', intent: anId, outcome: 'failed', failure, by: null }]), [
    /^failed {5}.*: step 2: desk: gone/,
  ])
  t.end()
})

void t.test(
  'refused and unknown ends are named as such; an unseen intent is shown by its id',
  (t) => {
    const held = { code: 'held', reached: 'no', detail: 'hold is on' } as const
    const open = { code: 'unknown-outcome', reached: 'maybe', detail: 'closed mid-reply' } as const
    t.match(
      lines([
        { type: 'IntentRefused', submission, failure: held },
        { type: 'AttemptFailed', intent: anId, attempt: 1, failure: open, retryAt: null },
      ]),
      [
        /^refused {4}fire mypro Cut .*: held, hold is on/,
        `unknown    ${anId}: unknown-outcome, closed mid-reply`,
      ],
    )
    t.end()
  },
)

void t.test('an event of a newer hub is shown by its name', (t) => {
  const newer = { type: 'LampReplaced' } as unknown as BusEvent // on purpose none that is known
  t.strictSame(lines([newer]), ['event      LampReplaced'])
  t.end()
})

void t.test('a hub that acts alone says so, and how it ended', (t) => {
  t.match(
    lines([
      {
        type: 'WentAlone',
        since: at,
        leases: [
          { lease: '$macros', token: 1 },
          { lease: cut.device, token: 2 },
        ],
        detail: 'no answer',
      },
      { type: 'Rejoined', since: at, until: at, entries: 12, lost: [cut.device] },
    ]),
    [
      /^alone {6}acts alone for 1 device since \d\d:\d\d:\d\d\.000, and records it here later: no answer/,
      /^alone {6}acted alone from .* to .*; 12 entries were recorded later; another hub took mypro/,
    ],
  )
  t.end()
})
