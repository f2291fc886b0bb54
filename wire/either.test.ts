import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { collect } from './collect.fixture.ts'
import { either } from './either.ts'

void t.test('it aborts when its time has passed, whatever is collected before', async (t) => {
  const link = new AbortController()
  let aborted = 0
  const left: WeakRef<object>[] = []
  for (let i = 0; i < 20; i++) {
    either([link.signal], 200).signal.addEventListener('abort', () => aborted++)
    left.push(new WeakRef({}))
  }
  for (let i = 0; i < 5; i++) {
    await sleep(10)
    collect()
  }
  t.ok(
    left.every((one) => one.deref() === undefined),
    'control: what nobody holds was collected',
  )
  t.equal(aborted, 0)
  while (aborted < 20) await sleep(20)
})

void t.test('it aborts with any of its signals, and not after it is done', async (t) => {
  const [one, other] = [new AbortController(), new AbortController()]
  const first = either([one.signal, other.signal])
  const over = either([one.signal, other.signal], 10)
  over.done()
  const heard = once(first.signal, 'abort')
  other.abort()
  await heard
  t.ok(first.signal.aborted)
  await sleep(30)
  t.notOk(over.signal.aborted)
  t.ok(either([one.signal, other.signal]).signal.aborted, 'one that has aborted before')
})
