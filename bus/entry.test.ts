import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import type { DeviceId, Instant, MacroId, RunId } from '../intents/id.ts'
import type { Actor, Intent, Submission } from '../intents/intent.ts'
import { newId } from '../intents/id.ts'
import { canonical, type Canonical } from '../witness/canonical.ts'
import { decodeEntry, encodeEntry, encodeEvent, firstPrevious, timeOf } from './entry.ts'
import type { Position } from './log.ts'

const at = 1_800_000_000_000 as Instant
const device = 'desk' as DeviceId
const actors: readonly Actor[] = [
  { type: 'operator', id: 'Ännä "the" desk\n', surface: 'touch', control: '/if/fire/desk/x' },
  { type: 'api', id: 'ops' },
  { type: 'agent', id: 'a', onBehalfOf: 'anna' },
  { type: 'macro', run: newId(1) as string as RunId },
]
const intents: readonly Intent[] = [
  { verb: 'fire', device, action: '/cue/go', args: [1, 'zwölf', { b: 1, a: null }] },
  { verb: 'set', device, path: '/master/level', value: 0.1 + 0.2 },
  { verb: 'do', name: 'record.start', args: {} },
  { verb: 'run', macro: 'm' as MacroId, args: { z: 1, a: [] } },
  { verb: 'hold', on: true },
]
const submissions = actors.flatMap((actor) =>
  intents.map((intent): Submission => {
    const id = newId(at)
    return {
      id,
      intent,
      actor,
      source: 'osc:[::1]:5',
      trace: 'a "trace"',
      at,
      expiresAt: null,
      cause: { intent: id, step: 3 },
    }
  }),
)
const events: readonly BusEvent[] = [
  ...submissions.map((submission): BusEvent => ({ type: 'IntentAccepted', submission })),
  ...submissions.map((s): BusEvent => ({
    type: 'IntentAccepted',
    submission: { ...s, cause: null, expiresAt: at, trace: s.id },
  })),
  ...submissions.map((s): BusEvent => ({
    type: 'IntentAccepted',
    submission: { ...s, cause: { intent: s.id, step: 2, at: '2/b1.0#1' } },
  })),
  { type: 'AttemptStarted', intent: newId(at), attempt: 2 },
  { type: 'Delivered', intent: newId(at), attempt: 1, ack: 'sent' },
  { type: 'DeviceReported', device, path: 'x', value: { b: 1, a: 2 } },
]

t.test('every body is canonical JSON and comes back as it was', async (t) => {
  let hseq = 0
  for (const event of events) {
    const body = encodeEntry(
      { hub: 'hub-a', hseq: ++hseq, hprev: firstPrevious },
      at,
      encodeEvent(event),
    )
    t.equal(encodeEvent(event), canonical(event as unknown as Canonical))
    t.equal(body, canonical(JSON.parse(body)))
    const back = decodeEntry({ position: '7' as Position, body })
    t.strictSame(back, { position: '7', hub: 'hub-a', hseq, at, event })
    t.equal(timeOf(body), at)
  }
})

t.test('a body that is no entry is an error that names its position', async (t) => {
  for (const body of [
    '',
    '{',
    'null',
    '{}',
    '{"at":1,"hub":"a","hseq":1,"hprev":"x","event":null}',
  ])
    t.throws(() => decodeEntry({ position: '41' as Position, body }), {
      name: 'EntryError',
      message: /41/,
    })
})
