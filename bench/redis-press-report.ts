import { median } from './numbers.ts'
import { overRounds, type Rate, type Sample } from './press-sample.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

/** A press at the hub, and what the server took for it. */
export interface RedisSample extends Sample {
  readonly serverUs: number
}

/** By way and rate, or by server and shape. */
export interface RedisSamples {
  readonly presses: Map<string, RedisSample[]>
  readonly adds: Map<
    string,
    { readonly perSecond: number; readonly cpuUs: number; readonly serverUs: number }[]
  >
  readonly follows: Map<
    string,
    { readonly lost: number; readonly p50: number; readonly p99: number }[]
  >
}

const ways = ['embedded', 'everysec', 'always'] as const
const paced = [200, 2000, 10_000] as const

/** Medians of the rounds; a ratio or difference is the median of the rounds' own. */
export function reportRedisPresses({ presses, adds, follows }: RedisSamples): void {
  const samples = (way: string, rate: Rate) => presses.get(`${way} ${rate}`) ?? []
  const { of, lost, against } = overRounds(samples, 'embedded')
  const bare = (name: string) => {
    const those = adds.get(name) ?? []
    return [
      whole(median(those.map(({ perSecond }) => perSecond))),
      '',
      whole(Math.max(...those.map(({ perSecond }) => perSecond))),
      fixed(median(those.map(({ cpuUs }) => cpuUs)), 1),
      '',
      fixed(median(those.map(({ serverUs }) => serverUs)), 1),
      '',
    ]
  }

  console.log('OSC in, record on Redis, OSC out, as many as it takes; ratios to the embedded log')
  printTable(
    ['log', 'delivered/s', 'ratio', 'best/s', 'CPU us', 'ratio', 'server us', 'lost'],
    [
      ...ways.map((way) => [
        way,
        whole(of(way, null, 'perSecond')),
        fixed(
          against(way, null, 'perSecond', (a, b) => a / b),
          2,
        ),
        whole(Math.max(...samples(way, null).map((one) => one.perSecond))),
        fixed(of(way, null, 'cpuUs'), 1),
        fixed(
          against(way, null, 'cpuUs', (a, b) => a / b),
          2,
        ),
        way === 'embedded' ? '' : fixed(of(way, null, 'serverUs'), 1),
        whole(lost(way, null)),
      ]),
      ...(['everysec', 'always'] as const).flatMap((fsync) => [
        [`bare XADD a press, ${fsync}`, ...bare(`${fsync} one`)],
        [`bare XADD a group, ${fsync}`, ...bare(`${fsync} group`)],
      ]),
    ],
  )
  console.log('and at a steady rate: p50 / p99 ms, lost of all sent, CPU us a press')
  const both = (one: { readonly p50: number; readonly p99: number }) =>
    `${fixed(one.p50, 2)} / ${fixed(one.p99, 2)}`
  printTable(
    ['log', ...paced.flatMap((rate) => [`${whole(rate)}/s`, 'lost', 'CPU'])],
    [
      ...ways.map((way) => [
        way,
        ...paced.flatMap((rate) => [
          both({ p50: of(way, rate, 'p50'), p99: of(way, rate, 'p99') }),
          whole(lost(way, rate)),
          fixed(of(way, rate, 'cpuUs'), 1),
        ]),
      ]),
      ...(['everysec', 'always'] as const).map((fsync) => [
        `bare XADD to XREAD, ${fsync}`,
        ...paced.flatMap((rate) => {
          const those = follows.get(`${fsync} ${rate}`) ?? []
          const p50 = median(those.map((one) => one.p50))
          const p99 = median(those.map((one) => one.p99))
          const gone = those.reduce((sum, one) => sum + one.lost, 0)
          return [both({ p50, p99 }), whole(gone), '']
        }),
      ]),
    ],
  )
  const gone = lost('everysec', 10_000) + lost('always', 10_000)
  const overflowed = [...samples('everysec', 10_000), ...samples('always', 10_000)].reduce(
    (sum, one) => sum + one.overflowed,
    0,
  )
  const where = gone === 0 ? '' : `, ${overflowed} of them in the kernel's buffer before the hub`
  printReach('0 lost at 10,000/s on Redis', gone === 0, `${gone} lost${where}`)
  const most = of('everysec', null, 'perSecond')
  printReach('saturated, everysec at least 30,000/s on 2 cores', most >= 30_000, whole(most))
  const above = against('everysec', 2000, 'p50', (a, b) => a - b)
  const what = 'p50 at 2,000/s, everysec at most 1 ms above the embedded log'
  printReach(what, above <= 1, `${fixed(above, 2)} ms`)
  console.log()
}
