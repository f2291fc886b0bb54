import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FoldAnswers } from './fold.ts'
import { median } from './numbers.ts'
import type { Extent } from './press.ts'
import { start } from './program.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

/** How fast the past is read again, beside what `JSON.parse` alone takes for the same lines in memory. */
export async function replayBench({ rounds, quick, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'replay-'))
  const program = start<FoldAnswers>('fold')
  try {
    await program.ask('write', { data, entries: quick ? 100_000 : 300_000 })
    const runs = []
    for (let round = 0; round < rounds; round++) runs.push(await program.ask('replay', data))
    const entries = runs[0]?.entries ?? 0
    const parse = median(runs.map((run) => run.parse))
    const row = (name: string, rate: number) => [
      name,
      whole(rate * 1000),
      fixed(1000 / rate, 2),
      fixed(rate / parse, 2),
    ]
    console.log(`Replay of ${whole(entries)} entries`)
    printTable(
      ['', 'entries/s', 'us an entry', 'ratio'],
      [
        row('bare JSON.parse of the lines in memory', parse),
        row('read', median(runs.map((run) => run.read))),
        row('read and decode', median(runs.map((run) => run.decode))),
        row('read, decode and fold all projections', median(runs.map((run) => run.fold))),
      ],
    )
  } finally {
    await program.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

const sizes = [10_000, 100_000, 1_000_000]

/** How long a hub's core takes to open over a journal: each start in a process of its own, as after a real one. */
export async function startBench({ rounds, quick, folder }: Extent): Promise<void> {
  const rows = []
  for (const entries of quick ? sizes.slice(0, 2) : sizes) {
    const data = mkdtempSync(join(folder, 'start-'))
    try {
      const written = await inFresh((program) => program.ask('write', { data, entries }))
      const begin = (snapshot: boolean) =>
        inFresh((program) => program.ask('start', { data, snapshot }))
      const cold: number[] = []
      const warm: number[] = []
      for (let round = 0; round < rounds; round++) {
        cold.push(await begin(false))
        warm.push(await begin(true)) // the clean stop before left a snapshot
      }
      rows.push({ entries, written, cold: median(cold), warm: median(warm) })
    } finally {
      rmSync(data, { recursive: true, force: true })
    }
  }
  console.log('Start-up: from the opening of the core until it is ready, ms')
  printTable(
    ['entries', 'with snapshot', 'without: folds all', 'journal written in, s'],
    rows.map(({ entries, written, cold, warm }) => [
      whole(entries),
      fixed(warm, 1),
      fixed(cold, 0),
      fixed(written / 1000, 1),
    ]),
  )
  const small = rows[0]?.warm ?? Number.NaN
  const large = rows.at(-1)?.warm ?? Number.NaN
  printReach(
    'with a snapshot the largest at most 1.5 times the smallest and 50 ms',
    large <= 1.5 * small + 50,
    `${fixed(small, 1)} and ${fixed(large, 1)} ms`,
  )
  console.log()
}

async function inFresh<T>(
  ask: (program: ReturnType<typeof start<FoldAnswers>>) => Promise<T>,
): Promise<T> {
  const program = start<FoldAnswers>('fold')
  try {
    return await ask(program)
  } finally {
    await program.stop()
  }
}
