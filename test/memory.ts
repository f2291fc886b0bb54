import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { until } from './site.ts'

// What a process holds, as it goes on. Linux.

export interface Sample {
  /** What the program had handled by then. */
  readonly done: number
  /** After all garbage was collected: the heap, and buffers outside of it. Bytes. */
  readonly used: number
  /** Resident memory, garbage and what the allocator keeps included. Bytes. */
  readonly rss: number
  readonly descriptors: number
}

/** Asks a process that was started with `tell-memory.ts` and this file. */
export async function sample(pid: number, file: string, done: number): Promise<Sample> {
  const told = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
  const before = told().length
  process.kill(pid, 'SIGUSR2')
  await until('it tells its memory', () => told().length > before)
  const { used, rss } = JSON.parse(told().at(-1) ?? '{}') as Sample // the fixture wrote it
  return { done, used, rss, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

/** Growth for each thing done, by least squares. */
export function slope(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const x = mean(samples.map(({ done }) => done))
  const y = mean(samples.map(of))
  const covariance = mean(samples.map((one) => (one.done - x) * (of(one) - y)))
  return covariance / mean(samples.map(({ done }) => (done - x) ** 2))
}
