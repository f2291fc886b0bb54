import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Runs test files one after the other, and gathers the lines that they add to a table (report.ts).

interface Ran {
  readonly file: string
  readonly ok: boolean
  readonly seconds: number
  /** The counts of assertions, as tap says them. */
  readonly counts: string
  readonly skipped: boolean
}

async function run(file: string, rowsFile: string, env: Env): Promise<Ran> {
  process.stderr.write(`${file}\n`)
  const from = performance.now()
  const child = spawn(process.execPath, [...process.execArgv, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, FAULT_ROWS: rowsFile },
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

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

type Env = Readonly<Record<string, string>>

/** Runs the files; prints what `report` makes of the lines that they added, then how each went; fails where one did. */
export async function runFiles(
  files: readonly string[],
  env: Env,
  report: (rows: readonly string[]) => string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const rowsFile = join(folder, 'rows.jsonl')
  const ran: Ran[] = []
  for (const file of files) ran.push(await run(file, rowsFile, env))
  const rows = existsSync(rowsFile)
    ? readFileSync(rowsFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
  rmSync(folder, { recursive: true, force: true })
  console.log(report(rows))
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
}
