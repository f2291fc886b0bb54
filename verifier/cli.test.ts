import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditSeal } from '../hub/audit/audit.ts'
import { canonical } from '../witness/canonical.ts'
import { commitmentOf, disclosureText } from '../witness/commitment.ts'
import { publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { readLines } from '../witness/seal/segments.ts'
import { logSigner, newFolder, sealEntries } from '../witness/seal/try.fixture.ts'
import { bundleParts } from '../witness/bundle.ts'
import { verifierProgram } from './made.ts'

/** A data folder with ten sealed entries, a bundle of it, and the verifier: all that an auditor is given. */
function stick(t: Test) {
  const folder = newFolder(t)
  const data = join(folder, 'data')
  const store = new SealStore(join(data, 'witness'))
  sealEntries(store, 0, 10)
  publish(store, signHead(store, logSigner), [])
  const note = readFileSync(join(data, 'witness', 'checkpoint'), 'utf8')
  const parts = bundleParts(
    { origin: logSigner.name, from: 2, to: 8, size: 10 },
    readLines(join(data, 'witness', 'segments'), 2, 8),
    note,
    (range) => store.hashOf(range),
  )
  const bundle = join(folder, 'part.ifw.ndjson')
  writeFileSync(bundle, Buffer.concat([...parts].map((part) => Buffer.from(part))))
  store.close()
  const key = join(folder, 'log.vkey')
  writeFileSync(key, `${logSigner.vkey}\n`)
  writeFileSync(join(data, 'witness', 'log.vkey'), `${logSigner.vkey}\n`)
  const program = join(folder, 'infra-verify.mjs')
  writeFileSync(program, verifierProgram())
  const run = (...words: string[]) => {
    // bare: no loader, no package, another folder
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: {},
    })
    return { status, stdout, stderr }
  }
  return { folder, data, bundle, key, run }
}

void t.test('the file that an auditor reads in an evening stays one', async (t) => {
  const program = verifierProgram()
  const lines = program.split('\n').length - 1
  t.ok(lines <= 500, `${lines} lines`)
  t.same(
    program.split('\n').filter((line) => line.length > 120),
    [],
    'of at most 120 columns',
  )
  t.same(
    [...program.matchAll(/^import .* from '(.*)'$/gm)].map(([, from]) => from?.split(':')[0]),
    ['node', 'node', 'node', 'node', 'node'],
  )
})

void t.test('bare Node verifies a folder and a bundle with nothing else of ours', async (t) => {
  const { bundle, key, run } = stick(t)
  const folder = run('data', '--key', key)
  t.equal(folder.status, 0, folder.stderr)
  t.match(folder.stdout, /^INTEGRITY {5}good: 10 lines, 2 signed heads of studio.example\/log$/m)
  t.match(folder.stdout, /^SIGNED {8}size 10, root \S+$/m)
  const part = run(bundle, '--key', logSigner.vkey, '--strict')
  t.equal(part.status, 0, part.stderr)
  t.match(part.stdout, /^COMPLETENESS {2}lines 2 to 7 of the 10 that were signed$/m)
})

void t.test('what is wrong has its own exit code, and the place', async (t) => {
  const { folder, data, bundle, key, run } = stick(t)
  const segment = join(data, 'witness', 'segments', '000000.ndjson')
  const good = readFileSync(segment, 'utf8')
  const after = (text: string) => {
    writeFileSync(segment, text)
    return run('data', '--key', key)
  }
  const changed = after(good.replace('"entry":4', '"entry":5'))
  t.equal(changed.status, 5)
  t.match(
    changed.stdout,
    /BROKEN: it does not follow line 4.*line 5 \(data\/witness\/segments.*byte \d+\)/,
  )
  t.equal(after(good.replace('"entry":9', '"entry":8')).status, 6)
  t.equal(after(good.slice(0, good.length / 2)).status, 7)
  t.equal(after(good).status, 0, 'control')
  const policy = join(folder, 'policy')
  writeFileSync(policy, 'quorum none\n')
  t.equal(run('data', '--policy', policy).status, 8)
  t.equal(run('.', '--key', key).status, 12, 'nothing sealed there')
  const cut = readFileSync(bundle)
  writeFileSync(bundle, cut.subarray(0, -30))
  t.equal(run(bundle, '--key', key).status, 7)
})

void t.test('what was asked wrongly gets a sentence that says what to do', async (t) => {
  const { bundle, key, run } = stick(t)
  for (const [words, said] of [
    [[], /usage: node infra-verify/],
    [[bundle], /Give the log's key with --key/],
    [['data'], /Give the log's key with --key: never take it from there/],
    [[bundle, '--key', 'nonsense'], /'nonsense' is no verifier key/],
    [['no-such-file', '--key', key], /no-such-file/],
    [[bundle, '--nonsense'], /--nonsense/],
    [['--help'], /usage: node infra-verify/],
    [[bundle, '--policy', key], /line 1 of the policy is none of `log VKEY`/],
  ] as const) {
    const { status, stdout, stderr } = run(...words)
    t.equal(status, 2, words.join(' '))
    t.equal(stdout, '')
    t.match(stderr, said)
  }
})

void t.test('a name in a head cannot move the cursor of who reads the verdict', async (t) => {
  const { data, key, run } = stick(t)
  const head = join(data, 'witness', 'checkpoint')
  writeFileSync(
    head,
    readFileSync(head, 'utf8').replaceAll('studio.example/log', 'a\u009b2J\u202eb'),
  )
  const { stdout } = run('data', '--key', key)
  t.notMatch(stdout, /[^\P{Cc}\n]|\u202e/u)
  t.match(stdout, /a\ufffd2J\ufffdb/)
})

void t.test('a bundle is compared with a head from elsewhere', async (t) => {
  const { folder, data, bundle, key, run } = stick(t)
  const head = join(data, 'witness', 'checkpoint')
  t.equal(run(bundle, '--key', key, '--head', head).status, 0)
  const other = new SealStore(join(folder, 'other'))
  sealEntries(other, 5, 17)
  publish(other, signHead(other, logSigner), [])
  other.close()
  const later = run(bundle, '--key', key, '--head', join(folder, 'other', 'checkpoint'))
  t.equal(later.status, 7, 'a witness has seen more')
  t.match(later.stdout, /MISSING: a head of 12 lines was signed, and there are 10/)
  const none = run(bundle, '--key', key, '--head', key)
  t.equal(none.status, 12)
  t.match(none.stdout, /log.vkey: the note/)
})

void t.test(
  'what is not disclosed of a folder is counted, as infra witness verify does',
  async (t) => {
    const { folder, key, run } = stick(t)
    const data = join(folder, 'personal')
    const store = new SealStore(join(data, 'witness'))
    const salts = [1, 2, 3].map((byte) => Buffer.alloc(32, byte))
    const keys = salts.map((salt) => commitmentOf('anna', salt))
    const body = (n: number) => canonical({ value: { $commitment: keys[n] ?? '' } })
    seal(
      store,
      [0, 1, 2].map((n) => ({ rid: `${n + 1}`, body: body(n) })),
    )
    publish(store, signHead(store, logSigner), [])
    store.close()
    const said = async () => {
      const options = { keys: [key], policy: null, heads: [], strict: false }
      const audit = await auditSeal(data, options)
      const { status, stdout } = run('personal', '--key', key)
      const one = audit?.lines.map(([word, text]) => `${word.padEnd(14)}${text}\n`).join('')
      t.equal(stdout, one, 'both verifiers')
      t.equal(status, audit?.exit)
      return { status, redacted: /^REDACTED +(.*)$/m.exec(stdout)?.[1] }
    }
    t.match(await said(), { status: 0, redacted: /^3 personal values/ }, 'nothing is there')
    const kept = join(data, 'disclosures')
    mkdirSync(kept)
    const text = (n: number) =>
      `${keys[n]} ${disclosureText('anna', salts[n] ?? Buffer.alloc(0))}\n`
    writeFileSync(join(kept, '000001.txt'), text(0))
    writeFileSync(join(kept, '000002.txt'), text(2))
    t.match(await said(), { status: 0, redacted: /^1 personal values/ }, 'one is erased')
    writeFileSync(join(kept, '000003.txt'), text(1) + text(1).slice(0, 20))
    t.match(
      await said(),
      { status: 0, redacted: '0' },
      'all are there; what a crash left of a line is none',
    )
    const beside = commitmentOf('bert', Buffer.alloc(32, 9))
    writeFileSync(
      join(kept, '000004.txt'),
      `${beside} ${disclosureText('bert', Buffer.alloc(32, 9))}\n`,
    )
    t.match(await said(), { status: 0, redacted: '0' }, 'one of an entry that is not sealed yet')
    writeFileSync(join(kept, '000003.txt'), text(1).replace('anna', 'otto'))
    t.match(await said(), { status: 11, redacted: /NOT WHAT WAS RECORDED: what is disclosed/ })
    writeFileSync(join(kept, '000003.txt'), `${keys[1]} rubbish\n`)
    t.match(await said(), { status: 11, redacted: /NOT WHAT WAS RECORDED: a kept value/ })
  },
)
