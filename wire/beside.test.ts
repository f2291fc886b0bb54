import t from 'tap'
import { beside } from './beside.ts'
import { collect } from './collect.fixture.ts'

const never = new Promise<never>(() => {})

void t.test('whichever is first decides', async (t) => {
  let lose = (_why: Error) => {}
  const lasting = new Promise<string>((_, reject) => (lose = reject))
  const orLost = beside(lasting)
  t.equal(await orLost(Promise.resolve(1)), 1)
  await t.rejects(orLost(Promise.reject(new Error('failed'))), { message: 'failed' })
  const waits = [orLost(never), orLost(never)]
  lose(new Error('lost'))
  for (const wait of waits) await t.rejects(wait, { message: 'lost' })
  // what is late has nobody who hears of it, and that is no fault of the process
  await t.rejects(orLost(Promise.reject(new Error('late'))), { message: 'lost' })
  await t.rejects(orLost(never), { message: 'lost' })
})

void t.test('what has come is let go of while the other lasts', async (t) => {
  const kept = async (wait: (work: Promise<object>) => Promise<object>) => {
    const seen: WeakRef<object>[] = []
    for (let n = 0; n < 100; n++)
      seen.push(new WeakRef(await wait(Promise.resolve().then(() => ({ n })))))
    await new Promise((resolve) => setTimeout(resolve))
    collect()
    return seen.filter((one) => one.deref() !== undefined).length
  }
  t.ok((await kept((work) => Promise.race([work, never]))) > 90, 'control: a race keeps it')
  t.ok((await kept(beside(never))) < 5)
})
