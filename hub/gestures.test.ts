import t from 'tap'
import { fakeClock } from '../bus/clock.ts'
import { newId } from '../intents/id.ts'
import type { ControlGesture, Receipt, Wish } from '../surfaces/surface.ts'
import { anna, configFrom } from './core.contract.ts'
import { openGestures } from './gestures.ts'

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

function hands() {
  const clock = fakeClock()
  const wishes: Wish[] = []
  const gestures = openGestures(
    clock,
    () => config,
    () => {},
  )
  const submit = (wish: Wish): Promise<Receipt> => {
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
  return { clock, gestures, hand, wishes, actions }
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
