import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keyOf } from '../bus/log-redis/options.ts'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import type { HubProcess } from './hub-process.ts'
import { healthOf, hubOf, site, until } from './site.ts'

// Two hubs of a site seal the same journal, each by itself: they must come to the same tree.

t.setTimeout(120_000)

async function treeOf(hub: HubProcess) {
  const { body } = await hub.get('/api/v1/witness')
  const seal = body['seal'] as { tree: { size: number; root: string } } | null
  return seal?.tree ?? { size: 0, root: '' }
}

void t.test(
  'a hub whose tree is not that of another says so, and seals no more',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const options = {
      url: `redis://127.0.0.1:${server.port}`,
      log: 'leaseTtl: 900ms',
      devices: '  {}\n',
      more: 'witness: { signAfter: 50ms, heartbeat: 1s }\n',
    }
    const [roomA, roomB] = [hubOf(t, 'hub-a', options), hubOf(t, 'hub-b', options)]
    const a = await roomA.start()
    const first = await roomB.start()
    await until('the same tree at both', async () => {
      const [one, other] = [await treeOf(a), await treeOf(first)]
      return one.size > 5 && one.size === other.size && one.root === other.root
    })
    await first.entry((event) => event.type === 'HeadSealed' && event.size > 5)
    for (const hub of [a, first]) t.match(await healthOf(hub), { ok: true, why: '[]' }, 'control')
    await first.end()

    // somebody takes an entry out of the server, which hub-a has sealed
    const [, second] = (await server.ask(
      'XRANGE',
      keyOf(site),
      '-',
      '+',
      'COUNT',
      '2',
    )) as string[][]
    t.equal(await server.ask('XDEL', keyOf(site), second?.[0] ?? ''), 1)
    // on another disk, so that it seals all of it anew
    rmSync(join(roomB.data, 'witness'), { recursive: true })
    const b = await roomB.start()
    await until('trouble at hub-b', async () => !(await healthOf(b)).ok)
    const { why } = await healthOf(b)
    t.match(
      why,
      /the hub hub-a has sealed another history: over \d+ lines its root is \S{43}=, and here it is \S{43}=/,
    )
    const said = await b.entry((event) => event.type === 'HeadsDiffered')
    t.match(said, { other: /hub-[ab]/, root: String, otherRoot: String })
    const { size } = await treeOf(b)
    await a.submit({ verb: 'hold', on: true }, { wait: 'outcome' })
    await b.submit({ verb: 'hold', on: false }, { wait: 'outcome' })
    t.equal((await treeOf(b)).size, size, 'presses go on, and it seals nothing more')
    await Promise.all([a.end(), b.end()])
  },
)
