import t from 'tap'
import { fakeClock, systemClock } from './clock.ts'

t.test('a wall clock that is set back does not put off what is due', async (t) => {
  let wall = 1_000_000
  let steady = 0
  const clock = systemClock(
    () => wall,
    () => steady,
  )
  const steps: number[][] = []
  const off = clock.onStep((seen, kept) => steps.push([seen, kept]))
  const pass = (ms: number) => {
    wall += ms
    steady += ms
  }
  pass(10)
  t.equal(clock.now(), 1_000_010)
  wall -= 3_600_000
  pass(5)
  t.ok(wall < 1_000_010, 'control: the wall clock did go back')
  t.equal(clock.now(), 1_000_015)
  pass(5)
  t.equal(clock.now(), 1_000_020)
  t.strictSame(steps, [[wall - 5, 1_000_015]], 'told once, with what the wall clock says')
  wall += 7_200_000
  t.equal(clock.now(), wall, 'a step forward is followed')
  off()
  wall -= 3_600_000
  clock.now()
  t.equal(steps.length, 1, 'nobody is told after removal')
})

t.test('the real clock wakes, and does not after cancel', async (t) => {
  const clock = systemClock()
  const woken: string[] = []
  const cancel = clock.after(1, () => woken.push('cancelled'))
  cancel()
  await new Promise<void>((resolve) => clock.after(5, resolve))
  t.strictSame(woken, [])
})

t.test('what waits for a moment finds it when the wall clock is set forward', async (t) => {
  let wall = 1_000_000
  const clock = systemClock(
    () => wall,
    () => 0,
    1,
  )
  const hour = (clock.now() + 3_600_000) as ReturnType<typeof clock.now>
  let isWoken = false
  const cancelled: string[] = []
  const woken = new Promise<void>((resolve) =>
    clock.at(hour, () => {
      isWoken = true
      resolve()
    }),
  )
  clock.at(hour, () => cancelled.push('woken'))()
  for (let looks = 0; looks < 20; looks++)
    await new Promise<void>((resolve) => clock.after(1, resolve))
  t.notOk(isWoken, 'control: it was looked at, and the hour is not over')
  wall += 3_600_000
  await woken
  t.strictSame(cancelled, [])
})

t.test('the fake clock wakes in order of time', async (t) => {
  const clock = fakeClock(0)
  const woken: string[] = []
  clock.after(20, () => woken.push(`b${clock.now()}`))
  clock.after(10, () => {
    woken.push(`a${clock.now()}`)
    clock.after(5, () => woken.push(`c${clock.now()}`))
  })
  clock.advance(30)
  t.strictSame(woken, ['a10', 'c15', 'b20'])
})
