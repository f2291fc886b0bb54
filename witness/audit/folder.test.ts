import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parsePolicy } from '../check/policy.ts'
import { newKey, parseKey } from '../sign/key.ts'
import { cosignatureLine } from '../sign/note.ts'
import { publish, seal, signHead } from '../seal/sealer.ts'
import { SealStore } from '../seal/store.ts'
import { logSigner, newFolder } from '../seal/try.fixture.ts'
import { auditFolder } from './folder.ts'
import type { AuditFault } from './verdict.ts'

t.setTimeout(180_000)

const witnesses = ['w1', 'w2', 'w3'].map((name) => parseKey(newKey(name, 'witness')))
const policyText = (quorum: string) =>
  [
    `log ${logSigner.vkey}`,
    ...witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}`),
    'group two 2 w1 w2 w3',
    `quorum ${quorum}`,
  ].join('\n')

interface Made {
  readonly folder: string
  readonly segment: string
}

/** A sealed folder of `count` entries, with a head after each hundred and at the end. */
function sealed(
  t: Test,
  count: number,
  options: { word?: string; signer?: typeof logSigner; cosigners?: number } = {},
): Made {
  const { word = 'n', signer = logSigner, cosigners = 2 } = options
  const folder = newFolder(t)
  const store = new SealStore(folder)
  while (store.size < count) {
    const from = store.size
    const to = Math.min(count, from + 100)
    seal(
      store,
      Array.from({ length: to - from }, (_, i) => ({
        rid: String(from + i + 1),
        body: `{"at":${1_795_000_000_000 + from + i},"${word}":${from + i}}`,
      })),
    )
    const head = signHead(store, signer)
    const lines = witnesses
      .slice(0, cosigners)
      .map((witness) => cosignatureLine(witness, head.text, 1_795_000_000 + store.size))
    publish(store, head, lines)
  }
  store.close()
  return { folder, segment: join(folder, 'segments', '000000.ndjson') }
}

/** A head in the middle, whose signature by `name` has another last byte. */
function resigned(t: Test, name: string): Made {
  const made = sealed(t, 250)
  const path = join(made.folder, 'checkpoints', '100')
  const lines = readFileSync(path, 'utf8').split('\n')
  const at = lines.findIndex((line) => line.startsWith(`— ${name} `))
  const [dash, by, base64 = ''] = (lines[at] ?? '').split(' ')
  const bytes = Buffer.from(base64, 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(path, lines.with(at, `${dash} ${by} ${bytes.toString('base64')}`).join('\n'))
  return made
}

const audit = (
  folder: string,
  options: { strict?: boolean; quorum?: string; threads?: number } = {},
) =>
  auditFolder(folder, {
    policy: parsePolicy(policyText(options.quorum ?? 'two')),
    strict: options.strict ?? false,
    threads: options.threads ?? 1,
    heads: [],
  })

void t.test('what is sealed, signed and cosigned verifies, and says so', async (t) => {
  const { folder } = sealed(t, 250)
  for (const strict of [false, true])
    t.match(await audit(folder, { strict }), {
      ok: true,
      from: 0,
      to: 250,
      heads: 4,
      unsealed: 0,
      sealed: { size: 250 },
      witnessed: {
        size: 250,
        quorum: '2 of 3',
        isQuorum: true,
        by: [{ name: 'w1', at: 1_795_000_250 }, { name: 'w2' }],
      },
    })
})

void t.test('two threads come to the same verdict as one', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  for (let n = 0; n < 140_000; n += 20_000)
    seal(
      store,
      Array.from({ length: 20_000 }, (_, i) => ({
        rid: String(n + i + 1),
        body: `{"n":${n + i}}`,
      })),
    )
  publish(store, signHead(store, logSigner), [])
  store.close()
  const policy = parsePolicy(policyText('none'))
  const one = await auditFolder(folder, { policy, strict: false, threads: 1, heads: [] })
  const two = await auditFolder(folder, { policy, strict: false, threads: 2, heads: [] })
  t.match(one, { ok: true, to: 140_000, sealed: { size: 140_000 } })
  t.same(one, two)
})

void t.test(
  'no bit of the lines or of a head can be changed unnoticed, exhaustively',
  async (t) => {
    const { folder, segment } = sealed(t, 40)
    const head = join(folder, 'checkpoint')
    rmSync(join(folder, 'checkpoints'), { recursive: true })
    for (const path of [segment, head]) {
      const good = readFileSync(path)
      let unseen = 0
      for (let at = 0; at < good.length; at++) {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
        writeFileSync(path, bad)
        if ((await audit(folder)).ok) unseen++
      }
      t.equal(unseen, 0, `${good.length} bytes of ${path.split('/').at(-1)}`)
      writeFileSync(path, good)
    }
    t.ok((await audit(folder)).ok, 'control')
  },
)

void t.test('each attack has its own verdict', async (t) => {
  const found = async ({ folder }: Made, options?: Parameters<typeof audit>[1]) =>
    (await audit(folder, options)).fault
  const edited = (edit: (lines: string[]) => readonly string[]): Made => {
    const made = sealed(t, 250)
    const lines = readFileSync(made.segment, 'utf8').split('\n').slice(0, -1)
    writeFileSync(
      made.segment,
      edit(lines)
        .map((line) => `${line}\n`)
        .join(''),
    )
    return made
  }
  const at = 120
  const cases: readonly (readonly [name: string, made: Made, fault: AuditFault | null])[] = [
    ['control: untouched', sealed(t, 250), null],
    ['an entry deleted', edited((lines) => lines.toSpliced(at, 1)), 'integrity'],
    [
      'two entries swapped',
      edited((lines) => lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '')),
      'integrity',
    ],
    ['an entry inserted', edited((lines) => lines.toSpliced(at, 0, lines[3] ?? '')), 'integrity'],
    ['an entry repeated', edited((lines) => lines.toSpliced(at, 0, lines[at] ?? '')), 'integrity'],
    [
      'white space added',
      edited((lines) => lines.with(at, (lines[at] ?? '').replace(',"rid"', ', "rid"'))),
      'integrity',
    ],
    [
      'the newest entry changed',
      edited((lines) => lines.with(249, (lines[249] ?? '').replace('"n":249', '"n":248'))),
      'root',
    ],
    ['re-chained by an insider without the key', rechained(t), 'root'],
    [
      're-chained and signed with another key',
      sealed(t, 250, { signer: parseKey(newKey(logSigner.name, 'log')) }),
      'signature',
    ],
    [
      'of another site',
      sealed(t, 250, { signer: parseKey(newKey('other.example/log', 'log')) }),
      'signature',
    ],
    ['the signature of the log changed', resigned(t, logSigner.name), 'signature'],
    ['the signature of a witness changed', resigned(t, 'w2'), 'signature'],
    ['cosigned by one of three', sealed(t, 250, { cosigners: 1 }), 'unwitnessed'],
  ]
  for (const [name, made, fault] of cases) {
    t.equal(await found(made), fault, name)
    // there signatures are verified in other threads, and what was found of them is remembered
    const { folder } = made
    t.same(await audit(folder, { threads: 2 }), await audit(folder), `${name}: in two threads`)
  }
})

void t.test('lines cut off anywhere are missed', async (t) => {
  const { folder, segment } = sealed(t, 200)
  const whole = readFileSync(segment)
  let unseen = 0
  let cuts = 0
  for (let end = whole.lastIndexOf(10, -2); end > 0; end = whole.lastIndexOf(10, end - 1)) {
    for (const bytes of [end + 1, end - 3]) {
      writeFileSync(segment, whole)
      truncateSync(segment, bytes)
      const verdict = await audit(folder)
      cuts++
      if (verdict.fault !== 'truncated') unseen++
    }
  }
  t.equal(unseen, 0, `${cuts} cuts`)
  rmSync(segment)
  t.match(await audit(folder), { fault: 'truncated' })
})

void t.test(
  'a history that was set back is seen with a head that the auditor has from a witness',
  async (t) => {
    const { folder } = sealed(t, 250)
    const elsewhere = readFileSync(join(folder, 'checkpoint'))
    const old = newFolder(t)
    const { folder: restored } = sealed(t, 200)
    cpSync(restored, old, { recursive: true })
    const options = { policy: parsePolicy(policyText('two')), strict: false, threads: 1 }
    t.ok((await auditFolder(old, { ...options, heads: [] })).ok, 'control: by itself it looks good')
    const heads = [{ name: 'from the witness', note: elsewhere }]
    t.match(await auditFolder(old, { ...options, heads }), {
      fault: 'truncated',
      detail: /250 lines was signed, and there are 200/,
    })
    const { folder: other } = sealed(t, 250, { word: 'm' })
    t.match(
      await auditFolder(other, { ...options, heads }),
      { fault: 'root' },
      'two heads of one size',
    )
  },
)

void t.test('lines that two programs read as two are refused in strict mode', async (t) => {
  for (const body of [
    '{"a":1,"a":2}',
    '{"n":1.0}',
    '{"b":1,"a":2}',
    '{"n":1e400}',
    '{"s":"\\ud800"}',
    '{"s":"\\u0041"}',
  ]) {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    seal(store, [{ rid: '1', body }])
    publish(store, signHead(store, logSigner), [])
    store.close()
    t.ok((await audit(folder, { quorum: 'none' })).ok, `control: ${body} is sealed as it is`)
    t.match(
      await audit(folder, { quorum: 'none', strict: true }),
      { fault: 'integrity', at: { seq: 0 } },
      body,
    )
  }
})

void t.test('a line without an end is read no further than a line may be long', async (t) => {
  const { folder, segment } = sealed(t, 250)
  const whole = readFileSync(segment)
  const lines = whole.indexOf('{"$prev"', whole.length / 2)
  writeFileSync(segment, Buffer.concat([whole.subarray(0, lines), Buffer.alloc(2 ** 21, 'x')]))
  t.match(await audit(folder), {
    fault: 'integrity',
    detail: /too long/,
    at: { file: segment, offset: lines },
  })
  writeFileSync(segment, whole)
  t.ok((await audit(folder)).ok, 'control')
})

void t.test('a head whose file says another size is not taken for one', async (t) => {
  const { folder } = sealed(t, 250)
  const heads = join(folder, 'checkpoints')
  cpSync(join(heads, '200'), join(heads, '199'))
  t.match(await audit(folder), { fault: 'unreadable', detail: /199 is a head of 200 lines/ })
  rmSync(join(heads, '199'))
  t.ok((await audit(folder)).ok, 'control')
})

void t.test('a folder in which nothing is sealed is no good verdict', async (t) => {
  t.match(await audit(newFolder(t)), { ok: false, fault: 'unreadable' })
  const { folder } = sealed(t, 10)
  writeFileSync(join(folder, 'checkpoints', '10'), 'rubbish')
  t.match(await audit(folder), { fault: 'unreadable', detail: /checkpoints\/10/ })
})

/** All lines made anew by somebody who owns the machine, and not the key. */
function rechained(t: Test): Made {
  const made = sealed(t, 250)
  const forged = sealed(t, 250, { word: 'm' })
  cpSync(forged.segment, made.segment)
  return made
}
