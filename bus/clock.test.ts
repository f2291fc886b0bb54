import t from 'tap'
import { fakeClock, systemClock, type ClockStep } from './clock.ts'

t.test('a wall clock that is set back does not put off what is due', async (t) => {
  let wall = 1_000_000
  let steady = 0
  const clock = systemClock(
    () => wall,
    () => steady,
  )
  const steps: ClockStep[] = []
  const off = clock.onStep((step) => void steps.push(step))
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
  const [back, ...others] = steps
  t.strictSame(others, [], 'told once')
  t.strictSame(
    back,
    { wall: wall - 5, kept: 1_000_015, setMs: -3_600_000, followedMs: 0 },
    'with what the wall clock says',
  )
  t.equal(clock.wall(), wall, 'times of day go by the wall clock')
  wall += 7_200_000
  t.equal(clock.now(), wall, 'a step forward is followed')
  t.match(steps[1], { wall, kept: 1_000_020, setMs: 7_200_000, followedMs: 3_600_000 })
  off()
  wall -= 3_600_000
  clock.now()
  t.equal(steps.length, 2, 'nobody is told after removal')
})

t.test(
  'what is slewed forward a little at a time is no step, and put right again it is one',
  async (t) => {
    let wall = 1_000_000
    const steps: ClockStep[] = []
    const clock = systemClock(
      () => wall,
      () => 0,
    )
    clock.onStep((step) => void steps.push(step))
    for (let times = 0; times < 100; times++) {
      wall += 100
      clock.now()
    }
    t.strictSame(steps, [])
    wall -= 60_000
    clock.now()
    wall += 60_000
    clock.now()
    t.match(steps, [
      { setMs: -60_000, followedMs: 0 },
      { setMs: 60_000, followedMs: 0 },
    ])
  },
)

t.test('the fake clock is set as the real one', async (t) => {
  const clock = fakeClock(1000)
  const steps: ClockStep[] = []
  const woken: string[] = []
  clock.onStep((step) => void steps.push(step))
  clock.after(100, () => woken.push('passed'))
  clock.at((1000 + 500) as ReturnType<typeof clock.now>, () => woken.push('at'))
  clock.atWall((1000 + 500) as ReturnType<typeof clock.now>, () => woken.push('wall'))
  clock.set(-300)
  clock.advance(500)
  t.strictSame(woken, ['passed', 'at'], 'what clocks show comes later')
  t.strictSame([clock.now(), clock.wall()], [1500, 1200])
  clock.set(400)
  clock.advance(0)
  t.strictSame(woken, ['passed', 'at', 'wall'])
  t.strictSame(steps, [
    { wall: 700, kept: 1000, setMs: -300, followedMs: 0 },
    { wall: 1600, kept: 1500, setMs: 400, followedMs: 100 },
  ])
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
