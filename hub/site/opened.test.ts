import t from 'tap'
import { nothingOpened, openAll } from './opened.ts'

void t.test('what was opened is closed once, the newest first, each told why', async (t) => {
  const closed: string[] = []
  const opened = nothingOpened()
  opened.add((why) => closed.push(`door: ${why}`))
  opened.add(async (why) => {
    await Promise.resolve()
    closed.push(`window: ${why}, ${opened.isClosing()}`)
  })
  t.equal(opened.isClosing(), false)
  await Promise.all([opened.close('night'), opened.close('day')])
  t.same(closed, ['window: night, true', 'door: night'])
})

void t.test('what cannot be closed leaves nothing else open, and is told', async (t) => {
  const closed: string[] = []
  const opened = nothingOpened()
  opened.add(() => closed.push('door'))
  opened.add(() => Promise.reject(new Error('the window is stuck')))
  opened.add(() => {
    throw new Error('so is the lift')
  })
  await t.rejects(opened.close('night'), { message: 'so is the lift' }, 'the first of them')
  t.same(closed, ['door'])
})

void t.test(
  'who cannot open the rest closes what was open, and says what went wrong',
  async (t) => {
    const closed: string[] = []
    const opening = openAll(async (opened) => {
      opened.add((why) => closed.push(why))
      opened.add(() => Promise.reject(new Error('the window is stuck')))
      throw new Error('there is no key')
    })
    await t.rejects(opening, { message: 'there is no key' })
    t.same(closed, ['it could not start: there is no key'])
    const whole = await openAll(async (opened) => {
      opened.add(() => closed.push('too soon'))
      return 'a house'
    })
    t.equal(whole, 'a house')
    t.equal(closed.length, 1, 'what could be opened stays so')
  },
)
