import t from 'tap'
import { readdirSync, readFileSync } from 'node:fs'
import {
  decodeEntry,
  encodeEntry,
  encodeEvent,
  firstPrevious,
  type Recorded,
} from '../bus/entry.ts'
import type { Position } from '../bus/log.ts'
import { bodyHash } from '../bus/recorder.ts'
import { openRoom } from '../hub/room.ts'
import { foldInto } from '../projections/runner.ts'
import { verifyChains, type StoredLine } from '../witness/verify.ts'
import type { BusEvent } from './event.ts'
import { failed } from './failure.ts'
import type { DeviceId, Instant, IntentId, MacroId, RunId } from './id.ts'
import type { Actor, Intent, Submission } from './intent.ts'
import type { Json } from './json.ts'
import { vocabularyVersion } from './upcast.ts'

// The golden logs: journals as each version of the vocabulary wrote them. Whatever changes later, they must read the
// same. They are never made anew: `goldenV2` below says how the newest was made, and is compared with it as long as
// this is the version that writes.

/** Every event type, actor type and verb: the compiler says when one is missing here. */
const eventTypes: Readonly<Record<BusEvent['type'], true>> = {
  IntentAccepted: true,
  IntentRefused: true,
  AttemptStarted: true,
  Delivered: true,
  AttemptFailed: true,
  IntentEnded: true,
  DeviceReported: true,
  LinkChanged: true,
  RunAdvanced: true,
  LeaseTaken: true,
  LeaseGiven: true,
  HubStarted: true,
  HubStopped: true,
  LogRecovered: true,
  LogGap: true,
  WentAlone: true,
  Rejoined: true,
  ClockStepped: true,
  ConfigChanged: true,
  InputRejected: true,
  PageTurned: true,
  SignalReceived: true,
  ListenerChanged: true,
  AccessRefused: true,
  Corrected: true,
  LegalHoldPlaced: true,
  LegalHoldReleased: true,
  Redacted: true,
  ValuesErased: true,
  LogTrimmed: true,
  HeadSealed: true,
  HeadsDiffered: true,
  KeyMade: true,
  KeyChanged: true,
  KeyRetired: true,
  LogRead: true,
}
const verbs: Readonly<Record<Intent['verb'], true>> = {
  set: true,
  fire: true,
  do: true,
  run: true,
  cancel: true,
  hold: true,
}
const actorTypes: Readonly<Record<Actor['type'], true>> = {
  operator: true,
  api: true,
  agent: true,
  macro: true,
  trigger: true,
}

const fixtures = new URL('fixtures/', import.meta.url)
const versions = readdirSync(fixtures)
  .flatMap((name) => /^v(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
  .map(Number)

function bodiesOf(version: number): readonly string[] {
  return readFileSync(new URL(`v${version}.jsonl`, fixtures), 'utf8')
    .trimEnd()
    .split('\n')
}

const decoded = (bodies: readonly string[]): readonly Recorded[] =>
  bodies.map((body, i) => decodeEntry({ position: String(i + 1) as Position, body }))

async function* linesOf(bodies: readonly string[]): AsyncGenerator<StoredLine> {
  for (const [i, body] of bodies.entries())
    yield { position: `${i + 1}`, file: '', offset: 0, body: Buffer.from(body), crc: 'ok' }
}

/** What all projections make of these entries, as their snapshots would say it. */
function stateOf(entries: readonly Recorded[]): Json {
  const room = openRoom()
  for (const recorded of entries) foldInto(room, recorded)
  return Object.fromEntries(
    room.all.map(({ projection, state }) => [projection.name, projection.save(state)]),
  )
}

void t.test('there is a golden log of every version up to this one', async (t) => {
  t.strictSame(
    versions.toSorted((a, b) => a - b),
    Array.from({ length: vocabularyVersion }, (_, i) => i + 1),
  )
})

for (const version of versions)
  void t.test(`what version ${version} wrote still reads the same`, async (t) => {
    const bodies = bodiesOf(version)
    t.match(await verifyChains(linesOf(bodies)), { ok: true, entries: bodies.length })
    const entries = decoded(bodies)
    const expected: Json = JSON.parse(
      readFileSync(new URL(`v${version}.state.json`, fixtures), 'utf8'),
    )
    t.strictSame(JSON.parse(JSON.stringify(stateOf(entries))), expected)
  })

void t.test('the newest golden log has every event, verb and kind of actor', async (t) => {
  const events = decoded(bodiesOf(vocabularyVersion)).map(({ event }) => event)
  const submissions = events.flatMap((event) => ('submission' in event ? [event.submission] : []))
  const found = (names: Iterable<string>) => [...new Set(names)].toSorted()
  t.strictSame(found(events.map(({ type }) => type)), found(Object.keys(eventTypes)))
  t.strictSame(found(submissions.map(({ intent }) => intent.verb)), found(Object.keys(verbs)))
  t.strictSame(found(submissions.map(({ actor }) => actor.type)), found(Object.keys(actorTypes)))
})

void t.test('an event that only a later version knows is kept and changes nothing', async (t) => {
  const entries = decoded(bodiesOf(1))
  const later = entries.map((one): Recorded => {
    const event = { type: 'FromTheFuture', intent: 'x', submission: null }
    return { ...one, event: event as unknown as BusEvent }
  })
  const mixed = entries.flatMap((one, i) => [one, later[i] ?? one])
  t.strictSame(stateOf(mixed), stateOf(entries))
})

void t.test('this version writes what its golden log has, byte for byte', async (t) => {
  t.strictSame(goldenV2(), bodiesOf(2))
})

/**
 * How `fixtures/v2.jsonl` was made, once: an evening in a control room that has everything in it. The `state.json`
 * beside each log is `stateOf` of it, looked through by a person.
 */
function goldenV2(): readonly string[] {
  const start = 1_795_000_000_000
  const id = (n: number) =>
    `019${(0x1f_0000_0000 + n).toString(16).padStart(9, '0').slice(0, 5)}-${n.toString(16).padStart(4, '0')}-7000-8000-${n.toString(16).padStart(12, '0')}` as IntentId
  const at = (n: number) => (start + n) as Instant
  const runOf = (intent: IntentId) => intent as string as RunId
  const desk = 'desk' as DeviceId
  const mypro = 'mypro' as DeviceId
  const anna: Actor = { type: 'operator', id: 'anna', surface: 'console', control: '1/0/1' }
  const ops: Actor = { type: 'api', id: 'ops' }
  const agent: Actor = { type: 'agent', id: 'helper', onBehalfOf: 'anna' }
  const asked = (n: number, intent: Intent, actor: Actor, more: Partial<Submission> = {}) => ({
    id: id(n),
    intent,
    actor,
    source: 'http:127.0.0.1',
    trace: id(n),
    at: at(10 * n),
    expiresAt: null,
    cause: null,
    ...more,
  })
  const accepted = (...args: Parameters<typeof asked>): BusEvent => ({
    type: 'IntentAccepted',
    submission: asked(...args),
  })
  const go: Intent = { verb: 'fire', device: desk, action: '/cue/go', args: [1, 'zwölf', null] }
  const level = (value: Json): Intent => ({ verb: 'set', device: desk, path: '/level', value })
  const started = (n: number, attempt = 1): BusEvent => ({
    type: 'AttemptStarted',
    intent: id(n),
    attempt,
  })
  const delivered = (n: number, ack: 'sent' | 'confirmed', attempt = 1): BusEvent => ({
    type: 'Delivered',
    intent: id(n),
    attempt,
    ack,
  })
  const gone = failed('unreachable', 'desk: nobody listens')
  const opener = 'opener' as MacroId
  const step = (n: number, state: 'running' | 'done' | 'stopped' | 'cancelled', index: number) => ({
    type: 'RunAdvanced' as const,
    run: runOf(id(n)),
    macro: opener,
    step: index,
    state,
    wakeAt: index === 1 && state === 'running' ? at(900) : null,
    detail: state === 'stopped' ? 'step 1: nobody listens' : '',
  })
  const child = (parent: number, index: number) => ({
    trace: id(parent),
    cause: { intent: id(parent), step: index },
  })
  const macro = (n: number): Actor => ({ type: 'macro', run: runOf(id(n)) })
  const ended = (
    n: number,
    outcome: Extract<BusEvent, { type: 'IntentEnded' }>['outcome'],
    by: IntentId | null = null,
  ): BusEvent => ({ type: 'IntentEnded', intent: id(n), outcome, failure: null, by })

  const by = (hub: string, event: BusEvent) => ({ hub, event })
  const subject = { intent: id(80), position: '102' }

  const events: readonly (BusEvent | ReturnType<typeof by>)[] = [
    { type: 'HubStarted', version: '0.1.0', config: 'c0ffee' },
    { type: 'LinkChanged', device: desk, up: true, detail: 'udp 127.0.0.1:9000' },
    // a press; its id once more; a level that is asked for twice
    accepted(1, go, anna),
    started(1),
    delivered(1, 'sent'),
    accepted(2, level(0.5), ops, { expiresAt: at(5000), trace: 'show-7' }),
    started(2),
    accepted(2, level(0.9), agent),
    delivered(2, 'sent'),
    // tried again, and then confirmed
    accepted(3, { verb: 'fire', device: mypro, action: 'Cut', args: {} }, agent),
    started(3),
    {
      type: 'AttemptFailed',
      intent: id(3),
      attempt: 1,
      failure: { code: 'unreachable', reached: 'no', detail: 'connection refused' },
      retryAt: at(1031),
    },
    started(3, 2),
    delivered(3, 'confirmed', 2),
    { type: 'DeviceReported', device: mypro, path: 'active', value: 2 },
    { type: 'DeviceReported', device: mypro, path: 'titles', value: ['a', { b: null }] },
    // away: a value overtaken by a newer one, one that came too late, one that failed for good
    { type: 'LinkChanged', device: desk, up: false, detail: 'nobody listens' },
    accepted(4, level(0.1), anna),
    accepted(5, level(0.2), anna),
    ended(4, 'cancelled', id(5)),
    accepted(6, go, { ...anna, id: 'bob' }, { expiresAt: at(70) }),
    {
      type: 'IntentEnded',
      intent: id(6),
      outcome: 'expired',
      failure: failed('expired', 'expired 5 ms before its device could take it'),
      by: null,
    },
    started(5),
    { type: 'AttemptFailed', intent: id(5), attempt: 1, failure: gone, retryAt: null },
    // refused
    {
      type: 'IntentRefused',
      submission: asked(7, { ...go, device: 'desc' as DeviceId }, anna),
      failure: failed('not-found', "no device 'desc'"),
    },
    {
      type: 'IntentRefused',
      submission: asked(8, go, ops, { expiresAt: at(80) }),
      failure: failed('expired', 'it had expired when it came'),
    },
    {
      type: 'InputRejected',
      surface: 'touch',
      source: 'osc:127.0.0.1:5000',
      failure: failed('malformed', 'no OSC'),
      count: 3,
    },
    {
      type: 'AccessRefused',
      surface: 'http',
      source: 'http:10.0.0.9',
      detail: 'no token',
      count: 1,
    },
    // a name and what it stands for
    accepted(10, { verb: 'do', name: 'studio_dark', args: {} }, anna),
    accepted(11, level(0), anna, child(10, 0)),
    started(11),
    accepted(
      12,
      { verb: 'fire', device: mypro, action: 'Fade', args: { ms: 500 } },
      anna,
      child(10, 1),
    ),
    started(12),
    delivered(11, 'sent'),
    delivered(12, 'confirmed'),
    ended(10, 'sent'),
    // a macro that is through, one that is cancelled, one that stops
    accepted(20, { verb: 'run', macro: opener, args: {} }, ops),
    step(20, 'running', 0),
    accepted(21, go, macro(20), child(20, 0)),
    started(21),
    delivered(21, 'sent'),
    step(20, 'running', 1),
    step(20, 'done', 2),
    ended(20, 'sent'),
    accepted(
      22,
      { verb: 'run', macro: opener, args: { fast: true } },
      { type: 'trigger', id: 'noon' },
    ),
    step(22, 'running', 1),
    accepted(23, { verb: 'cancel', run: runOf(id(22)) }, anna),
    step(22, 'cancelled', 1),
    ended(22, 'cancelled', id(23)),
    ended(23, 'confirmed'),
    accepted(24, { verb: 'run', macro: opener, args: null }, agent),
    step(24, 'stopped', 0),
    ended(24, 'failed'),
    { type: 'ClockStepped', wall: at(-3_600_000), kept: at(400) },
    { type: 'ConfigChanged', actor: ops, summary: 'device lamp added', config: 'c0ffee02' },
    // the panic stop
    accepted(30, { verb: 'hold', on: true }, anna),
    ended(30, 'confirmed'),
    accepted(31, go, anna),
    {
      type: 'IntentEnded',
      intent: id(31),
      outcome: 'refused',
      failure: failed('held', 'HOLD'),
      by: null,
    },
    accepted(32, { verb: 'hold', on: false }, anna),
    ended(32, 'confirmed'),
    { type: 'HubStopped', reason: 'SIGTERM' },
    // a crash in the middle: nobody knows of the one, the other is sent again
    { type: 'LogRecovered', cutBytes: 17, sha256: 'ab'.repeat(32) },
    { type: 'HubStarted', version: '0.1.0', config: 'c0ffee02' },
    accepted(40, go, anna),
    started(40),
    accepted(41, level(0.7), { type: 'trigger', id: 'resync' }),
    started(41),
    { type: 'HubStarted', version: '0.1.0', config: 'c0ffee02' },
    {
      type: 'AttemptFailed',
      intent: id(40),
      attempt: 1,
      failure: { code: 'unknown-outcome', reached: 'maybe', detail: 'the hub stopped' },
      retryAt: null,
    },
    {
      type: 'AttemptFailed',
      intent: id(41),
      attempt: 1,
      failure: { code: 'timeout', reached: 'maybe', detail: 'the hub stopped' },
      retryAt: at(700),
    },
    started(41, 2),
    delivered(41, 'sent', 2),
    // and one that is still open
    accepted(50, level(1), anna),
    started(50),
    // a second hub takes the desk: what the first says of it afterwards does not count, what arrived does
    { type: 'LeaseTaken', lease: desk, token: 1, detail: 'nobody had it' },
    { type: 'LeaseTaken', lease: '$macros', token: 1, detail: 'nobody had it' },
    accepted(60, go, anna),
    { type: 'AttemptStarted', intent: id(60), attempt: 1, token: 1 },
    accepted(61, go, anna),
    by('hub-b', { type: 'LeaseTaken', lease: desk, token: 2, detail: 'hub-a was gone' }),
    by('hub-b', { type: 'LeaseTaken', lease: mypro, token: 1, detail: 'nobody had it' }),
    { type: 'LeaseTaken', lease: desk, token: 2, detail: 'hub-b was faster' },
    { type: 'AttemptStarted', intent: id(61), attempt: 1, token: 1 },
    by('hub-b', {
      type: 'AttemptFailed',
      intent: id(60),
      attempt: 1,
      failure: { code: 'unknown-outcome', reached: 'maybe', detail: 'its hub was gone' },
      retryAt: null,
    }),
    by('hub-b', { type: 'AttemptStarted', intent: id(61), attempt: 1, token: 2 }),
    delivered(60, 'sent'),
    by('hub-b', delivered(61, 'sent')),
    by('hub-b', { type: 'LeaseGiven', lease: desk, token: 2 }),
    // a shared log that came back without its newest entries
    {
      type: 'LogGap',
      after: '1795000000620-0.3',
      until: '1795000000741-2.0',
      detail: 'the server came back with an older copy',
    },
    // a hub that was cut off: what it did alone is seen, and overtakes nothing that came after it
    accepted(70, { verb: 'hold', on: true }, anna),
    ended(70, 'confirmed'),
    {
      type: 'WentAlone',
      since: at(0),
      leases: [
        { lease: desk, token: 3 },
        { lease: '$macros', token: 1 },
      ],
      detail: 'the server was away',
    },
    by('hub-b', { type: 'LeaseTaken', lease: desk, token: 4, detail: 'hub-a was gone' }),
    accepted(71, go, anna),
    { type: 'AttemptStarted', intent: id(71), attempt: 1, token: 3 },
    delivered(71, 'sent'),
    accepted(72, go, anna),
    { type: 'AttemptStarted', intent: id(72), attempt: 1, token: 3 },
    {
      type: 'IntentEnded',
      intent: id(72),
      outcome: 'unknown',
      failure: { code: 'unknown-outcome', reached: 'maybe', detail: 'hub-b has it' },
      by: null,
    },
    { type: 'Rejoined', since: at(0), until: at(2000), entries: 7, lost: [desk] },
    // personal text that is only committed to, corrected, held, redacted; and what is old enough is trimmed
    accepted(80, { ...go, args: { text: { $commitment: `${'A'.repeat(43)}=` } } }, anna),
    started(80),
    delivered(80, 'sent'),
    { type: 'Corrected', actor: anna, subject, text: 'it was cue 12' },
    { type: 'LegalHoldPlaced', actor: ops, name: 'case-7', from: at(0), to: null, reason: 'claim' },
    { type: 'LegalHoldReleased', actor: ops, name: 'case-7', writtenRelease: 'letter of the 3rd' },
    {
      type: 'LegalHoldPlaced',
      actor: ops,
      name: 'case-8',
      from: at(500),
      to: at(900),
      reason: 'fire',
    },
    {
      type: 'Redacted',
      actor: ops,
      subject,
      commitments: [`${'A'.repeat(43)}=`],
      reason: 'asked for by the person',
    },
    { type: 'ValuesErased', redaction: '109', erased: 1 },
    {
      type: 'LogTrimmed',
      upTo: '4',
      before: at(40),
      sealed: 80,
      tips: [{ hub: 'hub-a', hseq: 4, head: `${'B'.repeat(43)}=` }],
    },
    // the seal and its keys, and who looked
    { type: 'KeyMade', actor: ops, key: 'studio/log+0a0b0c0d+AQ==' },
    {
      type: 'HeadSealed',
      size: 90,
      root: 'cm9vdA==',
      witnesses: [{ name: 'w1', at: 1_795_000_000, signature: 'c2ln' }],
      everyMs: 60_000,
      upMs: 86_400_000,
    },
    {
      type: 'KeyChanged',
      actor: ops,
      old: 'studio/log+0a0b0c0d+AQ==',
      next: 'studio/log+1a1b1c1d+AQ==',
      after: 91,
      signatures: ['— studio/log c2ln', '— studio/log c2lu'],
    },
    { type: 'KeyRetired', actor: ops, key: 'studio/log+0a0b0c0d+AQ==' },
    {
      type: 'LogRead',
      actor: ops,
      source: 'http:127.0.0.1',
      route: 'events',
      from: '12',
      to: null,
      count: 3,
    },
    by('hub-b', {
      type: 'HeadsDiffered',
      size: 90,
      root: 'dG9vcg==',
      other: 'hub-a',
      otherRoot: 'cm9vdA==',
    }),
    // what a trigger listens to
    {
      type: 'SignalReceived',
      way: 'webhook',
      name: 'bell',
      value: { who: 'anna' },
      source: 'http:127.0.0.1',
    },
    // a panel of the desk
    { type: 'PageTurned', surface: 'boxes', panel: 'CL12K1A00042', page: 2 },
    {
      type: 'ListenerChanged',
      way: 'mqtt',
      name: 'mqtt://127.0.0.1:1883',
      up: false,
      detail: 'connect ECONNREFUSED 127.0.0.1:1883',
    },
    { type: 'ListenerChanged', way: 'calendar', name: 'shows.ics', up: true, detail: '' },
  ]
  const bodies: string[] = []
  const tips = new Map<string, { readonly hseq: number; readonly hprev: string }>()
  events.forEach((one, i) => {
    const [hub, event] =
      'event' in one ? ([one.hub, one.event] as const) : (['hub-a', one] as const)
    const { hseq, hprev } = tips.get(hub) ?? { hseq: 0, hprev: firstPrevious }
    const body = encodeEntry({ hub, hseq: hseq + 1, hprev }, at(10 * i), encodeEvent(event))
    tips.set(hub, { hseq: hseq + 1, hprev: bodyHash(body) })
    bodies.push(body)
  })
  return bodies
}
