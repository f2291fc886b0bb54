import { overRounds, type Rate, type Sample } from './press-sample.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const names = ['bare relay', 'none', 'live', 'durable']

/** What the prototype of docs/architecture.md reached on another day, with one entry a press and no outcomes. */
const prototype: Readonly<
  Record<string, { readonly perSecond: number; readonly cpuUs: number; readonly at2000: string }>
> = {
  none: { perSecond: 71_000, cpuUs: 12.5, at2000: '0.10 / 0.6' },
  live: { perSecond: 50_000, cpuUs: 13.5, at2000: '0.13 / 1.9' },
  durable: { perSecond: 53_000, cpuUs: 16.3, at2000: '0.46 / 3.8' },
}

/** Medians of the rounds; a ratio is the median of the rounds' own, because a round's samples share their minute. */
export function reportPresses(samples: (way: string, rate: Rate) => readonly Sample[]): void {
  const { of, lost, against } = overRounds(samples, 'none')
  const ratio = (way: string, what: keyof Sample) => against(way, null, what, (a, b) => a / b)

  console.log(
    'OSC in, record, OSC out, as many as it takes; ratios to the hub without a log (none)',
  )
  printTable(
    ['log', 'delivered/s', 'ratio', 'best/s', 'prototype', 'CPU us', 'ratio', 'prototype', 'lost'],
    names.map((way) => [
      way,
      whole(of(way, null, 'perSecond')),
      fixed(ratio(way, 'perSecond'), 2),
      whole(Math.max(...samples(way, null).map((one) => one.perSecond))),
      whole(prototype[way]?.perSecond ?? Number.NaN),
      fixed(of(way, null, 'cpuUs'), 1),
      fixed(ratio(way, 'cpuUs'), 2),
      fixed(prototype[way]?.cpuUs ?? Number.NaN, 1),
      whole(lost(way, null)),
    ]),
  )
  console.log('and at a steady rate: p50 / p99 ms, lost of all sent, CPU us a press')
  const paced = [200, 2000, 10_000] as const
  printTable(
    ['log', ...paced.flatMap((rate) => [`${whole(rate)}/s`, 'lost', 'CPU']), 'prototype 2,000/s'],
    names.map((way) => [
      way,
      ...paced.flatMap((rate) => [
        `${fixed(of(way, rate, 'p50'), 2)} / ${fixed(of(way, rate, 'p99'), 2)}`,
        whole(lost(way, rate)),
        fixed(of(way, rate, 'cpuUs'), 1),
      ]),
      prototype[way]?.at2000 ?? '',
    ]),
  )
  const gone = lost('live', 10_000) + lost('durable', 10_000)
  const overflowed = [...samples('live', 10_000), ...samples('durable', 10_000)].reduce(
    (sum, one) => sum + one.overflowed,
    0,
  )
  const where = gone === 0 ? '' : `, ${overflowed} of them in the kernel's buffer before the hub`
  printReach('0 lost at 10,000/s', gone === 0, `${gone} lost${where}`)
  const share = ratio('durable', 'perSecond')
  printReach('saturated, durable at least 0.65 of none', share >= 0.65, fixed(share, 2))
  const above = against('durable', 2000, 'p50', (a, b) => a - b)
  printReach('p50 at 2,000/s, durable at most 1 ms above none', above <= 1, `${fixed(above, 2)} ms`)
  console.log()
}
