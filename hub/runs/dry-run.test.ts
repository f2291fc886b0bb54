import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { MacroId } from '../../intents/id.ts'
import { openDesk, openTestCore } from '../core.contract.ts'
import { dryRun, type DryRunOrder } from './dry-run.ts'
import { evening, given, recordedRoom, type RecordedRoom } from '../recorded.contract.ts'

const macros = `
  tape: { onFailure: stop, steps: [{ until: desk, path: /tape, equals: 1, within: 5s }, { fire: desk, action: /roll }] }
  short: { onFailure: stop, steps: [{ until: desk, path: /tape, equals: 1, within: 1s }, { fire: desk, action: /roll }] }
  rescued: { onFailure: { run: calm }, steps: [{ fire: desk, action: no-address }, { fire: desk, action: /never }] }
  calm: { onFailure: stop, steps: [{ fire: desk, action: /calm }, { run: opener }] }
  goes_on: { onFailure: continue, steps: [{ fire: desk, action: no-address }, { hold: true }, { fire: desk, action: /held }, { hold: false }, { fire: desk, action: /still }] }
  tells: { onFailure: stop, steps: [{ fire: hook, action: say, args: { who: anna, text: go } }] }
`

const order = (
  room: RecordedRoom,
  macro: string,
  more: Partial<DryRunOrder> = {},
): DryRunOrder => ({
  macro,
  args: {},
  at: null,
  config: room.config,
  given: given({ data: room.data }),
  ...more,
})

/** Every byte in a folder. */
function bytesOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted())
    if (/\.(log|ndjson)$|checkpoint$/.test(name))
      hash.update(name).update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}

void t.test(
  'a dry run sends nothing and records nothing, and says what a real one sends',
  async (t) => {
    const room = await recordedRoom(t, macros)
    const before = { count: room.desk.count(), bytes: bytesOf(room.data) }
    const dry = await dryRun(order(room, 'opener'))
    t.match(dry, {
      outcome: 'sent',
      failure: null,
      tookMs: 500,
      held: false,
      config: { isSame: true },
    })
    t.match(
      dry.steps.map(({ step, atMs, tookMs, outcome }) => [step, atMs, tookMs, outcome]),
      [
        [0, 0, 0, 'sent'],
        [1, 0, 500, null],
        [2, 500, 0, 'sent'],
        [3, 500, 0, 'sent'],
      ],
    )
    t.same({ count: room.desk.count(), bytes: bytesOf(room.data) }, before)

    // control: a hub sends exactly that, to a device that counts
    const desk = await openDesk(t)
    const text = readFileSync(room.config, 'utf8').replace(/(desk: .*port: )\d+/, `$1${desk.port}`)
    const real = await openTestCore(t, { config: text })
    const { id } = await real.submit({ verb: 'run', macro: 'opener' as MacroId, args: {} })
    await real.until('it waits', () =>
      [...real.core.room.runs.state.runs.values()].some(({ wakeAt }) => wakeAt !== null),
    )
    real.clock.advance(500)
    await real.ended(id)
    const sent = dry.steps.flatMap((step) => step.sent)
    await desk.until(sent.length, AbortSignal.timeout(10_000))
    t.strictSame(
      sent.map(({ text }) => text.split(' ')[0]),
      desk.received().map((received) => received.split(' ')[0]),
    )
    t.equal(sent.length, 4)
    t.same(sent[0], {
      intent: { verb: 'fire', device: 'desk', action: '/one', args: [1] },
      atMs: 0,
      protocol: 'osc',
      to: `udp 127.0.0.1:${room.desk.port}`,
      text: '/one i:1',
      // OSC 1.0: address and type tags padded to four bytes, then the int32
      bytes: '2f6f6e65000000002c69000000000001',
    })
  },
)

void t.test(
  'until is judged by what was reported then, and by what really came after it',
  async (t) => {
    const room = await recordedRoom(t, macros)
    const early = String(evening + 2000)
    // the desk said 0 at 2 s and 1 at 4.5 s
    const waits = await dryRun(order(room, 'tape', { at: early }))
    t.match(waits, {
      outcome: 'sent',
      tookMs: 2500,
      steps: [{ tookMs: 2500, detail: '' }, { atMs: 2500 }],
    })
    const never = await dryRun(order(room, 'short', { at: early }))
    t.match(never, {
      outcome: 'failed',
      tookMs: 1000,
      steps: [{ detail: /did not become 1 within 1000 ms/ }],
    })
    t.equal(never.steps.length, 1)
    const now = await dryRun(order(room, 'tape'))
    t.match(now, { outcome: 'sent', tookMs: 0 })
  },
)

void t.test('a failed step leads where the macro says, and HOLD holds', async (t) => {
  const room = await recordedRoom(t, macros)
  const rescued = await dryRun(order(room, 'rescued'))
  t.equal(rescued.outcome, 'failed')
  t.strictSame(
    rescued.steps.map(({ macro, depth, step, sent }) => [
      macro,
      depth,
      step,
      sent.map(({ text }) => text),
    ]),
    [
      ['rescued', 0, 0, []],
      ['calm', 1, 0, ['/calm']],
      ['calm', 1, 1, []],
      ['opener', 2, 0, ['/one i:1']],
      ['opener', 2, 1, []],
      ['opener', 2, 2, ['/level i:0', '/off']],
      ['opener', 2, 3, ['/two']],
    ],
  )
  const goesOn = await dryRun(order(room, 'goes_on'))
  t.match(
    goesOn.steps.map(({ outcome, sent }) => [outcome, sent.length]),
    [
      ['refused', 0],
      ['confirmed', 0],
      ['refused', 0],
      ['confirmed', 0],
      ['sent', 1],
    ],
  )
  const held = room.position(
    ({ event }) => event.type === 'IntentAccepted' && event.submission.id === room.ids.held,
  )
  t.match(await dryRun(order(room, 'opener', { at: held })), {
    held: true,
    outcome: 'failed',
    steps: [{ outcome: 'refused', sent: [] }],
  })
})

void t.test('no secret is looked up, and none is shown', async (t) => {
  const room = await recordedRoom(t, macros)
  process.env['HOOK_TOKEN'] = process.env['HOOK_KEY'] = 'topsecret'
  t.teardown(() => {
    delete process.env['HOOK_TOKEN']
    delete process.env['HOOK_KEY']
  })
  const { steps, outcome } = await dryRun(order(room, 'tells'))
  t.equal(outcome, 'sent')
  t.same(steps[0]?.sent[0]?.text.split('\n'), [
    'POST /say/anna HTTP/1.1',
    'host: 127.0.0.1:9',
    'content-type: application/json',
    'x-key: SECRET.env.HOOK-KEY',
    'authorization: Bearer (not shown)',
    'content-length: 13',
    '',
    '{"text":"go"}',
  ])
  t.notMatch(JSON.stringify(steps), 'topsecret')
})

void t.test('a bundle does as well, and says what it does not know', async (t) => {
  const room = await recordedRoom(t, macros)
  const from = room.position(({ event }) => event.type === 'RunAdvanced')
  const bundle = await room.bundle(from)
  const of = (macro: string, more: Partial<DryRunOrder> = {}) =>
    dryRun(order(room, macro, { given: given({ bundle, keys: [room.key] }), ...more }))
  t.match(await of('opener', { at: from }), {
    outcome: 'sent',
    since: { line: Number(from) - 1 },
    held: null,
    config: { then: [], isSame: false },
  })
  await t.rejects(of('nope'), /no macro 'nope'; there are: opener/)
  await t.rejects(of('opener', { at: '2' }), /there is no position 2/)
  const text = readFileSync(room.config, 'utf8')
  writeFileSync(room.config, text.replace('site: s\n', 'site: elsewhere\n'))
  await t.rejects(of('opener'), /is of infrafabric\/s, and the config is of infrafabric\/elsewhere/)
  writeFileSync(room.config, `${text}\n# changed\n`)
  const other = await dryRun(order(room, 'opener'))
  t.match(other.config, { isSame: false, then: [/^[0-9a-f]{64}$/] })
  writeFileSync(room.config, 'site: s\nnonsense: 1\n')
  await t.rejects(of('opener'), { name: 'ConfigError' })
})
