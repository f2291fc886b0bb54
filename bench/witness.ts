import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './numbers.ts'
import { hub, sample, type Extent } from './press.ts'
import type { Rate, Sample } from './press-sample.ts'
import { start, type Program } from './program.ts'
import type { LoadAnswers } from './load.ts'
import type { SealAnswers, Took } from './seal-work.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const sizes = [10_000, 100_000, 1_000_000]

/** What the seal costs: to make it, to verify it, and what a press feels of it. */
export async function witnessBench(extent: Extent): Promise<void> {
  const folder = mkdtempSync(join(extent.folder, 'witness-'))
  try {
    await verifying(extent, folder)
    await pressing(extent, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inFresh<T>(ask: (program: Program<SealAnswers>) => Promise<T>): Promise<T> {
  const program = start<SealAnswers>('seal-work')
  try {
    return await ask(program)
  } finally {
    await program.stop()
  }
}

/**
 * How long two processes take that verify the same at once, each in one thread: what the machine's cores have to give. It is
 * the control of two threads, which cannot do more.
 */
async function pairSeconds(folder: string): Promise<number> {
  const how = { folder, strict: false, threads: 1 }
  const pair = [0, 1].map(() => inFresh((program) => program.ask('verify', how)))
  return Math.max(...(await Promise.all(pair)).map(({ seconds }) => seconds))
}

const ways = [
  { name: 'verified, 1 thread', strict: false, threads: 1 },
  { name: 'verified, 2 threads', strict: false, threads: 2 },
  { name: 'strict, 1 thread', strict: true, threads: 1 },
  { name: 'strict, 2 threads', strict: true, threads: 2 },
] as const
type WayName = (typeof ways)[number]['name']

/** Each round hashes and verifies one after the other, so that what else the machine does hits all of them alike. */
async function verifying({ rounds, quick }: Extent, folder: string): Promise<void> {
  const memory = new Map<string, number>()
  const all = quick ? sizes.slice(0, 2) : sizes
  for (const entries of all) {
    const data = join(folder, String(entries))
    const made = await inFresh((program) => program.ask('make', { folder: data, entries }))
    const hashed: Took[] = []
    const least: Took[] = []
    const pairs: number[] = []
    const verified = new Map<WayName, (Took & { heads: number; memory: number })[]>()
    for (let round = 0; round < rounds; round++) {
      hashed.push(await inFresh((program) => program.ask('hash', data)))
      for (const { name, ...how } of ways) {
        const one = await inFresh((program) => program.ask('verify', { folder: data, ...how }))
        verified.set(name, [...(verified.get(name) ?? []), one])
      }
      least.push(await inFresh((program) => program.ask('least', data)))
      pairs.push(await pairSeconds(data))
    }
    const of = (name: WayName) => verified.get(name) ?? []
    const ratioOf = (those: readonly Took[], what: keyof Took, to: readonly Took[]) =>
      median(those.map((one, i) => one[what] / (to[i]?.[what] ?? Number.NaN)))
    const ratio = (name: WayName, what: keyof Took, to: readonly Took[]) =>
      ratioOf(of(name), what, to)
    for (const { name } of ways)
      memory.set(`${name} ${entries}`, Math.max(...of(name).map((one) => one.memory)))
    const heads = of('verified, 1 thread')[0]?.heads ?? 0
    console.log(
      `Verify ${whole(entries)} sealed entries under ${whole(heads)} signed heads; ratios to hashing the same files once`,
    )
    printTable(
      ['', 's', 'ratio', 'CPU s', 'ratio', 'memory, MB'],
      [
        ...(
          [
            ['hashed once', hashed],
            ['the least: lines, nodes, signatures', least],
          ] as const
        ).map(([name, those]) => [
          name,
          fixed(median(those.map(({ seconds }) => seconds)), 3),
          fixed(ratioOf(those, 'seconds', hashed), 2),
          fixed(median(those.map(({ cpuSeconds }) => cpuSeconds)), 3),
          fixed(ratioOf(those, 'cpuSeconds', hashed), 2),
          '',
        ]),
        ...ways.map(({ name }) => [
          name,
          fixed(median(of(name).map(({ seconds }) => seconds)), 3),
          fixed(ratio(name, 'seconds', hashed), 2),
          fixed(median(of(name).map(({ cpuSeconds }) => cpuSeconds)), 3),
          fixed(ratio(name, 'cpuSeconds', hashed), 2),
          fixed(memory.get(`${name} ${entries}`) ?? Number.NaN, 0),
        ]),
      ],
    )
    reportSealing(entries, made)
    // of fewer the start of a process is the larger part
    if (entries !== all.at(-1)) continue
    const sealed = (made.sealed.cpuSeconds / entries) * 1e6
    printReach('sealed in at most 8 us of CPU an entry', sealed <= 8, fixed(sealed, 2))
    const plain = ratio('verified, 1 thread', 'seconds', hashed)
    const shipped = ratio('verified, 2 threads', 'seconds', hashed)
    const asShipped =
      'verified in two threads, as infra witness verify does it, in at most 4.3 times the time of hashing'
    printReach(asShipped, shipped <= 4.3, fixed(shipped, 2))
    const floor = `${fixed(plain, 2)}, where the least takes ${fixed(ratioOf(least, 'seconds', hashed), 2)}`
    printReach('the same in one thread', plain <= 4.3, floor)
    const strict = ratio('strict, 2 threads', 'seconds', hashed)
    const alone = ratio('strict, 1 thread', 'seconds', hashed)
    printReach(
      'strict, as infra witness verify does it, in at most 10 times',
      strict <= 10,
      `${fixed(strict, 2)}; in one thread ${fixed(alone, 2)}`,
    )
    const faster = 1 / ratio('verified, 2 threads', 'seconds', of('verified, 1 thread'))
    const one = of('verified, 1 thread')
    const free = median(pairs.map((pair, i) => (2 * (one[i]?.seconds ?? Number.NaN)) / pair))
    const control = `two processes at once do ${fixed(free, 2)} times as much as one`
    printReach(
      'two threads at least 1.7 times faster where two cores are free',
      faster >= 1.7,
      `${fixed(faster, 2)}; ${control}`,
    )
    // two cores that are free would do 2 times as much: what these have to give is the measure
    const share = faster / free
    printReach(
      'that is at least 1.7 / 2 of what the two cores have to give',
      share >= 0.85,
      fixed(share, 2),
    )
  }
  for (const { name } of ways) {
    const used = all.map((entries) => memory.get(`${name} ${entries}`) ?? 0)
    const found = `${used.map((mb) => fixed(mb, 0)).join(', ')} MB`
    printReach(`${name}: under 100 MB, whatever the size`, Math.max(...used) < 100, found)
  }
  console.log()
}

function reportSealing(
  entries: number,
  { sealed, signed, least }: Record<'sealed' | 'signed' | 'least', Took>,
): void {
  const us = ({ cpuSeconds }: Took) => (cpuSeconds / entries) * 1e6
  const all = us(sealed) + us(signed)
  console.log('Sealing, CPU us an entry; a head a batch, where a hub signs one a second')
  printTable(
    ['the least: each line hashed, written, synced', 'sealed', 'with a head every 256'],
    [[fixed(us(least), 2), fixed(us(sealed), 2), fixed(all, 2)]],
  )
}

/** What a press feels of the seal: the same hub, with and without. */
async function pressing({ rounds, seconds }: Extent, folder: string): Promise<void> {
  const load = start<LoadAnswers>('load')
  const running: Program<never>[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    const names = ['without the seal', 'with it'] as const
    const hubs = await Promise.all(
      names.map((name, i) =>
        hub('durable', join(folder, `press-${i}`), sinkPort, running, 1, name === 'with it'),
      ),
    )
    const rates = [200, 2000] as const satisfies readonly Rate[]
    const samples = new Map<string, Sample[]>()
    for (const way of hubs) await sample(load, way, null, 2)
    for (let round = 0; round < rounds; round++)
      for (const rate of rates)
        // each goes first as often: what the one before leaves behind hits both alike
        for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
          const way = hubs[i]
          if (way === undefined) continue
          const key = `${names[i]} ${rate}`
          samples.set(key, [...(samples.get(key) ?? []), await sample(load, way, rate, seconds)])
        }
    const of = (name: string, rate: Rate, what: 'p50' | 'p99') =>
      (samples.get(`${name} ${rate}`) ?? []).map((one) => one[what])
    console.log('A press over OSC, durable: p50 / p99 ms')
    printTable(
      ['', ...rates.map((rate) => `${whole(rate)}/s`)],
      names.map((name) => [
        name,
        ...rates.map(
          (rate) =>
            `${fixed(median(of(name, rate, 'p50')), 2)} / ${fixed(median(of(name, rate, 'p99')), 2)}`,
        ),
      ]),
    )
    for (const rate of rates) {
      const without = of('without the seal', rate, 'p50')
      const added = median(
        of('with it', rate, 'p50').map((one, i) => one - (without[i] ?? Number.NaN)),
      )
      const spread = Math.max(...without) - Math.min(...without)
      // where the control itself swings by half, anything would be below it
      const isTold = spread <= median(without) / 2
      printReach(
        `no latency added at p50, ${whole(rate)}/s: less than the runs without it differ`,
        isTold && added <= Math.max(spread, 0.05),
        `${fixed(added, 3)} ms, and they differ by ${fixed(spread, 3)}${isTold ? '' : ': too busy a machine to tell'}`,
      )
    }
    console.log()
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
  }
}
