import t from 'tap'
import { encodeEvent } from '../bus/entry.ts'
import { newId, type Instant } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { DeviceSubmission } from './delivery.ts'
import { fire, gone, room, set, settle } from './router.fixture.ts'

t.test(
  'intents reach their device in order, each recorded as started before it is sent',
  async (t) => {
    for (const pipeline of [1, 100]) {
      const { sent, recorded, ask, ends } = room({ pipeline })
      const ids = ['a', 'b', 'c', 'd'].map((name) => ask(fire(name)))
      await settle()
      t.strictSame(sent, ['a', 'b', 'c', 'd'])
      t.strictSame(
        ends(),
        ids.map((intent) => ({ intent, outcome: 'sent' })),
      )
      for (const id of ids) {
        const types = recorded.filter((e) => 'intent' in e && e.intent === id).map((e) => e.type)
        t.strictSame(types, ['AttemptStarted', 'Delivered'])
      }
    }
  },
)

t.test(
  'a free device pays for one record: the attempt is started with the acceptance',
  async (t) => {
    const { recorded, ask } = room({ pipeline: 100 })
    ask(fire('a'))
    ask(fire('b'))
    t.strictSame(
      recorded.map((e) => e.type),
      ['IntentAccepted', 'AttemptStarted', 'IntentAccepted', 'AttemptStarted'],
    )
  },
)

t.test(
  'a device that hangs ends its fire as unknown after the deadline, and the next goes out',
  async (t) => {
    const { clock, sent, state, ask, outcome } = room()
    state.answer = 'hang'
    const hung = ask(fire('a'))
    const next = ask(fire('b'))
    await settle()
    t.strictSame(sent, ['a'], 'control: it hangs, and the next waits its turn')
    state.answer = 'ok'
    clock.advance(2200)
    await settle()
    t.strictSame(outcome(hung), ['unknown'])
    t.strictSame(outcome(next), ['sent'])
  },
)

t.test('a link that ignores its deadline does not hold up its device either', async (t) => {
  const { clock, sent, state, ask, outcome } = room()
  state.answer = 'deaf'
  const hung = ask(fire('a'))
  await settle()
  state.answer = 'ok'
  clock.advance(3000)
  await settle()
  const next = ask(fire('b'))
  await settle()
  t.strictSame([outcome(hung), outcome(next), sent], [['unknown'], ['sent'], ['a', 'b']])
})

t.test(
  'while its device is away only the last value of a path stays, and it is what arrives',
  async (t) => {
    const { clock, sent, state, ask, outcome } = room()
    state.context?.changed(false, 'pulled')
    state.answer = gone
    const ids = [1, 2, 3].map((value) => ask(set('/level', value)))
    await settle()
    const other = ask(set('/other', 9))
    await settle()
    t.strictSame(sent, [])
    state.answer = 'ok'
    state.context?.changed(true, 'back')
    await settle()
    clock.advance(1)
    await settle()
    t.strictSame(sent, ['/level=3', '/other=9'])
    t.strictSame(ids.map(outcome), [['cancelled'], ['cancelled'], ['sent']])
    t.strictSame(outcome(other), ['sent'])
  },
)

t.test('after a reconnect what was set is sent again and what was fired is not', async (t) => {
  const { sent, resent, state, ask } = room()
  ask(set('/level', 0.5))
  ask(fire('/cue/go'))
  await settle()
  t.strictSame(sent, ['/level=0.5', '/cue/go'])
  state.context?.changed(true, 'first connect')
  t.strictSame(resent, [], 'the first connect is no reconnect')
  state.context?.changed(false, 'pulled')
  state.context?.changed(true, 'back')
  t.strictSame(resent, [['/level', 0.5]])
})

t.test('an intent that expires while its device is busy is never sent late', async (t) => {
  const { clock, sent, state, ask, outcome } = room()
  state.answer = 'hang'
  ask(fire('a'))
  const late = ask(fire('b'), (clock.now() + 500) as Instant)
  const patient = ask(fire('c'))
  await settle()
  clock.advance(600)
  await settle()
  t.strictSame(outcome(late), ['expired'], 'it ends when it expires, not when the device is free')
  state.answer = 'ok'
  clock.advance(2000)
  await settle()
  t.strictSame(sent, ['a', 'c'])
  t.strictSame(outcome(patient), ['sent'], 'control')
})

t.test('hold refuses what waits and what comes, until it is released', async (t) => {
  const { sent, state, router, ask, outcome, clock } = room()
  state.answer = 'hang'
  ask(fire('a'))
  const waiting = ask(fire('b'))
  await settle()
  router.hold(true)
  const during = ask(fire('c'))
  await settle()
  t.strictSame([outcome(waiting), outcome(during)], [['refused'], ['refused']])
  state.answer = 'ok'
  clock.advance(2500)
  router.hold(false)
  const afterwards = ask(fire('d'))
  await settle()
  t.strictSame([sent, outcome(afterwards)], [['a', 'd'], ['sent']])
})

t.test(
  'a device that leaves the config lets what is under way end and refuses the rest',
  async (t) => {
    const { sent, state, router, ask, outcome, clock } = room()
    state.answer = 'hang'
    const under = ask(fire('a'))
    const waiting = ask(fire('b'))
    await settle()
    let gone = false
    const retired = router
      .retire({ code: 'refused', reached: 'no', detail: 'removed' })
      .then(() => (gone = true))
    await settle()
    t.strictSame([outcome(waiting), gone], [['refused'], false])
    clock.advance(2500)
    await retired
    t.strictSame([sent, outcome(under)], [['a'], ['unknown']])
  },
)

t.test('10,000 fires for a device that is away all end, each once, and none is sent', async (t) => {
  const { clock, sent, state, ask, ends, router } = room()
  state.answer = gone
  state.context?.changed(false, 'away')
  const ids = Array.from({ length: 10_000 }, (_, i) => ask(fire(`a${i}`)))
  t.equal(router.size(), 10_000, 'control: they all wait')
  for (let s = 0; s < 12; s++) {
    await settle()
    clock.advance(1000)
  }
  await settle()
  t.equal(router.size(), 0)
  t.strictSame(new Set(ends().map((e) => e.intent)), new Set(ids))
  t.equal(ends().length, 10_000)
  t.strictSame(new Set(ends().map((e) => e.outcome)), new Set(['failed']))
  t.strictSame(sent, [])
})

t.test('what a device says is recorded even where JSON cannot say it', async (t) => {
  const { state, ask, recorded, outcome } = room()
  const half = 'no \ud83d'
  t.throws(() => encodeEvent({ type: 'HubStopped', reason: half }), 'control: it cannot be written')
  state.answer = { code: 'refused', reached: 'yes', detail: `${half}${'x'.repeat(600)}` }
  const id = ask(fire('a'))
  state.context?.report(`path ${half}`, { [half]: [Number.NaN, half] })
  state.context?.changed(true, half)
  await settle()
  t.strictSame(outcome(id), ['refused'])
  t.ok(recorded.length >= 5, 'acceptance, attempt, its end, report and link')
  for (const event of recorded) t.doesNotThrow(() => encodeEvent(event), event.type)
  t.match(
    recorded.find((event) => event.type === 'DeviceReported'),
    { path: 'path no \ufffd', value: { 'no \ufffd': [null, 'no \ufffd'] } },
  )
})

t.test('an outcome that the full log could not take is recorded once there is space', async (t) => {
  const { clock, state, ask, outcome, sent } = room()
  const id = ask(fire('a'))
  state.logFull = true
  await settle()
  t.strictSame([sent, outcome(id)], [['a'], []], 'control: sent, and not recorded')
  state.logFull = false
  clock.advance(300)
  await settle()
  t.strictSame(outcome(id), ['sent'])
})

t.test(
  'at start-up the crash truth: a set that was under way is sent again, a fire is unknown',
  async (t) => {
    const base = {
      actor: { type: 'api', id: 'a' },
      source: 's',
      trace: 't',
      at: 1_800_000_000_000 as Instant,
      expiresAt: null,
      cause: null,
    } as const
    const under = (intent: DeviceIntent): DeviceSubmission => ({ ...base, id: newId(1), intent })
    const [lamp, horn, queued] = [
      under(set('/lamp', 1)),
      under(fire('/horn')),
      under(fire('/later')),
    ]
    const { sent, outcome } = room({
      open: [
        { phase: 'attempting', submission: lamp, attempt: 1 },
        { phase: 'attempting', submission: horn, attempt: 1 },
        { phase: 'waiting', submission: queued, tried: 0, retryAt: null, failure: null },
      ],
    })
    await settle()
    t.strictSame(sent, ['/lamp=1', '/later'])
    t.strictSame(
      [lamp, horn, queued].map((s) => outcome(s.id)),
      [['sent'], ['unknown'], ['sent']],
    )
  },
)

t.test(
  'a flood of reports while the log is busy keeps the newest of each path and grows no queue',
  async (t) => {
    const { state, recorded } = room()
    for (let i = 0; i < 10_000; i++) state.context?.report('level', i)
    await settle()
    const values = recorded.flatMap((e) => (e.type === 'DeviceReported' ? [e.value] : []))
    t.strictSame(values, [0, 9999])
  },
)

t.test(
  'what another hub recorded while a press was being recorded here goes in front of it',
  async (t) => {
    const { sent, router, submissionOf, outcome } = room()
    const here = submissionOf(fire('here'))
    const claim = router.claim(here, 'durable')
    const there = submissionOf(fire('there'))
    router.adopt(there)
    claim.kept()
    router.adopt(submissionOf(fire('later')))
    await settle()
    t.strictSame(sent, ['there', 'here', 'later'])
    t.strictSame([outcome(here.id), outcome(there.id)], [['sent'], ['sent']])
  },
)

t.test(
  'a press that two hubs got has its place where it was recorded first, and is sent once',
  async (t) => {
    const { sent, router, submissionOf } = room()
    const first = submissionOf(fire('first'))
    const both = submissionOf(set('/fader', 1))
    const [claimOfFirst, claimOfBoth] = [
      router.claim(first, 'durable'),
      router.claim(both, 'durable'),
    ]
    router.adopt(both) // the other hub's came before either of ours
    router.adopt(submissionOf(set('/fader', 2)))
    claimOfFirst.kept()
    claimOfBoth.kept()
    await settle()
    t.strictSame(sent, ['/fader=1', '/fader=2', 'first'])
  },
)

t.test('a press whose own record failed is still sent where another hub recorded it', async (t) => {
  const { sent, router, submissionOf } = room()
  const [both, alone] = [submissionOf(fire('both')), submissionOf(fire('alone'))]
  const claims = [router.claim(both, 'durable'), router.claim(alone, 'durable')]
  router.adopt(both)
  for (const claim of claims) claim.lost()
  await settle()
  t.strictSame(sent, ['both'])
})

t.test(
  'a press that became too late while its attempt was being recorded is not sent',
  async (t) => {
    const { clock, sent, router, submissionOf, outcome } = room()
    const pressed = submissionOf(fire('a'), (clock.now() + 500) as Instant)
    const claim = router.claim(pressed, 'durable')
    t.match(claim.events, [{ type: 'AttemptStarted' }], 'control: it is free to go')
    clock.advance(600)
    claim.kept()
    await settle()
    t.strictSame([sent, outcome(pressed.id)], [[], ['expired']])
  },
)
