import { readdirSync } from 'node:fs'
import type { AttackRow } from './report.ts'
import { runFiles, table } from './run-files.ts'

// `npm run test:attacks [-- WORD]`: attacks the sealed record in every way that docs/witness.md names, all of them in full
// where the tests of every day take samples, and prints what the verifier said. With a word only files whose name has it.

const word = process.argv[2] ?? ''
const files = readdirSync('test')
  .filter((name) => /^(attacks|seal)-.*\.test\.ts$/.test(name))
  .map((name) => `test/${name}`)
  .filter((file) => file.includes(word))

await runFiles(files, { ATTACKS: 'all' }, (rows) =>
  table(
    ['attack', 'what was done', 'verdict', 'exit code', 'expected'],
    rows.map((row) => {
      const { attack, done, verdict, exit, expected } = JSON.parse(row) as AttackRow // a test wrote it
      return [attack, done, verdict, exit, expected]
    }),
  ),
)
