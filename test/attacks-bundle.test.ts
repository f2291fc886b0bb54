import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditBundle } from '../witness/audit/bundle.ts'
import { auditExit, type AuditFault } from '../witness/audit/verdict.ts'
import { parsePolicy } from '../witness/check/policy.ts'
import { bundleParts } from '../witness/bundle.ts'
import { seal, signHead } from '../witness/seal/sealer.ts'
import { readLines } from '../witness/seal/segments.ts'
import { SealStore } from '../witness/seal/store.ts'
import { readKey } from '../witness/sign/key.ts'
import { infra, newRoom } from './hub-process.ts'
import { attackRow } from './report.ts'
import { newKeys, newSite, verified } from './sealed-site.ts'

t.setTimeout(1_800_000)

/** Each of a byte's bits, or one of them, where it is one of many tests. */
const bits = process.env['ATTACKS'] === 'all' ? 8 : 1

interface Bundle {
  readonly file: string
  readonly bytes: Buffer
  /** What the auditor trusts: a file. */
  readonly policy: string
  readonly logVkey: string
  readonly logKey: string
  audit(bytes: Buffer): Promise<AuditFault | null>
}

/** Two hundred entries out of the middle of a real hub's record, exported. */
async function exported(t: Test): Promise<Bundle> {
  const { folder } = newRoom(t, '')
  const { policy, logKey, logVkey } = await newKeys(t, folder)
  const site = await newSite(t, { keyFile: logKey, policy })
  await site.work(75, 'show')
  const file = join(folder, 'evening.ifw.ndjson')
  const { code, err } = await infra(t, [
    ...['witness', 'export', file, '--data', site.room.data],
    ...['--from', '11', '--to', '210'],
  ])
  t.equal(code, 0, err)
  const trusted = parsePolicy(readFileSync(policy, 'utf8'))
  return {
    ...{ file, policy, logKey, logVkey },
    bytes: readFileSync(file),
    async audit(bytes) {
      const options = { policy: trusted, strict: false, name: 'a bundle' }
      return (await auditBundle([bytes], options)).fault
    },
  }
}

/** How often each verdict came up. */
function kinds(found: readonly (AuditFault | null)[]): string {
  const counts = new Map<string, number>()
  for (const fault of found) counts.set(fault ?? 'good', (counts.get(fault ?? 'good') ?? 0) + 1)
  return [...counts].map(([fault, count]) => `${fault} ${count}`).join(', ')
}

const exits = (found: readonly (AuditFault | null)[]) =>
  [...new Set(found.map((fault) => (fault === null ? 0 : auditExit[fault])))]
    .toSorted((a, b) => a - b)
    .join(', ')

void t.test('no bundle of 200 entries can be changed unnoticed', async (t) => {
  const { file, bytes, policy, audit } = await exported(t)
  const verdict = await verified(t, [file, '--policy', policy, '--strict'], {
    attack: 'control: nothing',
    done: 'a bundle of 200 entries',
    fault: null,
  })
  t.equal(verdict.to - verdict.from, 200)
  t.ok(verdict.from > 0 && (verdict.sealed?.size ?? 0) > verdict.to, 'control: out of the middle')

  await t.test('one bit flipped anywhere, at every byte', async (t) => {
    const found: (AuditFault | null)[] = []
    for (let at = 0; at < bytes.length; at++)
      for (let n = 0; n < bits; n++) {
        const was = bytes[at] ?? 0
        bytes[at] = was ^ (1 << ((at + n) % 8))
        found.push(await audit(Buffer.from(bytes)))
        bytes[at] = was
      }
    t.notOk(found.includes(null), `${found.length} changes: ${kinds(found)}`)
    t.equal(await audit(Buffer.from(bytes)), null, 'control: brought back')
    attackRow({
      attack: 'one bit flipped anywhere',
      done: `${found.length} times: ${bits === 8 ? 'every bit' : 'one bit'} of every byte of a bundle of 200 entries`,
      verdict: kinds(found),
      exit: exits(found),
      expected: 'never 0',
    })
  })

  await t.test('truncated after every line, and in the middle of each', async (t) => {
    const found: (AuditFault | null)[] = []
    for (let end = bytes.indexOf(10); end !== bytes.length - 1; end = bytes.indexOf(10, end + 1))
      for (const length of [end + 1, end - 20])
        found.push(await audit(Buffer.from(bytes.subarray(0, length))))
    t.equal(found.length, 2 * 202, 'control: so many places')
    const [, withinFirst, ...others] = found
    t.equal(withinFirst, 'unreadable')
    t.same([...new Set(others)], ['truncated'], kinds(found))
    attackRow({
      attack: 'truncated at every line',
      done: `${found.length} times: after each line and within it`,
      verdict: kinds(found),
      exit: exits(found),
      expected: '7; 12 within the first line',
    })
  })
})

void t.test('what a bundle says of itself is not believed', async (t) => {
  const { file, bytes, policy, logKey, logVkey } = await exported(t)
  const [first = '', ...rest] = bytes.toString().split('\n')
  const head = JSON.parse(first) as { left: string[]; right: string[]; from: number; size: number }
  const forge = (name: string, change: Partial<typeof head>) => {
    const path = `${file}.${name}`
    writeFileSync(path, [JSON.stringify({ ...head, ...change }), ...rest].join('\n'))
    return path
  }
  const swapped = [head.left[1] ?? '', head.left[0] ?? '', ...head.left.slice(2)]
  const zero = Buffer.alloc(32).toString('base64')
  await verified(t, [forge('same', {}), '--policy', policy], {
    attack: 'control: forged range hashes',
    done: 'the first line written again, as it was',
    fault: null,
  })
  for (const [done, change, fault] of [
    ['one on the left', { left: head.left.with(0, zero) }, 'root'],
    ['two on the left swapped', { left: swapped }, 'root'],
    ['one on the right', { right: head.right.with(-1, zero) }, 'root'],
    ['one too few', { right: head.right.slice(1) }, 'unreadable'],
  ] as const)
    await verified(t, [forge('forged', change), '--policy', policy], {
      attack: 'forged range hashes',
      done,
      fault,
    })
  await verified(t, [forge('moved', { from: head.from - 1 }), '--policy', policy], {
    attack: 'a bundle of other lines than it says',
    done: 'it says that it begins one line before',
    fault: 'integrity',
  })

  // somebody who has the key seals a line that two programs read as two
  const { folder } = newRoom(t, '')
  const store = new SealStore(folder)
  const signer = readKey(logKey)
  seal(store, [{ rid: '1', body: '{"at":1,"who":"ann","who":"bob"}' }])
  const { size, note } = signHead(store, signer)
  const parts = bundleParts(
    { origin: signer.name, from: 0, to: size, size },
    readLines(join(folder, 'segments'), 0, size),
    note,
    (range) => store.hashOf(range),
  )
  const doubled = join(folder, 'doubled.ifw.ndjson')
  writeFileSync(doubled, Buffer.concat([...parts].map((part) => Buffer.from(part))))
  store.close()
  const attack = 'a JSON key doubled, by who has the key'
  const done = 'sealed and signed like that'
  await verified(t, [doubled, '--key', logVkey], {
    attack: `control: ${attack}`,
    done: `${done}; without --strict`,
    fault: null,
  })
  await verified(t, [doubled, '--key', logVkey, '--strict'], {
    attack,
    done: `${done}; with --strict`,
    fault: 'integrity',
    detail: /canonical/,
  })
})
