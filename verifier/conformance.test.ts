import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { auditBundle as auditBundleOne } from '../witness/audit/bundle.ts'
import { auditFolder as auditFolderOne } from '../witness/audit/folder.ts'
import { auditExit, auditLines, type AuditVerdict } from '../witness/audit/verdict.ts'
import { bundleParts } from '../witness/bundle.ts'
import { canonical as canonicalOf } from '../witness/canonical.ts'
import { parsePolicy as parsePolicyOne } from '../witness/check/policy.ts'
import { readLines } from '../witness/seal/segments.ts'
import { publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { logSigner, newFolder } from '../witness/seal/try.fixture.ts'
import { newKey, parseKey, type Signer } from '../witness/sign/key.ts'
import { cosignatureLine } from '../witness/sign/note.ts'
import { auditBundle, auditFolder } from './audit.js'
import { parsePolicy } from './trust.js'
import type { FoundNote, Verdict } from './types.ts'

// Two verifiers that share no line of code, over the same bytes: each verdict, with every word of it, must be the same.

const witnesses = ['w1', 'w2', 'w3'].map((name) => parseKey(newKey(name, 'witness')))
const policyText = [
  `log ${logSigner.vkey}`,
  ...witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}`),
  'group two 2 w1 w2 w3',
  'quorum two',
].join('\n')
const policyOne = parsePolicyOne(policyText)
const policyTwo = parsePolicy(policyText)

interface Made {
  readonly folder: string
  readonly bundle: (from: number, to: number) => Buffer
}

/** A sealed folder of `count` entries, with a head after each twenty and at the end. */
function sealed(
  t: Test,
  count: number,
  options: { word?: string; signer?: Signer; cosigners?: number } = {},
): Made {
  const { word = 'n', signer = logSigner, cosigners = 2 } = options
  const folder = newFolder(t)
  const store = new SealStore(folder)
  while (store.size < count) {
    const from = store.size
    const entries = Array.from({ length: Math.min(count - from, 20) }, (_, i) => ({
      rid: String(from + i + 1),
      body: `{"at":${1_795_000_000_000 + from + i},"${word}":${from + i}}`,
    }))
    seal(store, entries)
    const head = signHead(store, signer)
    const cosigned = witnesses
      .slice(0, cosigners)
      .map((witness) => cosignatureLine(witness, head.text, 1_795_000_000 + store.size))
    publish(store, head, cosigned)
  }
  const hashes = store
  const note = readFileSync(join(folder, 'checkpoint'), 'utf8')
  const bundle = (from: number, to: number) => {
    const head = { origin: signer.name, from, to, size: count }
    const lines = readLines(join(folder, 'segments'), from, to)
    const parts = bundleParts(head, lines, note, (range) => hashes.hashOf(range))
    return Buffer.concat([...parts].map((part) => Buffer.from(part)))
  }
  t.teardown(() => store.close())
  return { folder, bundle }
}

/** The folder as the command line of either program would find it. */
async function ofFolder(folder: string, strict: boolean, elsewhere: readonly string[] = []) {
  const heads = elsewhere.map((name) => ({ name, note: readFileSync(name) }))
  const one = await auditFolderOne(folder, { policy: policyOne, strict, threads: 1, heads })
  const listed = (name: string) => {
    const path = join(folder, name)
    return existsSync(path) ? readdirSync(path) : []
  }
  const files = listed('segments')
    .filter((name) => /^\d{6,}\.ndjson$/.test(name))
    .map((name) => join(folder, 'segments', name))
  const paths = [
    ...listed('checkpoints').map((name) => join('checkpoints', name)),
    'checkpoint',
  ].map((name) => join(folder, name))
  const notes = paths
    .filter((path) => existsSync(path))
    .map((name) => ({ name, note: readFileSync(name) }))
  const options = { policy: policyTwo, strict, name: folder, notes: [...notes, ...heads] }
  const open = (file: string) => [readFileSync(file)]
  return { one, two: await auditFolder(files, open, [], options) }
}

async function ofBundle(
  bytes: Buffer,
  strict: boolean,
  {
    chunks = [bytes],
    heads = [],
  }: { chunks?: readonly Buffer[]; heads?: readonly FoundNote[] } = {},
) {
  const name = 'a.ifw.ndjson'
  // each gets bytes of its own: one verifier writes in what it reads
  const one = await auditBundleOne([Buffer.from(bytes)], { policy: policyOne, strict, name, heads })
  return { one, two: await auditBundle(chunks, { policy: policyTwo, strict, name, notes: heads }) }
}

const exitOf = ({ fault }: AuditVerdict) => (fault === null ? 0 : auditExit[fault])

/** Whether both say the same, in every word, and end with the same code. */
function agree(t: Test, both: { one: AuditVerdict; two: Verdict }, what: string): void {
  const { one, two } = both
  t.same(two.lines, auditLines(one), what)
  t.equal(two.exit, exitOf(one), what)
}

t.setTimeout(120_000) // each byte of a bundle, twice, on a busy machine

void t.test('both say the same of every attack on a folder', async (t) => {
  const edited = (edit: (lines: string[]) => readonly string[]): Made => {
    const made = sealed(t, 50)
    const segment = join(made.folder, 'segments', '000000.ndjson')
    const lines = readFileSync(segment, 'utf8').split('\n').slice(0, -1)
    const text = edit(lines).map((line) => `${line}\n`)
    writeFileSync(segment, text.join(''))
    return made
  }
  const changed = (name: string, change: (bytes: Buffer) => Buffer | null): Made => {
    const made = sealed(t, 50)
    const path = join(made.folder, name)
    const bytes = change(readFileSync(path))
    if (bytes === null) rmSync(path)
    else writeFileSync(path, bytes)
    return made
  }
  const other = (name: string) => parseKey(newKey(name, 'log'))
  const rechained = () => {
    const made = sealed(t, 50)
    cpSync(join(sealed(t, 50, { word: 'm' }).folder, 'segments'), join(made.folder, 'segments'), {
      recursive: true,
    })
    return made
  }
  const at = 31
  const cases: Readonly<Record<string, Made>> = {
    'nothing was done to it': sealed(t, 50),
    'an entry deleted': edited((lines) => lines.toSpliced(at, 1)),
    'the first entry deleted': edited((lines) => lines.slice(1)),
    'two entries swapped': edited((lines) =>
      lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''),
    ),
    'an entry inserted': edited((lines) => lines.toSpliced(at, 0, lines[3] ?? '')),
    'an entry repeated': edited((lines) => lines.toSpliced(at, 0, lines[at] ?? '')),
    'white space added': edited((lines) =>
      lines.with(at, (lines[at] ?? '').replace(',"rid"', ', "rid"')),
    ),
    'an empty line': edited((lines) => lines.toSpliced(at, 0, '')),
    'a very long line': edited((lines) =>
      lines.with(at, (lines[at] ?? '').replace('}', `,"x":"${'x'.repeat(70_000)}"}`)),
    ),
    'the newest changed': edited((lines) => lines.with(49, (lines[49] ?? '').replace('49', '48'))),
    'made anew without the key': rechained(),
    'made anew with another key': sealed(t, 50, { signer: other(logSigner.name) }),
    'of another site': sealed(t, 50, { signer: other('other.example/log') }),
    'cosigned by one of three': sealed(t, 50, { cosigners: 1 }),
    'cosigned by nobody': sealed(t, 50, { cosigners: 0 }),
    'the lines gone': changed('segments/000000.ndjson', () => null),
    'the end cut': changed('segments/000000.ndjson', (bytes) => bytes.subarray(0, -500)),
    'a line cut': changed('segments/000000.ndjson', (bytes) => bytes.subarray(0, -5)),
    'more than was signed': changed('segments/000000.ndjson', (bytes) =>
      Buffer.concat([bytes, Buffer.from('{"torn')]),
    ),
    'a head that is none': changed('checkpoint', () => Buffer.from('rubbish')),
    'a head without UTF-8': changed('checkpoint', (bytes) =>
      Buffer.concat([Buffer.of(0xff), bytes]),
    ),
    'a head with control characters': changed('checkpoint', (bytes) =>
      Buffer.concat([Buffer.of(1), bytes]),
    ),
    'a head that is too long': changed('checkpoint', (bytes) =>
      Buffer.concat([Buffer.alloc(70_000, 65), bytes]),
    ),
  }
  for (const [name, { folder }] of Object.entries(cases))
    for (const strict of [false, true]) agree(t, await ofFolder(folder, strict), name)
  agree(t, await ofFolder(newFolder(t), false), 'an empty folder')

  const old = sealed(t, 30)
  const elsewhere = [join(sealed(t, 50).folder, 'checkpoint')]
  const setBack = await ofFolder(old.folder, false, elsewhere)
  t.equal(setBack.two.exit, auditExit.truncated)
  agree(t, setBack, 'set back, with a head from a witness')
})

void t.test('both say the same of lines that two programs read as two', async (t) => {
  const bodies = String.raw`{"a":1,"a":2} {"n":1.0} {"b":1,"a":2} {"n":1e400} {"s":"\ud800"} {"s":"\u0041"} {"s":"ü"} {"s":"�"} rubbish`
  for (const body of bodies.split(' ')) {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    seal(store, [{ rid: '1', body }])
    publish(store, signHead(store, logSigner), [])
    store.close()
    for (const strict of [false, true]) agree(t, await ofFolder(folder, strict), body)
  }
})

void t.test(
  'both say the same of a log of two files, and of what is wrong between them',
  async (t) => {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    for (let from = 0; from < 65_540; from += 16_385)
      seal(
        store,
        Array.from({ length: 16_385 }, (_, i) => ({ rid: `${from + i + 1}`, body: `{"n":${i}}` })),
      )
    publish(store, signHead(store, logSigner), [])
    store.close()
    agree(t, await ofFolder(folder, false), 'good')
    const second = join(folder, 'segments', '000001.ndjson')
    const lines = readFileSync(second, 'utf8')
    for (const [what, text] of [
      [
        'another hash before it',
        lines.replace('$prev":"', '$prev":"A').replace('=","$seq', '","$seq'),
      ],
      ['no line', lines.slice(5)],
      ['the first line missing', lines.slice(lines.indexOf('\n') + 1)],
      ['nothing in it', ''],
    ] as const) {
      writeFileSync(second, text)
      agree(t, await ofFolder(folder, false), what)
    }
    rmSync(join(folder, 'segments', '000000.ndjson'))
    agree(t, await ofFolder(folder, false), 'the first file missing')
  },
)

void t.test('both say the same of a bundle with a bit changed in any of its bytes', async (t) => {
  const good = sealed(t, 30).bundle(7, 19)
  agree(t, await ofBundle(good, true), 'control')
  let differ = 0
  let accepted = 0
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
    const { one, two } = await ofBundle(bad, at % 2 === 0)
    if (JSON.stringify(auditLines(one)) !== JSON.stringify(two.lines)) {
      if (differ++ < 3) t.same(two.lines, auditLines(one), `byte ${at}`)
    }
    if (two.exit === 0) accepted++
  }
  t.equal(differ, 0, `${good.length} bytes`)
  t.equal(accepted, 0)
})

void t.test(
  'both say the same of bundles that were cut, forged or put together by a stranger',
  async (t) => {
    const { bundle } = sealed(t, 40)
    for (const [from, to] of [
      [0, 40],
      [0, 0],
      [40, 40],
      [13, 14],
      [1, 39],
    ] as const)
      agree(t, await ofBundle(bundle(from, to), true), `lines ${from} to ${to}`)
    const good = bundle(10, 30)
    for (let end = 0; end < good.length; end += 41)
      agree(t, await ofBundle(good.subarray(0, end), false), `cut at ${end}`)
    const [first = '', ...rest] = good.toString().split('\n')
    const head = JSON.parse(first) as Record<string, unknown> & { left: string[]; right: string[] }
    const zero = Buffer.alloc(32).toString('base64')
    for (const change of [
      { left: head.left.with(0, zero) },
      { right: head.right.with(0, zero) },
      { left: [] },
      { size: 41 },
      { size: 39, right: [] },
      { origin: 'other.example/log' },
      { ifw: 2 },
      { from: -1 },
      { to: 31 },
    ])
      agree(
        t,
        await ofBundle(
          Buffer.from([JSON.stringify({ ...head, ...change }), ...rest].join('\n')),
          false,
        ),
        JSON.stringify(change).slice(0, 60),
      )
    for (const more of ['x', '\n', '{"end":true,"lines":20}\n', 'x\ny'])
      agree(t, await ofBundle(Buffer.concat([good, Buffer.from(more)]), false), `and then ${more}`)
    const part = fc.constantFrom(
      ...['{"ifw":1', '{"end":true,"lines":0}', '\n', '{"checkpoint":"x"}', '[', 'null', '"'],
      ...good.toString().split(/(?<=\n)/),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const { one, two } = await ofBundle(Buffer.from(parts.join('')), false)
        return JSON.stringify(auditLines(one)) === JSON.stringify(two.lines)
      }),
      { numRuns: 300 },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(good.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), good.length]
        const chunks = at.slice(1).map((end, i) => good.subarray(at[i], end))
        return (await ofBundle(good, true, { chunks })).two.exit === 0
      }),
      { numRuns: 30 },
    )
  },
)

void t.test('both compare a bundle with heads that the auditor has from elsewhere', async (t) => {
  const { folder, bundle } = sealed(t, 70)
  const head = (from: string, size: number) => {
    const name = join(from, 'checkpoints', String(size))
    return { name: `head ${size}`, note: readFileSync(name) }
  }
  const other = sealed(t, 90, { word: 'm' }).folder
  const good = bundle(25, 45)
  for (const [what, heads, exit] of [
    ['one of lines that it has', [head(folder, 40)], 0],
    ['the newest', [head(folder, 70)], 0],
    ['two', [head(folder, 40), head(folder, 70)], 0],
    ['of another history, of lines that it has', [head(other, 40)], auditExit.root],
    ['of another history, of all lines', [head(sealed(t, 70, { word: 'm' }).folder, 70)], 6],
    ['of more than there is', [head(other, 80)], auditExit.truncated],
    ['of lines before, which it says nothing of', [head(folder, 20)], auditExit.unreadable],
    ['of lines behind, which it says nothing of', [head(folder, 60)], auditExit.unreadable],
    ['that is none', [{ name: 'rubbish', note: Buffer.from('rubbish') }], auditExit.unreadable],
  ] as const) {
    const both = await ofBundle(good, true, { heads })
    t.equal(both.two.exit, exit, what)
    agree(t, both, what)
  }
  // lines 16 to 19 are not there, and the hash over the first sixteen is: a head of these can be compared
  const more = newFolder(t)
  const store = new SealStore(more)
  const heads: FoundNote[] = []
  for (let n = 1; n <= 40; n++) {
    seal(store, [{ rid: String(n), body: `{"n":${n}}` }])
    const signed = signHead(store, logSigner)
    const lines = witnesses
      .slice(0, 2)
      .map((one) => cosignatureLine(one, signed.text, 1_795_000_000 + n))
    publish(store, signed, lines)
    heads.push({ name: `head ${n}`, note: readFileSync(join(more, 'checkpoints', String(n))) })
  }
  const part = [
    ...bundleParts(
      { origin: logSigner.name, from: 20, to: 27, size: 40 },
      readLines(join(more, 'segments'), 20, 27),
      readFileSync(join(more, 'checkpoint'), 'utf8'),
      (range) => store.hashOf(range),
    ),
  ].map((one) => Buffer.from(one))
  store.close()
  const known: number[] = []
  for (const [i, one] of heads.entries()) {
    const both = await ofBundle(Buffer.concat(part), false, { heads: [one] })
    agree(t, both, one.name)
    if (both.two.exit === 0) known.push(i + 1)
  }
  t.same(known, [16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 32, 40], 'sizes at which it has a hash')
  for (const damaged of [
    Buffer.concat(part).subarray(0, -9),
    Buffer.concat(part.with(3, Buffer.from('{}\n'))),
  ])
    agree(t, await ofBundle(damaged, false, { heads: heads.slice(20, 22) }), 'a damaged one')
})

/** An entry with a cosigned head in it, as a hub that signs records it. */
function headSealed(at: number, text: string, by: readonly Signer[], seconds: number) {
  const [, size = '', root = ''] = text.split('\n')
  const said = by.map((witness) => {
    const [, name = '', signature = ''] = cosignatureLine(witness, text, seconds)
      .trimEnd()
      .split(' ')
    return { at: seconds, name, signature }
  })
  const event = {
    everyMs: 60_000,
    root,
    size: Number(size),
    type: 'HeadSealed',
    upMs: at * 1000,
    witnesses: said,
  }
  return canonicalOf({ at: 1_795_000_000_000 + at * 1000, event, hprev: '', hseq: 1, hub: 'a' })
}

void t.test('both say since when, by cosigned heads that stand in the lines', async (t) => {
  const stranger = parseKey(newKey('w1', 'witness'))
  const [w1, w2] = witnesses as [Signer, Signer]
  const text = `${logSigner.name}\n3\n${Buffer.alloc(32, 7).toString('base64')}\n`
  const elsewhere = text.replace(logSigner.name, 'other.example/log')
  const second = 1_795_000_000
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
  const plain = (at: number) =>
    canonicalOf({
      at: 1_795_000_000_000 + at * 1000,
      event: { type: 'Pressed' },
      hprev: '',
      hseq: 1,
      hub: 'a',
    })
  const cases: readonly (readonly [string, readonly string[], RegExp | null])[] = [
    ['none', [plain(1), plain(2)], null],
    [
      'one',
      [plain(1), headSealed(2, text, [w1], second), plain(3)],
      new RegExp(`; from line 1 on it is later than ${iso(second)}$`),
    ],
    [
      'two witnesses: the earlier counts',
      [
        headSealed(1, text, [w1], second).replace(
          /"witnesses":\[/,
          (all) => `${all}${JSON.stringify(firstOf(headSealed(1, text, [w2], second + 9)))},`,
        ),
      ],
      new RegExp(`later than ${iso(second)}$`),
    ],
    [
      'many: the first and the newest',
      Array.from({ length: 40 }, (_, i) => headSealed(i, text, [w1], second + i)),
      new RegExp(
        `; from line 0 on it is later than ${iso(second)}; from line 39 on it is later than ${iso(second + 39)}$`,
      ),
    ],
    ['of a witness that is not trusted', [headSealed(1, text, [stranger], second)], null],
    ['of another log', [headSealed(1, elsewhere, [w1], second)], null],
    [
      'not what was cosigned',
      [headSealed(1, text, [w1], second).replace('"size":3', '"size":4')],
      null,
    ],
    ['cosigned by nobody', [headSealed(1, text, [], second)], null],
    [
      'no list',
      [headSealed(1, text, [], second).replace('"witnesses":[]', '"witnesses":"yes"')],
      null,
    ],
    [
      'rubbish in the list',
      [headSealed(1, text, [], second).replace('[]', '[1,{"name":2}]')],
      null,
    ],
    [
      'the first is forged, the second is not',
      [headSealed(1, text, [stranger], second), headSealed(2, text, [w1], second + 2)],
      new RegExp(`; from line 1 on it is later than ${iso(second + 2)}$`),
    ],
  ]
  for (const [what, bodies, said] of cases) {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    seal(
      store,
      bodies.map((body, i) => ({ rid: String(i + 1), body })),
    )
    const head = signHead(store, logSigner)
    publish(
      store,
      head,
      [w1, w2].map((one) => cosignatureLine(one, head.text, second + 100)),
    )
    store.close()
    const both = await ofFolder(folder, true)
    agree(t, both, what)
    t.equal(both.two.exit, 0, what)
    const [, time = ''] = both.two.lines.find(([word]) => word === 'TIME') ?? []
    t.match(time, `all of it was there at ${iso(second + 100)}`, what)
    if (said === null) t.notMatch(time, 'later', what)
    else t.match(time, said, what)
  }
})

function firstOf(body: string): unknown {
  const entry = JSON.parse(body) as { readonly event: { readonly witnesses: readonly unknown[] } } // it was just made
  return entry.event.witnesses[0]
}
