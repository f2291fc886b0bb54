import t from 'tap'
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The rule between folders is a file for dependency-cruiser, and `npm run check` runs it. A checker that sees nothing
// also finds nothing: so it is asked here how much it saw of a copy, and whether it finds what was planted there.

/** It reads every file: a slow machine needs more than the runner's half minute. Milliseconds. */
const patienceMs = 180_000
t.setTimeout(patienceMs)

const root = fileURLToPath(new URL('../', import.meta.url))
const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

interface Findings {
  readonly seen: number
  /** `rule: from -> to` */
  readonly violations: readonly string[]
}

function check(folder: string): Promise<Findings> {
  const args = [tool, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', '.']
  return new Promise((resolve, reject) => {
    // it exits with the number of violations: the report says the same and more
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 1 << 28, timeout: patienceMs },
      (error, report) => {
        if (report === '') return reject(error ?? new Error('it reported nothing'))
        const { summary }: Report = JSON.parse(report)
        resolve({
          seen: summary.totalCruised,
          violations: summary.violations
            .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
            .toSorted(),
        })
      },
    )
  })
}

interface Report {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

/** What is planted, and the rule that names it. */
const planted: Readonly<Record<string, readonly [code: string, rule: string, to: string]>> = {
  'intents/planted.ts': ["import '../bus/clock.ts'", 'intents-imports', 'bus/clock.ts'],
  'intents/planted-type.ts': [
    "import type { EventLog } from '../bus/log.ts'\nexport type Planted = EventLog",
    'intents-imports',
    'bus/log.ts',
  ],
  'macros/planted-late.ts': [
    "export const planted = () => import('../bus/clock.ts')",
    'macros-imports',
    'bus/clock.ts',
  ],
  'witness/planted.ts': ["import '../intents/id.ts'", 'witness-imports', 'intents/id.ts'],
  'bus/planted.ts': ["import '../hub/site/live.ts'", 'bus-imports', 'hub/site/live.ts'],
  'surfaces/planted.ts': [
    "import '../adapters/backoff.ts'",
    'surfaces-imports',
    'adapters/backoff.ts',
  ],
  'cli/planted.ts': ["import '../bus/clock.ts'", 'cli-imports', 'bus/clock.ts'],
  'adapters/osc/planted.ts': [
    "import '../tcp/options.ts'",
    'leaf-sees-only-its-port',
    'adapters/tcp/options.ts',
  ],
  'surfaces/tcp/planted.ts': [
    "import '../http/problem.ts'",
    'leaf-sees-only-its-port',
    'surfaces/http/problem.ts',
  ],
  'projections/planted.ts': ["import 'node:fs'", 'pure-folders-without-node', 'fs'],
  // a circle is named once
  'wire/planted-back.ts': ["import './planted-circle.ts'", 'no-circular', 'wire/planted-circle.ts'],
}

void t.test('each wrong import is found and named, and nothing else', async (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'infra-folders-'))
  t.teardown(() => rmSync(copy, { recursive: true, force: true }))
  const away = new Set(['node_modules', 'dist', 'dist-bench', 'data', 'web', 'docs'])
  for (const name of readdirSync(root))
    if (name === '.dependency-cruiser.cjs' || !(name.startsWith('.') || away.has(name)))
      cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [file, [code]] of Object.entries(planted)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), `${code}\n`)
  }
  writeFileSync(join(copy, 'wire/planted-circle.ts'), "import './planted-back.ts'\n")
  // a test may look where its subject may not
  writeFileSync(join(copy, 'intents/planted.test.ts'), "import '../bus/clock.ts'\n")

  const { seen, violations } = await check(copy)
  t.ok(seen > 200, `it saw ${seen} modules`)
  t.strictSame(
    violations,
    Object.entries(planted)
      .map(([from, [, rule, to]]) => `${rule}: ${from} -> ${to}`)
      .toSorted(),
  )
})
