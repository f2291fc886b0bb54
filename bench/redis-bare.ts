import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { systemClock } from '../bus/clock.ts'
import { keyOf } from '../bus/log-redis/options.ts'
import { bodyWriter, life } from './journal.ts'
import { quantile } from './numbers.ts'
import { serve } from './program.ts'

// What Redis itself takes for the same bytes, with the client that the log uses and nothing of ours around it.

export interface Adds {
  readonly url: string
  readonly seconds: number
  /** How many presses one XADD holds. */
  readonly together: number
  /** How many XADDs are under way. */
  readonly inFlight: number
}

export interface Follow {
  readonly url: string
  readonly seconds: number
  /** XADDs a second, one press each. */
  readonly rate: number
}

const now = systemClock().now()
/** What a press is in the log: three bodies. */
const press = bodyWriter('bench')(life(1, now), now).join('\n')
/** A reader that hears nothing for so long has heard all: as long as a device of the bench waits. Milliseconds. */
const quietMs = 1000

const answers = {
  /** Presses a second, and microseconds of this process' processor time for each. */
  async adds({ url, seconds, together, inFlight }: Adds) {
    const client = await open(url)
    const key = keyOf('bare')
    const value = Array.from({ length: together }, () => press).join('\n')
    const before = process.cpuUsage()
    const began = performance.now()
    const until = began + seconds * 1000
    let added = 0
    const caller = async () => {
      while (performance.now() < until) {
        await client.xadd(key, '*', 'w', value)
        added += together
      }
    }
    await Promise.all(Array.from({ length: inFlight }, caller))
    const took = performance.now() - began
    const { user, system } = process.cpuUsage(before)
    await client.del(key)
    client.disconnect()
    return { perSecond: (added / took) * 1000, added, cpuUs: (user + system) / added }
  },

  /** From the call of XADD until a blocking XREAD on another connection brings it: milliseconds. */
  async follow({ url, seconds, rate }: Follow) {
    const [writer, reader] = await Promise.all([open(url), open(url)])
    const key = keyOf('follow')
    const sentAt: number[] = []
    const times: number[] = []
    let adding = true
    const read = async () => {
      let from = '$'
      while (adding || times.length < sentAt.length) {
        const reply = await reader.xread('COUNT', 1000, 'BLOCK', quietMs, 'STREAMS', key, from)
        if (reply === null && !adding) return
        const now = performance.now()
        for (const [id] of reply?.[0]?.[1] ?? []) {
          from = id
          times.push(now - (sentAt[times.length] ?? Number.NaN)) // in the order in which they were added
        }
      }
    }
    const reading = read()
    await sleep(50)
    const began = performance.now()
    for (let passed = 0; passed < seconds * 1000; passed = performance.now() - began) {
      while (sentAt.length < (passed * rate) / 1000) {
        sentAt.push(performance.now())
        void writer.xadd(key, '*', 'w', press)
      }
      await sleep(1)
    }
    adding = false
    await reading
    await writer.del(key)
    writer.disconnect()
    reader.disconnect()
    const sorted = times.toSorted((a, b) => a - b)
    return {
      lost: sentAt.length - times.length,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
    }
  },
}
export type BareAnswers = typeof answers

/** What is asked for in one turn goes in one write, as in a pipeline. */
async function open(url: string): Promise<Redis> {
  const client = new Redis(url, { lazyConnect: true, enableAutoPipelining: true })
  await client.connect()
  return client
}

serve(answers)
