import t from 'tap'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { hubOf } from './site.ts'
import { killInSteps, killsNow, stepRoom } from './step-kills.ts'

t.setTimeout(180_000)

void t.test(
  'another hub goes on with a run whose hub is killed in the middle of a step, and does nothing twice',
  needsRedis,
  async (t) => {
    const kills = killsNow(['together', 'compensation'])
    const steps = await stepRoom(t, kills)
    const server = await startServer(t, ['--appendonly', 'yes'])
    const options = { ...steps, url: server.url, log: 'leaseTtl: 2s' }
    const rooms = [hubOf(t, 'hub-a', options), hubOf(t, 'hub-b', options)] as const
    let turn = 0
    const begin = () => (turn++ % 2 === 0 ? rooms[0] : rooms[1]).start()
    const { hub } = await killInSteps(t, steps, kills, begin, begin)
    await hub.end()
    t.equal(turn, kills.length + 1, 'control: each time another hub went on')
  },
)
