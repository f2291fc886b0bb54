import t from 'tap'
import { fakeClock } from '../clock.ts'
import { join } from './membership.ts'
import { memorySite } from './memory.ts'

const sign = () => ({
  url: '',
  version: '',
  startedAt: 0,
  position: null,
  lagMs: 0,
  leaving: false,
})

void t.test(
  'a hub that joins late is sure of nothing until it is heard, and outlasts the sign of its own last process',
  async (t) => {
    const clock = fakeClock()
    const site = memorySite(clock, 60_000)
    const parts = { clock, hub: 'hub-a', withinMs: 0, sign }
    const displaced: unknown[] = []
    // its last process, killed: its sign stands
    await site.join().beat({ ...sign(), hub: 'hub-a', at: 0 })
    site.cut('hub-a', true)
    await t.rejects(
      join({ ...parts, presence: site.join(), displaced: () => {} }),
      { code: 'io' },
      'control: one that may not join late does not',
    )
    const late = await join({
      ...parts,
      presence: site.join(),
      late: true,
      displaced: (error) => displaced.push(error),
    })
    t.match(late.trouble(), /cut off/)
    t.notOk(late.isSure())
    t.same(late.hubs(), [])
    site.cut('hub-a', false)
    t.equal(await late.beat(), false)
    t.match(late.trouble(), /another name/, 'control: the sign still stands')
    t.same(displaced, [], 'it may be its own')
    clock.advance(60_001)
    await late.beat() // one was under way while the clock moved
    t.equal(await late.beat(), true)
    t.ok(late.isSure())
    t.notOk(late.canJudge(), 'the others may not have been heard yet')
    // from now on whoever goes by its name is another
    await late.leave()
  },
)

void t.test('two processes never go by one name: the second does not start', async (t) => {
  const clock = fakeClock()
  const site = memorySite(clock, 60_000)
  const parts = { clock, hub: 'hub-a', withinMs: 0, sign, displaced: () => {} }
  const first = await join({ ...parts, presence: site.join() })
  const second = join({ ...parts, presence: { ...site.join(), ttlMs: 30 } })
  await t.rejects(second, { code: 'locked', message: /another name/ })
  await first.leave()
})
