import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './macro-stage.ts'
import { median, quantile } from './numbers.ts'
import { fixed, printTable } from './table.ts'

/** Something that sends a mark, waits, and sends another. */
export interface Waiter {
  readonly name: string
  start(id: number, ms: number): Promise<void>
}

interface Late {
  readonly p50: number
  readonly p99: number
  readonly lost: number
}

/** Between two starts: waits overlap, and never all end at once. Milliseconds. */
const apartMs = 5

/** From here on waits of all ways run side by side: in turn they would take minutes. Milliseconds. */
const longMs = 10_000

export interface WaitRounds {
  readonly waitsMs: readonly number[]
  readonly rounds: number
  /** Waits of each length by each way in each round. */
  readonly count: number
}

/** How late waits are, seen by the device: from its first packet to its second, less the wait. */
export async function waitBench(
  stage: Stage,
  waiters: readonly Waiter[],
  { waitsMs, rounds, count }: WaitRounds,
): Promise<void> {
  const found = new Map<string, Late[]>()
  for (const ms of waitsMs)
    for (let round = 0; round < (ms < longMs ? rounds : 1); round++)
      for (const some of ms < longMs ? waiters.map((one) => [one]) : [waiters])
        for (const [name, late] of await lateness(stage, some, ms, count))
          found.set(`${name} ${ms}`, [...(found.get(`${name} ${ms}`) ?? []), late])
  const of = (name: string, ms: number) => found.get(`${name} ${ms}`) ?? []
  console.log(
    'A wait between two packets, seen by the device: how much too late, p50 / p99 ms, lost',
  )
  printTable(
    ['', ...waitsMs.flatMap((ms) => [ms < 1000 ? `${ms} ms` : `${ms / 1000} s`, 'lost'])],
    waiters.map(({ name }) => [
      name,
      ...waitsMs.flatMap((ms) => [
        `${fixed(median(of(name, ms).map(({ p50 }) => p50)), 2)} / ${fixed(median(of(name, ms).map(({ p99 }) => p99)), 2)}`,
        String(of(name, ms).reduce((sum, { lost }) => sum + lost, 0)),
      ]),
    ]),
  )
}

async function lateness(
  stage: Stage,
  waiters: readonly Waiter[],
  ms: number,
  count: number,
): Promise<readonly (readonly [name: string, late: Late])[]> {
  const ids = waiters.map((): number[] => [])
  for (let i = 0; i < count; i++) {
    for (const [which, waiter] of waiters.entries()) {
      const id = stage.nextId()
      ids[which]?.push(id)
      await waiter.start(id, ms)
    }
    await sleep(apartMs)
  }
  await sleep(ms)
  const late: [string, Late][] = []
  for (const [which, { name }] of waiters.entries()) {
    const marks = await stage.marks(ids[which] ?? [], count * 2)
    const times = marks
      .map(([first = Number.NaN, second = Number.NaN]) => second - first - ms)
      .filter((time) => !Number.isNaN(time))
      .toSorted((a, b) => a - b)
    const lost = count - times.length
    late.push([name, { p50: quantile(times, 0.5), p99: quantile(times, 0.99), lost }])
  }
  return late
}
