import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultRow } from './report.ts'

// `npm run test:faults [-- WORD]`: runs every test that brings a fault about, one file after the other, and prints what
// became of each. With a word only files whose name has it.

const engines = ['bus/log-redis/faults.test.ts', 'bus/log-file/crash.test.ts']
const kinds = /^(site|crash|faults)-.*\.test\.ts$/
const word = process.argv[2] ?? ''

const folder = mkdtempSync(join(tmpdir(), 'faults-'))
const rowsFile = join(folder, 'rows.jsonl')
const files = [
  ...readdirSync('test')
    .filter((name) => kinds.test(name))
    .map((name) => `test/${name}`),
  ...engines,
].filter((file) => file.includes(word))

interface Ran {
  readonly file: string
  readonly ok: boolean
  readonly seconds: number
  /** The counts of assertions, as tap says them. */
  readonly counts: string
  readonly skipped: boolean
}

async function run(file: string): Promise<Ran> {
  process.stderr.write(`${file}\n`)
  const from = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FAULT_ROWS: rowsFile },
  })
  let out = ''
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) process.stderr.write(out)
  return {
    file,
    ok: code === 0,
    seconds: Math.round((performance.now() - from) / 1000),
    counts: /^# \{ (.*) \}$/m.exec(out)?.[1] ?? 'no result',
    skipped: / # SKIP/.test(out),
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** The middle one and the longest. */
function times(all: readonly number[] | undefined): string {
  if (all === undefined || all.length === 0) return ''
  const sorted = all.toSorted((a, b) => a - b)
  const seconds = (ms = 0) => (ms / 1000).toFixed(2)
  const middle = seconds(sorted[Math.floor(sorted.length / 2)])
  const longest = seconds(sorted.at(-1))
  return middle === longest ? middle : `${middle}, at most ${longest}`
}

const ran: Ran[] = []
for (const file of files) ran.push(await run(file))
const rows = existsSync(rowsFile)
  ? readFileSync(rowsFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FaultRow) // the tests wrote it
  : []
rmSync(folder, { recursive: true, force: true })

console.log(
  table(
    ['fault', 'times', 'presses', 'lost', 'doubled', 'recovery, s'],
    rows.map(({ fault, times: n, presses, lost, doubled, recoveryMs }) => [
      fault,
      `${n}`,
      `${presses}`,
      `${lost}`,
      `${doubled}`,
      times(recoveryMs),
    ]),
  ),
)
console.log()
console.log(
  table(
    ['file', 'assertions', 's'],
    ran.map(({ file, ok, counts, skipped, seconds }) => [
      file,
      `${ok ? '' : 'FAILED: '}${counts}${skipped ? ', some SKIPPED: see its output' : ''}`,
      `${seconds}`,
    ]),
  ),
)
if (ran.some(({ ok }) => !ok)) process.exitCode = 1
