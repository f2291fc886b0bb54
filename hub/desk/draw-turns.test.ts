import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { openDrawTurns } from './draw-turns.ts'

void t.test('a change that a thousand panels show is drawn while presses are heard', async (t) => {
  const turns = openDrawTurns()
  let drawn = 0
  for (let panel = 0; panel < 1000; panel++)
    turns.ask(() => {
      drawn++
      return false
    })
  t.equal(drawn, 0, 'nothing is drawn in the turn of whoever changed it')
  await setImmediate()
  t.ok(drawn > 0 && drawn < 20, 'a few, and then there is a look at what came in')
  for (let i = 0; i < 1000 && drawn < 1000; i++) await setImmediate()
  t.equal(drawn, 1000)
})

void t.test('a panel with much to draw does not keep the others waiting', async (t) => {
  const turns = openDrawTurns()
  const order: string[] = []
  let left = 100
  turns.ask(() => order.push('large') > 0 && --left > 0)
  turns.ask(() => order.push('small') < 0)
  await setImmediate()
  t.strictSame(order.slice(0, 3), ['large', 'small', 'large'])
})

void t.test('a panel that left is drawn no more', async (t) => {
  const turns = openDrawTurns()
  let drawn = 0
  const begin = () => ++drawn > 0
  turns.ask(begin)
  await setImmediate()
  t.ok(drawn > 0)
  turns.drop(begin)
  const before = drawn
  await setImmediate()
  t.equal(drawn, before)
})
