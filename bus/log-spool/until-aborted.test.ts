import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { collect } from '../../wire/collect.fixture.ts'
import { untilAborted } from './until-aborted.ts'

async function* endless(): AsyncGenerator<object> {
  for (let n = 0; ; n++) {
    await turn()
    yield { n }
  }
}

void t.test('what was read is let go of, however long the reader lives', async (t) => {
  const reader = new AbortController()
  const seen: WeakRef<object>[] = []
  for await (const line of untilAborted(endless(), reader.signal)) {
    seen.push(new WeakRef(line))
    if (seen.length === 100) break
  }
  await turn()
  collect()
  const kept = seen.filter((one) => one.deref() !== undefined).length
  t.ok(kept < 5, `${kept} of 100 are kept`)
})

void t.test('it is over when the signal aborts, also while nothing comes', async (t) => {
  const reader = new AbortController()
  let ended = false
  const silent = (async function* (): AsyncGenerator<number> {
    yield 1
    await new Promise(() => {})
  })()
  const seen: number[] = []
  const reading = (async () => {
    for await (const line of untilAborted(silent, reader.signal)) seen.push(line)
    ended = true
  })()
  for (let n = 0; n < 5; n++) await turn()
  t.notOk(ended, 'control: it waits')
  reader.abort()
  await reading
  t.same(seen, [1])
  for await (const line of untilAborted(endless(), reader.signal))
    t.fail(`${String(line)} was read`)
})

void t.test('a fault of what is read is the reader’s', async (t) => {
  const broken = (async function* (): AsyncGenerator<number> {
    yield 1
    throw new Error('the server said no')
  })()
  const read = async () => {
    for await (const _ of untilAborted(broken, new AbortController().signal));
  }
  await t.rejects(read(), { message: 'the server said no' })
})
