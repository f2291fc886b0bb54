import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { auditBundle as auditBundleOne } from '../witness/audit/bundle.ts'
import { auditFolder as auditFolderOne } from '../witness/audit/folder.ts'
import { auditExit, auditLines, type AuditFault } from '../witness/audit/verdict.ts'
import { bundleParts, type Disclosed } from '../witness/bundle.ts'
import { canonical, type Canonical } from '../witness/canonical.ts'
import { parsePolicy as parsePolicyOne } from '../witness/check/policy.ts'
import { commitmentOf, disclosureText } from '../witness/commitment.ts'
import { readLines } from '../witness/seal/segments.ts'
import { publish, seal, signHead, type Entry } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { newFolder } from '../witness/seal/try.fixture.ts'
import { newKey, parseKey, type Signer } from '../witness/sign/key.ts'
import { signKeyChange, type SignedKeyChange } from '../witness/sign/key-change.ts'
import { auditBundle, auditFolder } from './audit.js'
import { parsePolicy } from './trust.js'

// What both verifiers make of what the entries say: changes of the key, silence, and values that are disclosed.

const origin = 'studio.example/log'
const newSigner = () => parseKey(newKey(origin, 'log'))
const [old, next, third, thief] = [newSigner(), newSigner(), newSigner(), newSigner()]
const minute = 60_000
const start = 1_795_000_000_000

/** An entry at a minute of the evening. */
interface Said {
  readonly at: number
  readonly event: Canonical
  readonly hub?: string
}

interface Step {
  readonly entries: readonly Said[]
  readonly by: Signer
}

function entryOf({ at, event, hub = 'a' }: Said, seq: number): Entry {
  const body = canonical({ at: start + at * minute, event, hprev: '', hseq: seq + 1, hub })
  return { rid: String(seq + 1), body }
}

interface Made {
  readonly folder: string
  readonly bundle: Buffer
}

/** A folder with a head after each step, and a bundle of it. */
function sealed(
  t: Test,
  steps: readonly Step[],
  [from, to]: readonly [number, number?] = [0],
  disclosed: readonly Disclosed[] = [],
): Made {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  for (const { entries, by } of steps) {
    const before = store.size
    seal(
      store,
      entries.map((said, i) => entryOf(said, before + i)),
    )
    publish(store, signHead(store, by), [])
  }
  const { size } = store
  const parts = bundleParts(
    { origin, from, to: to ?? size, size },
    readLines(join(folder, 'segments'), from, to ?? size),
    readFileSync(join(folder, 'checkpoint'), 'utf8'),
    (range) => store.hashOf(range),
    () => disclosed,
  )
  const bundle = Buffer.concat(Array.from(parts, (part) => Buffer.from(part)))
  store.close()
  return { folder, bundle }
}

const policyOf = (keys: readonly Signer[]) =>
  `${keys.map(({ vkey }) => `log ${vkey}`).join('\n')}\nquorum none`

/** Both must say the same of a folder, in every word; and it must be this. */
async function folderIs(
  t: Test,
  folder: string,
  keys: readonly Signer[],
  fault: AuditFault | null,
  what: string,
) {
  const policy = parsePolicyOne(policyOf(keys))
  const one = await auditFolderOne(folder, { policy, strict: true, threads: 1, heads: [] })
  const listed = (name: string) =>
    existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : []
  const names = [...listed('checkpoints').map((name) => join('checkpoints', name)), 'checkpoint']
  const notes = names
    .map((name) => join(folder, name))
    .map((name) => ({ name, note: readFileSync(name) }))
  const two = await auditFolder(
    listed('segments').map((name) => join(folder, 'segments', name)),
    (file) => [readFileSync(file)],
    [],
    { name: folder, strict: true, policy: parsePolicy(policyOf(keys)), notes },
  )
  t.same(two.lines, auditLines(one), what)
  t.equal(one.fault, fault, `${what}: ${one.detail}`)
  t.equal(two.exit, fault === null ? 0 : auditExit[fault], what)
}

async function saidOf(bundle: Buffer, keys: readonly Signer[]) {
  const options = { name: 'a.ifw.ndjson', strict: true }
  const one = await auditBundleOne([Buffer.from(bundle)], {
    ...options,
    policy: parsePolicyOne(policyOf(keys)),
  })
  const two = await auditBundle([bundle], {
    ...options,
    policy: parsePolicy(policyOf(keys)),
    notes: [],
  })
  return { one, two }
}

async function bundleIs(
  t: Test,
  bundle: Buffer,
  keys: readonly Signer[],
  fault: AuditFault | null,
  what: string,
) {
  const { one, two } = await saidOf(bundle, keys)
  t.same(two.lines, auditLines(one), what)
  t.equal(one.fault, fault, `${what}: ${one.detail}`)
  t.equal(two.exit, fault === null ? 0 : auditExit[fault], what)
}

const presses = (count: number): readonly Said[] =>
  Array.from({ length: count }, () => ({ at: 0, event: { type: 'Pressed' } }))

const changed = (change: SignedKeyChange | Record<string, Canonical>): Said => ({
  at: 0,
  event: {
    actor: { id: 'ops', type: 'api' },
    type: 'KeyChanged',
    ...(change as Record<string, Canonical>),
  },
})

/** `presses` and a change behind them, `rest` signed by the next key. */
const rotation = (change: SignedKeyChange, by: Signer = old, rest: Signer = next) => [
  { entries: presses(10), by: old },
  { entries: [...presses(4), changed(change)], by },
  { entries: presses(5), by: rest },
]

void t.test(
  'both follow a key that was changed, and refuse each key outside its sizes',
  async (t) => {
    const change = signKeyChange(old, next, 10)
    const good = sealed(t, rotation(change))
    for (const keys of [[old], [next], [old, next]]) {
      await folderIs(t, good.folder, keys, null, 'changed as it must be')
      await bundleIs(t, good.bundle, keys, null, 'a bundle of it')
    }
    await folderIs(t, good.folder, [thief], 'signature', 'a stranger’s key')
    const twice = [
      ...rotation(change),
      { entries: [changed(signKeyChange(next, third, 20))], by: next },
      { entries: presses(3), by: third },
    ]
    for (const keys of [[old], [next], [third]])
      await folderIs(t, sealed(t, twice).folder, keys, null, 'changed twice')
    const cases: Readonly<Record<string, readonly Step[]>> = {
      'no entry says it': [
        { entries: presses(15), by: old },
        { entries: presses(5), by: next },
      ],
      'the old key goes on': rotation(change, old, old),
      'the new key signs what was before': rotation(change, next),
      'another key than the entry names': rotation(change, old, thief),
      'the new key signed nothing': rotation({
        ...change,
        signatures: [change.signatures[0], change.signatures[0]],
      }),
      'the old key signed nothing': rotation(signKeyChange(thief, next, 10)),
      'it stands before the lines that it names': rotation(signKeyChange(old, next, 999)),
      'its number was changed': rotation({ ...change, after: 9 }),
      'the same key': rotation(signKeyChange(old, old, 10)),
    }
    for (const [what, steps] of Object.entries(cases))
      await folderIs(t, sealed(t, steps).folder, [old], 'signature', what)
    const part = sealed(t, rotation(change), [16])
    await bundleIs(t, part.bundle, [next], null, 'a part without the entry')
    await bundleIs(t, part.bundle, [old], 'signature', 'who has the old key does not follow there')
  },
)

void t.test('both want the last head of the old key in a folder', async (t) => {
  const { folder } = sealed(t, rotation(signKeyChange(old, next, 10)))
  const last = join(folder, 'checkpoints', '15')
  renameSync(last, join(folder, 'kept'))
  await folderIs(t, folder, [old], 'signature', 'it is gone')
  renameSync(join(folder, 'kept'), last)
  await folderIs(t, folder, [old], null, 'control')
})

void t.test('what stands behind a fault changes no key for either', async (t) => {
  const made = sealed(t, [
    ...rotation(signKeyChange(old, next, 10)),
    { entries: presses(65_530), by: next },
    { entries: [changed(signKeyChange(next, third, 65_550))], by: next },
    { entries: presses(2), by: third },
  ])
  await folderIs(t, made.folder, [third], null, 'control: the key of today knows those before it')
  rmSync(join(made.folder, 'segments', '000000.ndjson'))
  await folderIs(t, made.folder, [third], 'integrity', 'the first file is gone')
})

/** Heartbeats of `hub` at each minute from `from` to `to`; `up`: what the machine says less than the clock. */
const beats = (from: number, to: number, up = 0, hub = 'a'): readonly Said[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    at: from + i,
    hub,
    event: {
      everyMs: minute,
      root: '',
      size: 0,
      type: 'HeadSealed',
      upMs: (from + i - up) * minute,
      witnesses: [],
    },
  }))
const one = (at: number, type: string, hub = 'a'): Said => ({ at, event: { type }, hub })

void t.test('both call a hub silent that ran and said nothing, and no other', async (t) => {
  const evening = [one(0, 'HubStarted'), ...beats(1, 5)]
  const cases: readonly (readonly [string, AuditFault | null, readonly Said[]])[] = [
    ['ten minutes', 'silent', [...evening, ...beats(15, 16)]],
    [
      'an entry before the next heartbeat',
      'silent',
      [...evening, one(15, 'Pressed'), ...beats(16, 16)],
    ],
    ['three minutes', null, [...evening, ...beats(8, 9)]],
    [
      'entries of any kind',
      null,
      [...evening, ...[7, 9, 11, 13].map((at) => one(at, 'Pressed')), ...beats(15, 15)],
    ],
    [
      'stopped',
      null,
      [...evening, one(5, 'HubStopped'), one(600, 'HubStarted'), ...beats(601, 602)],
    ],
    ['its power was lost', null, [...evening, one(600, 'HubStarted'), ...beats(601, 602)]],
    [
      'its power was lost and it said something before',
      null,
      [...evening, one(599, 'LogRecovered'), one(600, 'HubStarted'), ...beats(601, 602)],
    ],
    ['its clock was set', null, [...evening, ...beats(65, 66, 59)]],
    ['no heartbeat at all', null, [one(0, 'HubStarted'), one(1, 'Pressed'), one(600, 'Pressed')]],
    ['no heartbeat afterwards', null, [...evening, one(600, 'Pressed')]],
    ['another hub’s clock', null, [...evening, one(65, 'Pressed', 'b'), ...beats(6, 7)]],
    [
      'the other hub signs now',
      null,
      [...evening, ...beats(6, 9, 0, 'b'), one(300, 'Pressed'), ...beats(301, 302)],
    ],
    [
      'the other hub is silent',
      'silent',
      [...evening, ...beats(6, 9, 0, 'b'), ...beats(301, 302, 0, 'b')],
    ],
  ]
  for (const [what, fault, entries] of cases) {
    const made = sealed(t, [{ entries, by: old }])
    await folderIs(t, made.folder, [old], fault, what)
    await bundleIs(t, made.bundle, [old], fault, what)
  }
})

void t.test('both come to the same end of whatever evening it was', async (t) => {
  const said = fc.constantFrom('HubStarted', 'HubStopped', 'Pressed', 'beat', 'set')
  const moment = fc.tuple(said, fc.integer({ min: 0, max: 6 }), fc.constantFrom('a', 'a', 'b'))
  let silent = 0
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 2, maxLength: 25 }), async (moments) => {
      let at = 0
      let behind = 0
      const entries = moments.flatMap(([type, pause, hub]): readonly Said[] => {
        at += pause
        if (type === 'set') behind += pause
        return type === 'beat' || type === 'set' ? beats(at, at, behind, hub) : [one(at, type, hub)]
      })
      const { one: first, two } = await saidOf(sealed(t, [{ entries, by: old }]).bundle, [old])
      if (first.fault === 'silent') silent++
      return JSON.stringify(auditLines(first)) === JSON.stringify(two.lines)
    }),
    { numRuns: 150 },
  )
  t.ok(silent > 5, `control: ${silent} were silent`)
})

const salt = (n: number) => Buffer.alloc(32, n + 1)
const value = (n: number) => ({ text: `für Anna, ${n}` })
const disclosedOf = (n: number): Disclosed => ({
  commitment: commitmentOf(value(n), salt(n)),
  text: disclosureText(value(n), salt(n)),
})

/** A bundle of five entries, each of which commits to a value; these are disclosed. */
function committed(t: Test, disclosed: readonly Disclosed[]): Buffer {
  const entries = [0, 1, 2, 3, 4].map((n) => ({
    at: n,
    event: { args: { $commitment: disclosedOf(n).commitment }, type: 'Pressed' },
  }))
  return sealed(t, [{ entries, by: old }], [0], disclosed).bundle
}

void t.test('both see whether what is disclosed is what was recorded', async (t) => {
  const [good, short] = [disclosedOf(1), Buffer.alloc(31, 2)]
  const cases: readonly (readonly [string, AuditFault | null, readonly Disclosed[]])[] = [
    ['nothing', null, []],
    ['two of five', null, [good, disclosedOf(3)]],
    ['all', null, [0, 1, 2, 3, 4].map(disclosedOf)],
    ['another value', 'disclosure', [{ ...good, text: disclosureText(value(2), salt(1)) }]],
    ['of another line', 'disclosure', [disclosedOf(7)]],
    ['twice', 'disclosure', [good, good]],
    ['a short salt', 'disclosure', [{ ...good, text: disclosureText(value(1), short) }]],
  ]
  for (const [what, fault, disclosed] of cases)
    await bundleIs(t, committed(t, disclosed), [old], fault, what)
  const [line = ''] = /\{"disclosed".*\n/.exec(committed(t, [good]).toString()) ?? []
  const edits: readonly (readonly [string, string])[] = [
    ['white space', line.replace(':', ': ')],
    ['a member more', line.replace('{"commitment"', '{"a":1,"commitment"')],
    ['a number for a commitment', line.replace(/"commitment":"[^"]*"/, '"commitment":5')],
    ['no value', line.replace(/,"value":.*\}\}/, '}}')],
    ['nothing at all', '{"disclosed":null}\n'],
    [
      'too deep',
      `{"disclosed":{"commitment":"","salt":"","value":${'['.repeat(90_000)}${']'.repeat(90_000)}}}\n`,
    ],
  ]
  for (const [what, edited] of edits) {
    const bundle = committed(t, [good]).toString().replace(line, edited)
    await bundleIs(t, Buffer.from(bundle), [old], 'unreadable', what)
  }
})

void t.test('no bit of what is disclosed changes one verdict without the other', async (t) => {
  const good = committed(t, [disclosedOf(0), disclosedOf(4)])
  await bundleIs(t, good, [old], null, 'control')
  let differ = 0
  for (let at = good.indexOf('{"disclosed"'); at < good.length; at++)
    for (const bit of [1, 8, 32]) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ bit
      const { one: first, two } = await saidOf(bad, [old])
      const isSame = JSON.stringify(auditLines(first)) === JSON.stringify(two.lines)
      if (!isSame && differ++ < 3) t.same(two.lines, auditLines(first), `byte ${at}, bit ${bit}`)
      if (two.exit === 0) t.fail(`byte ${at}, bit ${bit} was accepted`)
    }
  t.equal(differ, 0)
})
