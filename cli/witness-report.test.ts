import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { evening, sealedData } from '../report/evening.contract.ts'
import { logSigner } from '../witness/seal/try.fixture.ts'
import { programOf } from '../test/program.ts'
import { anId } from './stand-in.contract.ts'

/** `infra` as it is typed, in the folder `cwd`. */
function infra(cwd: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...programOf('cli/infra'), 'witness', ...words],
    { cwd, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

t.setTimeout(120_000) // a process for each command, on a busy machine

void t.test('a report is one command, and verifies with another', async (t) => {
  const data = sealedData(t, evening())
  const made = infra(data, 'report', '--data', '.', '--from', '2', '--to', '4', '--json')
  t.equal(made.status, 0, made.stderr)
  t.match(JSON.parse(made.stdout), { file: 'report.html', entries: 3, verdict: { ok: true } })
  const good = infra(data, 'verify', 'report.html', '--key', logSigner.vkey)
  t.equal(good.status, 0, good.stderr)
  t.match(good.stdout, /^COMPLETENESS {2}lines 1 to 3 of the 11 that were signed$/m)
  t.match(good.stdout, /^TEXT {10}what its lines give$/m)

  const file = join(data, 'report.html')
  writeFileSync(file, readFileSync(file, 'utf8').replace('>confirmed<', '>failed<'))
  const changed = infra(data, 'verify', 'report.html', '--key', logSigner.vkey)
  t.equal(changed.status, 5)
  t.match(changed.stdout, /^TEXT {10}CHANGED/m)
  t.match(infra(data, 'verify', 'report.html'), { status: 1, stderr: /whose is the bundle in/ })
})

void t.test('a report that its maker cannot verify says so, and ends so', async (t) => {
  const data = sealedData(t, evening())
  const segment = join(data, 'witness', 'segments', '000000.ndjson')
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"Cut"', '"Fun"'))
  const made = infra(data, 'report', '--data', '.')
  t.equal(made.status, 5)
  t.match(made.stdout, /^INTEGRITY {5}BROKEN: it does not follow line 1/m)
  t.match(readFileSync(join(data, 'report.html'), 'utf8'), /BROKEN: it does not follow line 1/)
})

void t.test('what was asked wrongly gets a sentence that says what to do', async (t) => {
  const data = sealedData(t, evening())
  for (const [words, said] of [
    [['--data', 'nowhere'], /nothing is signed in nowhere/],
    [['--around', '123'], /--around is the id of an intent, not "123"/],
    [['--bundle', 'a.ifw.ndjson'], /whose is a.ifw.ndjson\?.*--key/],
    [['--bundle', 'a', '--key', 'k', '--from', '3'], /leave out --from, --to and --around/],
    [['--data', '.', '--from', '99'], /position 99 is not sealed/],
    [['--data', '.', '--from', '4', '--to', '2'], /no sealed entry is in that part/],
    [['--data', '.', '--around', anId, '--minutes', '0.5'], /a whole number of minutes, not "0.5"/],
    [['--data', '.', '--policy', 'gone.txt'], /gone.txt: there is no such file/],
    [['--data', '.', '--key', 'rubbish'], /there is no file rubbish, and it is no verifier key/],
  ] as const) {
    const { status, stdout, stderr } = infra(data, 'report', ...words)
    t.ok(status === 1 || status === 2, words.join(' '))
    t.equal(stdout, '')
    t.match(stderr, said)
  }
})
