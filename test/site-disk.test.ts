import t from 'tap'
import { needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { smallDisk } from './fixtures/small-disk.ts'
import { survive, twoHubs } from './site-outage.ts'

t.setTimeout(120_000)

const disk = 'skip' in needsRedis ? null : smallDisk(t, 16)
const skip =
  disk !== null || process.env['CI'] !== undefined
    ? needsRedis
    : {
        skip: 'NOT TESTED: a full disk needs redis-server, and the right to mount one (run as root)',
      }

void t.test(
  'a full disk under the append-only file: refused meanwhile, and with space again all goes on',
  skip,
  async (t) => {
    if (disk === null) throw new Error('a disk could not be mounted')
    const args = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--dir', disk.folder]
    const server = await startServer(t, args)
    let free = () => {}
    await survive(t, server, await twoHubs(t, server.url), {
      fault: 'no space left for the append-only file',
      async begin() {
        free = disk.fill()
        // the page that the file has begun still takes a few
        for (let i = 0; i < 2000; i++)
          try {
            await server.ask('SET', 'filler', 'x'.repeat(4096))
          } catch {
            return
          }
      },
      control: async () => {
        const how = { message: /^MISCONF.*No space left/s }
        await t.rejects(server.ask('SET', 'x', 'y'), how, 'control: it takes no writes')
      },
      end: async () => free(),
      why: /no disk space left/,
    })
  },
)
