import * as fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { openWatch, type Watch } from './fuzz-watch.ts'
import { settledBytes } from './settled.ts'

// `npm run test:fuzz [-- INPUTS [SEED]]`: tries every parser of what comes from outside with as many inputs in all (default
// 1,000,000), and says how long the slowest took (processor time) and what memory it kept. Targets are the `fuzz.contract.ts` of every folder.

const root = new URL('../', import.meta.url)
/** Memory that stays after all inputs of one parser: what it may keep of a connection, and the noise of a process. Bytes. */
const mostGrowth = 32 * 1024 * 1024
/** 2 s of this process's own time, however busy the machine is: twice what a calendar may ask for at the most. */
const mostMs = 2000
/** An input that is not through by then hangs, ms. */
const hangsMs = 120_000

/** Where parsers of what comes from outside are. */
const folders = [
  ...['wire', 'surfaces', 'adapters', 'macros', 'import-companion'],
  ...['config', 'hub', 'bus', 'witness', 'verifier'],
]

export interface FuzzResult {
  readonly name: string
  readonly inputs: number
  readonly slowestMs: number
  readonly grownBytes: number
}

/** Every target, by the files of that name. */
export async function fuzzTargets(): Promise<readonly FuzzTarget[]> {
  const files = folders
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith('/fuzz.contract.ts'))
    .toSorted()
  const modules = await Promise.all(
    files.map(
      (file) =>
        import(new URL(file, root).href) as Promise<{ readonly targets: readonly FuzzTarget[] }>, // by the file's name
    ),
  )
  return modules.flatMap(({ targets }) => targets)
}

/** @throws Error with the seed and the bytes where a parser throws, hangs or grows */
export async function fuzz(
  target: FuzzTarget,
  inputs: number,
  seed: number,
  watched?: Watch,
): Promise<FuzzResult> {
  const take = target.open()
  const made = inputsOf(target.seeds)
  let slowestMs = 0
  let done = 0
  const before = await settledBytes()
  // in parts, so that a parser's own timers and turns run as they do in a hub
  for (let part = 0; done < inputs; part++) {
    const runs = Math.min(1000, inputs - done)
    fc.assert(
      fc.property(made, (bytes) => {
        watched?.alive()
        const began = process.cpuUsage()
        take(bytes)
        const { user, system } = process.cpuUsage(began)
        slowestMs = Math.max(slowestMs, (user + system) / 1000)
      }),
      { numRuns: runs, seed: seed + part, endOnFailure: true },
    )
    done += runs
    await turn()
  }
  const grownBytes = (await settledBytes()) - before
  if (slowestMs > mostMs) throw new Error(`${target.name}: an input took ${slowestMs} ms`)
  if (grownBytes > mostGrowth)
    throw new Error(`${target.name}: ${grownBytes} bytes more are kept after ${inputs} inputs`)
  return { name: target.name, inputs, slowestMs, grownBytes }
}

/** Noise, seeds with some bytes changed, and pieces of several behind each other. */
function inputsOf(seeds: readonly (Buffer | string)[]): fc.Arbitrary<Buffer> {
  const good = fc.constantFrom(...seeds.map((seed) => Buffer.from(seed)))
  const changes = fc.array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 4 })
  const changed = fc.tuple(good, changes).map(([bytes, at]) => {
    const copy = Buffer.from(bytes)
    for (const [where, value] of at) if (copy.length > 0) copy[where % copy.length] = value
    return copy
  })
  const piece = fc
    .tuple(changed, fc.nat(64), fc.nat(64))
    .map(([bytes, from, length]) => bytes.subarray(from, from + length))
  const noise = fc.uint8Array({ maxLength: 96 }).map((bytes) => Buffer.from(bytes))
  const repeated = fc
    .tuple(piece, fc.nat(200))
    .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)))
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.oneof(piece, noise), { maxLength: 4 })
        .map((all) => Buffer.concat(all)),
    },
    { weight: 2, arbitrary: noise },
    { weight: 1, arbitrary: repeated },
  )
}

async function main(): Promise<void> {
  const inputs = Number(process.argv[2] ?? 1_000_000)
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
  if (!(inputs >= 1) || !Number.isInteger(seed))
    throw new Error('npm run test:fuzz -- INPUTS SEED: two whole numbers')
  const targets = await fuzzTargets()
  process.stdout.write(`seed ${seed}\n`)
  const watched = openWatch(hangsMs)
  for (const target of targets) {
    watched.name(target.name)
    const {
      name,
      inputs: n,
      slowestMs,
      grownBytes,
    } = await fuzz(target, Math.ceil(inputs / targets.length), seed, watched)
    process.stdout.write(
      `${name.padEnd(36)} ${String(n).padStart(8)} inputs  slowest ${slowestMs.toFixed(1).padStart(7)} ms  kept ${Math.round(grownBytes / 1024)} KiB\n`,
    )
  }
  await watched.close()
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main()
