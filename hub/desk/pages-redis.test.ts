import t from 'tap'
import {
  emptyFolder,
  needsRedis,
  startServer,
  untilTrue,
} from '../../bus/log-redis/server.fixture.ts'
import { panelKey } from '../../projections/pages.ts'
import { openCore } from '../compose.ts'
import { configFrom, parts } from '../core.contract.ts'

void t.test(
  'a panel is on its page at a hub that starts after the log’s server has lost that it was turned',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const url = `redis://127.0.0.1:${server.port}`
    const config = configFrom(
      `site: room\nhub: hub-a\nlog: { engine: redis, url: "${url}", commandTimeout: 300ms }\n`,
    )
    const open = () => openCore({ parts, config, data: emptyFolder(t), version: 'test' })
    const first = await open()
    t.teardown(() => first.close('the test is over'))
    const turned = { type: 'PageTurned', surface: 'boxes', panel: 'CL1', page: 2 } as const
    await first.journal.recorder.record([turned], 'durable')
    // one that keeps nothing
    await server.stop()
    await untilTrue(() => first.journal.trouble() !== null)
    await server.again()
    await untilTrue(() => first.journal.trouble() === null && first.journal.gap() !== null)
    t.equal(first.journal.gap()?.after, null, 'control: all of it was lost')
    await first.close('the test goes on with the next')
    const next = await open()
    t.teardown(() => next.close('the test is over'))
    t.match(next.room.pages.state.get(panelKey('boxes', 'CL1')), { page: 2, hub: 'hub-a' })
  },
)
