import { Redis } from 'ioredis'
import { systemClock } from '../bus/clock.ts'
import { decodeEntry, timeOf } from '../bus/entry.ts'
import { tagOf } from '../bus/log-redis/entry.ts'
import { openRedisLog } from '../bus/log-redis/log.ts'
import { keyOf } from '../bus/log-redis/options.ts'
import { bodyWriter, life } from './journal.ts'
import { serve } from './program.ts'

// A journal on Redis that is long already, and how fast it is read. In a process of its own.

export interface Stream {
  readonly url: string
  readonly site: string
}

/** XADDs in one pipeline. */
const together = 500
/** As the issue of the bench asks. */
const pageEntries = 1000

/** Thousands of entries a second. */
async function rate(run: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const entries = await run()
  return entries / (performance.now() - began)
}

/** Visits every body with nothing of ours: XRANGE page by page. Resolves to their number. */
async function bareRead({ url, site }: Stream, visit: (body: string) => unknown): Promise<number> {
  const client = new Redis(url)
  let from = '-'
  let count = 0
  for (;;) {
    const page = await client.xrange(keyOf(site), from, '+', 'COUNT', pageEntries)
    for (const [, [, value = '']] of page)
      for (const body of value.split('\n')) {
        visit(body)
        count++
      }
    if (page.length < pageEntries) break
    from = `(${page.at(-1)?.[0]}`
  }
  client.disconnect()
  return count
}

const answers = {
  /** Writes `entries` entries as one hub does where a press is a commit: what makes a stream longest. */
  async fill({ url, site, entries }: Stream & { readonly entries: number }): Promise<void> {
    const client = new Redis(url)
    const clock = systemClock()
    const bodies = bodyWriter('bench')
    const writer = '0'.repeat(16)
    for (let press = 0; press < entries / 3;) {
      const pipeline = client.pipeline()
      for (let i = 0; i < together && press < entries / 3; i++, press++) {
        const now = clock.now()
        const value = bodies(life(press, now), now).join('\n')
        pipeline.xadd(keyOf(site), '*', tagOf(writer, press + 1), value)
      }
      await pipeline.exec()
    }
    client.disconnect()
  },

  /** Thousands of entries a second, each way, one after the other. */
  async replay({ url, site }: Stream) {
    const { hostname: host, port } = new URL(url)
    const servers = { type: 'single', node: { host, port: Number(port) } } as const
    const log = await openRedisLog({ site, servers, timeOf })
    const never = new AbortController().signal
    const ours = async (visit: (stored: Parameters<typeof decodeEntry>[0]) => unknown) => {
      let count = 0
      for await (const stored of log.read(null, never)) {
        visit(stored)
        count++
      }
      return count
    }
    const found = {
      bareRead: await rate(() => bareRead({ url, site }, () => null)),
      bare: await rate(() => bareRead({ url, site }, JSON.parse)),
      read: await rate(() => ours(() => null)),
      decode: await rate(() => ours(decodeEntry)),
    }
    await log.close()
    return found
  },
}
export type JournalAnswers = typeof answers

serve(answers)
