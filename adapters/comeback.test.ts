import t from 'tap'
import { openComeback } from './comeback.ts'

/** Waits of eight attempts, each after a link that lasted so long; rounded down to what is no chance. */
function waitsAfter(lastedMs: number | null): readonly number[] {
  let now = 0
  const comeback = openComeback(() => now)
  return Array.from({ length: 8 }, () => {
    if (lastedMs !== null) {
      comeback.up()
      now += lastedMs
    }
    const wait = comeback.waitMs()
    now += wait
    return wait === 5000 ? 5000 : 2 ** Math.floor(Math.log2(wait / 250)) * 250
  })
}

void t.test('a peer that is not there is asked less and less often', (t) => {
  t.same(waitsAfter(null).slice(0, 4), [250, 500, 1000, 2000])
  t.ok(
    waitsAfter(null)
      .slice(4)
      .every((wait) => wait >= 4000),
  )
  t.end()
})

void t.test('one that hangs up at once, too', (t) => {
  t.same(waitsAfter(10).slice(0, 4), [250, 500, 1000, 2000])
  t.ok(
    waitsAfter(10)
      .slice(4)
      .every((wait) => wait >= 4000),
  )
  t.end()
})

void t.test('one that hangs up after each command is used as before', (t) => {
  const comeback = openComeback(() => 0)
  for (let n = 0; n < 8; n++) {
    comeback.up()
    comeback.served()
    t.ok(comeback.waitMs() < 500)
  }
  t.end()
})

void t.test('a link that lasted is tried again at once each time', (t) => {
  t.same(waitsAfter(1001), Array(8).fill(250))
  t.end()
})
