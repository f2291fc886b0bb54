import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { fairTurns } from './fair-turns.ts'

void t.test('what comes now and then is taken at once', async (t) => {
  const taken: number[] = []
  const put = fairTurns<number>((item) => taken.push(item))
  for (let n = 0; n < 100; n++) {
    put('a', n)
    t.equal(taken.length, n + 1)
    await turn()
  }
})

void t.test(
  'a source that floods keeps only itself waiting, and all keep their order',
  async (t) => {
    const taken: (readonly [string, number])[] = []
    // a clock that stands still: nothing else takes any time
    const put = fairTurns<readonly [string, number]>(
      (item) => taken.push(item),
      undefined,
      () => 0,
    )
    const send = (source: string, from: number, to: number) => {
      for (let n = from; n < to; n++) put(source, [source, n])
    }
    send('flood', 0, 10_000)
    send('hand', 0, 3)
    await turn()
    await turn()
    t.ok(taken.length < 100, `control: ${taken.length} of 10,003 have had their turn`)
    t.same(
      taken.filter(([source]) => source === 'hand').map(([, n]) => n),
      [0, 1, 2],
    )
    send('late', 0, 2)
    while (taken.length < 10_005) await turn()
    const flood = taken.filter(([source]) => source === 'flood')
    t.ok(flood.every(([, n], index) => n === index))
    t.equal(flood.length, 10_000, 'each once')
  },
)

void t.test('it takes for as long as all else takes', async (t) => {
  let now = 0
  let taken = 0
  const put = fairTurns<number>(
    () => {
      now += 1
      taken++
    },
    undefined,
    () => now,
  )
  for (let n = 0; n < 1000; n++) put('a', n)
  now += 100
  await turn()
  await turn()
  t.ok(taken >= 100 && taken < 200, `${taken} were taken`)
})

void t.test('no source can take the last places', async (t) => {
  const taken: string[] = []
  const put = fairTurns<string>((item) => taken.push(item), 100)
  const got = (source: string, count: number) =>
    Array.from({ length: count }, () => put(source, source)).filter(Boolean).length
  const first = got('a', 1000)
  t.ok(first >= 50 && first < 100, `${first} of the first have a place`)
  const second = got('b', 1000)
  t.ok(second > 0, `${second} of the second`)
  t.ok(got('c', 1) === 1, 'and one of the third')
  t.equal(put('a', 'a'), false, 'the first has none until it was taken')
  while (taken.length < first + second + 1) await turn()
  t.equal(put('a', 'a'), true)
})
