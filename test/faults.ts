import { readdirSync } from 'node:fs'
import type { FaultRow } from './report.ts'
import { runFiles, table } from './run-files.ts'

// `npm run test:faults [-- WORD]`: runs every test that brings a fault about, one file after the other, and prints what
// became of each. With a word only files whose name has it.

const engines = ['bus/log-redis/faults.test.ts', 'bus/log-file/crash.test.ts']
const kinds = /^(site|crash|faults)-.*\.test\.ts$/
const word = process.argv[2] ?? ''

const files = [
  ...readdirSync('test')
    .filter((name) => kinds.test(name))
    .map((name) => `test/${name}`),
  ...engines,
].filter((file) => file.includes(word))

/** The middle one and the longest. */
function times(all: readonly number[] | undefined): string {
  if (all === undefined || all.length === 0) return ''
  const sorted = all.toSorted((a, b) => a - b)
  const seconds = (ms = 0) => (ms / 1000).toFixed(2)
  const middle = seconds(sorted[Math.floor(sorted.length / 2)])
  const longest = seconds(sorted.at(-1))
  return middle === longest ? middle : `${middle}, at most ${longest}`
}

await runFiles(files, { SITE_KILLS: '200', FLOOD_SECONDS: '10' }, (rows) =>
  table(
    ['fault', 'times', 'presses', 'lost', 'doubled', 'recovery, s'],
    rows.map((row) => {
      const { fault, times: n, presses, lost, doubled, recoveryMs } = JSON.parse(row) as FaultRow // a test wrote it
      return [fault, `${n}`, `${presses}`, `${lost}`, `${doubled}`, times(recoveryMs)]
    }),
  ),
)
