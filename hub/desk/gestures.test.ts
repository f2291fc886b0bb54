import t from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { newId } from '../../intents/id.ts'
import type { ControlGesture, Receipt, Wish } from '../../surfaces/surface.ts'
import { anna, configFrom } from '../core.contract.ts'
import { openGestures } from './gestures.ts'
import type { InnerWish } from '../intake.ts'

const config = configFrom(`
site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
pages:
  1:
    0/0: { text: GO, press: { fire: desk, action: /go } }
    0/1: { text: TALK, press: { fire: desk, action: /on }, release: { fire: desk, action: /off } }
    0/2:
      text: FTB
      press: { fire: desk, action: /short }
      release: { fire: desk, action: /up }
      hold: { after: 1s, do: { fire: desk, action: /long } }
    0/3:
      text: LEVEL
      rotateLeft: { fire: desk, action: /less }
      rotateRight: { fire: desk, action: /more }
`)

function hands(of = config) {
  const clock = fakeClock()
  const wishes: InnerWish[] = []
  /** Controls that began or ended to ask. */
  const changes: string[] = []
  const gestures = openGestures(
    clock,
    () => of,
    (place) => changes.push(place),
  )
  const submit = (wish: InnerWish): Promise<Receipt> => {
    wishes.push(wish)
    return Promise.resolve({
      id: wish.id ?? newId(clock.now()),
      position: String(wishes.length),
      duplicate: false,
      refusal: null,
    })
  }
  const hand = (col: number, gesture: ControlGesture, more: Partial<Wish> = {}) =>
    gestures.gesture(
      { page: 1, row: 0, col },
      gesture,
      { actor: anna, source: 'test:1', ...more },
      submit,
    )
  const actions = () =>
    wishes.splice(0).map(({ intent }) => ('action' in intent ? intent.action : ''))
  return { clock, gestures, hand, wishes, actions, changes }
}

void t.test('a press is down and up in one', async (t) => {
  const { hand, actions } = hands()
  t.equal((await hand(0, 'press'))?.length, 1)
  t.equal((await hand(1, 'press'))?.length, 2)
  t.strictSame(actions(), ['/go', '/on', '/off'])
  await hand(1, 'down')
  t.strictSame(actions(), ['/on'])
  await hand(1, 'up')
  t.strictSame(actions(), ['/off'])
})

void t.test('held down long enough it is the other thing, once', async (t) => {
  const { clock, hand, actions, wishes } = hands()
  const id = newId(clock.now())
  t.strictSame(await hand(2, 'down', { id }), [])
  clock.advance(999)
  t.strictSame(actions(), [])
  clock.advance(1)
  t.notOk(wishes[0]?.id, 'it is not the press that had this id')
  t.strictSame(actions(), ['/long'])
  await hand(2, 'up')
  t.strictSame(actions(), [], 'and no press when the finger leaves')
  await hand(2, 'down')
  clock.advance(999)
  await hand(2, 'up')
  t.strictSame(actions(), ['/short', '/up'], 'let go before, it is a press')
  clock.advance(10_000)
  t.strictSame(actions(), [])
})

void t.test('two people hold the same control each for themselves', async (t) => {
  const { clock, hand, actions } = hands()
  await hand(2, 'down', { source: 'http:a' })
  clock.advance(600)
  await hand(2, 'down', { source: 'http:b' })
  await hand(2, 'up', { source: 'http:b' })
  t.strictSame(actions(), ['/short', '/up'])
  clock.advance(400)
  t.strictSame(actions(), ['/long'], 'the other one is still holding')
})

void t.test(
  'a knob turns left and right; what binds nothing is told from what is not there',
  async (t) => {
    const { hand, actions } = hands()
    await hand(3, 'rotate-left')
    await hand(3, 'rotate-right')
    t.strictSame(actions(), ['/less', '/more'])
    t.strictSame(await hand(3, 'press'), [])
    t.strictSame(await hand(0, 'rotate-left'), [])
    t.strictSame(await hand(0, 'up'), [])
    t.equal(await hand(9, 'press'), null)
  },
)

void t.test('200 presses are 200 wishes, in their order', async (t) => {
  const { hand, wishes } = hands()
  const ids = Array.from({ length: 200 }, () => newId(0))
  const receipts = await Promise.all(ids.map((id) => hand(0, 'press', { id })))
  t.strictSame(
    wishes.map(({ id }) => id),
    ids,
  )
  t.strictSame(
    receipts.flatMap((one) => one ?? []).map(({ id }) => id),
    ids,
  )
})

void t.test('a hub that closes lets nobody’s hold fire later', async (t) => {
  const { clock, hand, gestures, actions } = hands()
  await hand(2, 'down')
  gestures.close()
  clock.advance(10_000)
  t.strictSame(actions(), [])
})

const guarded = configFrom(`
site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
pages:
  1:
    0/0: { text: CUT, guard: 300ms, press: { fire: desk, action: /cut } }
    0/1: { text: OFF, confirm: 2s, press: { fire: desk, action: /off }, release: { fire: desk, action: /up } }
    0/2: { text: BOTH, guard: 300ms, confirm: 2s, press: { fire: desk, action: /both } }
    0/3: { text: PLAIN, press: { fire: desk, action: /plain } }
`)

void t.test('a control without a guard lets every press through, however close', async (t) => {
  const { hand, actions } = hands(guarded)
  await Promise.all([hand(3, 'press'), hand(3, 'press'), hand(3, 'press')])
  t.strictSame(actions(), ['/plain', '/plain', '/plain'])
})

void t.test('a second press within the guard of a control is recorded as refused', async (t) => {
  const { clock, hand, wishes } = hands(guarded)
  await hand(0, 'press')
  clock.advance(299)
  await hand(0, 'down', { source: 'test:2' })
  await hand(0, 'up', { source: 'test:2' })
  clock.advance(300)
  await hand(0, 'press')
  t.strictSame(
    wishes.map(({ barred }) => barred?.code ?? null),
    [null, 'guarded', null],
  )
  t.match(wishes[1]?.barred?.failure.detail, /pressed again within 300 ms/)
})

void t.test(
  'a control that is to be confirmed asks first, and acts with the second press',
  async (t) => {
    const { clock, gestures, hand, actions, changes } = hands(guarded)
    t.strictSame(await hand(1, 'down'), [])
    t.strictSame(await hand(1, 'up'), [])
    t.equal(gestures.asks('1/0/1'), 2000)
    clock.advance(1999)
    await hand(1, 'down')
    await hand(1, 'up')
    t.strictSame(actions(), ['/off', '/up'])
    t.equal(gestures.asks('1/0/1'), null)
    t.strictSame(changes, ['1/0/1', '1/0/1'])
  },
)

void t.test('a question that nobody answers in time is none any more', async (t) => {
  const { clock, gestures, hand, actions } = hands(guarded)
  await hand(1, 'press')
  clock.advance(2000)
  t.equal(gestures.asks('1/0/1'), null)
  await hand(1, 'press')
  t.strictSame(actions(), [])
  await hand(1, 'press')
  t.strictSame(actions(), ['/off', '/up'], 'the control: it was asked again')
})

void t.test('the press of somebody else is no answer to a question', async (t) => {
  const { hand, actions } = hands(guarded)
  await hand(1, 'press')
  await hand(1, 'press', {
    actor: { ...anna, type: 'operator', id: 'bob', surface: 'x', control: '1/0/1' },
  })
  t.strictSame(actions(), [])
  await hand(1, 'press')
  t.strictSame(actions(), ['/off', '/up'])
})

void t.test('a press that bounced does not confirm itself', async (t) => {
  const { clock, gestures, hand, wishes } = hands(guarded)
  await hand(2, 'press')
  clock.advance(50)
  await hand(2, 'press')
  t.match(wishes, [{ barred: { code: 'guarded' } }])
  t.equal(gestures.asks('1/0/2'), 2000, 'it still asks')
  clock.advance(400)
  await hand(2, 'press')
  t.strictSame(wishes.length, 2)
  t.equal(wishes[1]?.barred, undefined)
})
