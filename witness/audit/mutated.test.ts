import fc from 'fast-check'
import t from 'tap'
import { bundleParts } from '../bundle.ts'
import { parsePolicy } from '../check/policy.ts'
import { cosignatureLine } from '../sign/note.ts'
import { newKey, parseKey } from '../sign/key.ts'
import { SealStore } from '../seal/store.ts'
import { readLines } from '../seal/segments.ts'
import { headOf, logSigner, newFolder, sealEntries } from '../seal/try.fixture.ts'
import { auditBundle } from './bundle.ts'
import type { AuditVerdict } from './verdict.ts'

// What an attacker makes of bundles that he has: whatever it is, it has a verdict, in no time, and it is good only where
// it says what was sealed.

const witness = parseKey(newKey('auditor.example/w1', 'witness'))
const policy = parsePolicy(`log ${logSigner.vkey}\nwitness w1 ${witness.vkey}\nquorum w1`)

/** Bundles of one log at two of its sizes, and of another history with the same key, which nobody cosigned. */
function made(): readonly Buffer[] {
  const all: Buffer[] = []
  for (const [word, size, from, to] of [
    ['entry', 23, 5, 20],
    ['entry', 40, 5, 20],
    ['entry', 40, 0, 40],
    ['other', 40, 5, 20],
  ] as const) {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    sealEntries(store, 0, size, word)
    const { text, note } = headOf(store)
    const signed = word === 'other' ? note : note + cosignatureLine(witness, text, 1_795_000_000)
    const parts = bundleParts(
      { origin: logSigner.name, from, to, size },
      readLines(`${folder}/segments`, from, to),
      signed,
      (range) => store.hashOf(range),
    )
    all.push(Buffer.concat([...parts].map((part) => Buffer.from(part))))
    store.close()
  }
  return all
}

const audit = (bytes: Uint8Array) =>
  auditBundle([bytes], { policy, strict: false, name: 'a.ifw.ndjson' })
const said = ({ from, to, sealed }: AuditVerdict) => JSON.stringify({ from, to, sealed })

void t.test(
  'a bundle put together of others is good only where it says what was sealed',
  async (t) => {
    const bundles = made()
    const verdicts = await Promise.all(bundles.map(audit))
    t.same(
      verdicts.map(({ fault }) => fault),
      [null, null, null, 'unwitnessed'],
      'control',
    )
    const good = new Set(verdicts.filter(({ ok }) => ok).map(said))
    const lines = bundles.flatMap((bytes) => bytes.toString().trimEnd().split('\n'))

    const edits = fc.array(
      fc.record({
        how: fc.constantFrom('drop', 'repeat', 'swap', 'replace', 'text', 'number', 'hash'),
        at: fc.nat(),
        other: fc.nat(),
        put: fc.string({ maxLength: 4 }),
      }),
      { maxLength: 3 },
    )
    let verified = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bundles.length - 1),
        edits,
        fc.boolean(),
        async (which, changes, isWhole) => {
          let own = bundles[which]?.toString().trimEnd().split('\n') ?? []
          for (const { how, at, other, put } of changes) {
            const place = at % Math.max(1, own.length)
            const line = own[place] ?? ''
            if (how === 'drop') own = own.toSpliced(place, 1)
            else if (how === 'repeat') own = own.toSpliced(place, 0, line)
            else if (how === 'swap')
              own = own.with(place, own[other % own.length] ?? '').with(other % own.length, line)
            else if (how === 'replace') own = own.with(place, lines[other % lines.length] ?? '')
            else if (how === 'text') {
              const from = other % (line.length + 1)
              own = own.with(place, line.slice(0, from) + put + line.slice(from + put.length))
            } else if (how === 'number')
              own = own.with(0, (own[0] ?? '').replace(/:\d+/, `:${other % 50}`))
            else
              own = own.with(
                0,
                (own[0] ?? '').replace(
                  /"[A-Za-z0-9+/]{43}="/,
                  `"${lines[other % lines.length]?.slice(10, 54)}"`,
                ),
              )
            if (own.length === 0) own = ['']
          }
          const verdict = await audit(Buffer.from(own.join('\n') + (isWhole ? '\n' : '')))
          if (verdict.ok) verified++
          else refused++
          return !verdict.ok || good.has(said(verdict))
        },
      ),
      { numRuns: 4000, interruptAfterTimeLimit: 10_000 },
    )
    t.ok(verified > 50 && refused > 500, `control: ${verified} verified, ${refused} refused`)
  },
)

void t.test('bytes changed anywhere, in any number, are never another record', async (t) => {
  const [, bundle = Buffer.alloc(0)] = made()
  const good = said(await audit(bundle))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bundle.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      async (changes) => {
        const bytes = Buffer.from(bundle)
        for (const [at, byte] of changes) bytes[at] = byte
        const verdict = await audit(bytes)
        return bytes.equals(bundle) ? verdict.ok : !verdict.ok || said(verdict) === good
      },
    ),
    { numRuns: 4000, interruptAfterTimeLimit: 10_000 },
  )
  t.ok((await audit(bundle)).ok, 'control')
})
