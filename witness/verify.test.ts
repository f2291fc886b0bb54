import t from 'tap'
import { createHash } from 'node:crypto'
import { verifyChains, type ChainVerdict, type StoredLine } from './verify.ts'

// The entries are written out here, not by what writes the journal: the checker and these tests share nothing with it.

const nothing = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const sha256 = (body: string) => createHash('sha256').update(body).digest('base64')

/** A hub's chain of `size` bodies, each naming the one before it. */
function chain(hub: string, size: number): string[] {
  const bodies: string[] = []
  for (let hseq = 1; hseq <= size; hseq++) {
    const hprev = hseq === 1 ? nothing : sha256(bodies.at(-1) ?? '')
    bodies.push(
      `{"at":${hseq},"event":{"n":${hseq},"type":"ünï"},"hprev":"${hprev}","hseq":${hseq},"hub":"${hub}"}`,
    )
  }
  return bodies
}

function line(body: string | Uint8Array, index: number, crc: StoredLine['crc'] = 'ok'): StoredLine {
  return {
    position: String(index + 1),
    file: 'journal/1.log',
    offset: 100 * index,
    body: Buffer.from(body),
    crc,
  }
}

async function* each(lines: readonly StoredLine[]): AsyncGenerator<StoredLine> {
  yield* lines
}

const verify = (bodies: readonly string[]): Promise<ChainVerdict> =>
  verifyChains(each(bodies.map((body, i) => line(body, i))))

/** A fault at the n-th line, counted from 1. */
const at = (n: number, fault: string) => ({
  ok: false,
  fault,
  position: String(n),
  file: 'journal/1.log',
  offset: 100 * (n - 1),
})

void t.test('a whole record is good, and each hub has its head', async (t) => {
  const [a, b] = [chain('hub-a', 3), chain('hub-b', 2)]
  const [a1 = '', a2 = '', a3 = ''] = a
  const [b1 = '', b2 = ''] = b
  t.strictSame(await verify([a1, b1, a2, b2, a3]), {
    ok: true,
    entries: 5,
    hubs: [
      { hub: 'hub-a', entries: 3, head: sha256(a3) },
      { hub: 'hub-b', entries: 2, head: sha256(b2) },
    ],
    gaps: [],
    alone: [],
  })
  t.strictSame(await verify([]), { ok: true, entries: 0, hubs: [], gaps: [], alone: [] })
})

void t.test('each kind of damage is found where it is', async (t) => {
  const good = chain('hub-a', 6)
  const [one = '', two = '', three = '', four = '', five = '', six = ''] = good
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    ['a line removed', [one, two, four, five, six], at(3, 'gap')],
    ['the first line removed', [two, three], at(1, 'gap')],
    ['two lines swapped', [one, three, two, four], at(2, 'gap')],
    ['a line repeated', [one, two, two, three], at(3, 'gap')],
    // an insider who makes the checksum fit again: what follows does not follow any more
    ['a byte changed', [one, two.replace('"n":2', '"n":7'), three], at(3, 'prev')],
    ['a number changed', [one, two.replace('"hseq":2', '"hseq":3')], at(2, 'gap')],
    ['a first line of another record', [one.replace('AAAA', 'BBBB')], at(1, 'prev')],
    ['a line of something else', [one, 'hello', two], at(2, 'malformed')],
    ['a JSON line of something else', [one, '{"at":1}', two], at(2, 'malformed')],
    ['a line with a number for a name', [one, '{"hub":1,"hseq":2,"hprev":""}'], at(2, 'malformed')],
    ['null', [one, 'null'], at(2, 'malformed')],
  ]
  for (const [what, bodies, fault] of cases) t.match(await verify(bodies), fault, what)
  t.match(await verify(good), { ok: true }, 'control: undamaged it is good')
})

void t.test('bytes that do not fit their checksum are found at that very line', async (t) => {
  const bodies = chain('hub-a', 3)
  const lines = bodies.map((body, i) => line(body, i, i === 1 ? 'bad' : 'ok'))
  t.match(await verifyChains(each(lines)), at(2, 'hash'))
})

void t.test('a last line without an end is told from a damaged one', async (t) => {
  const [one = '', two = ''] = chain('hub-a', 2)
  t.match(
    await verifyChains(each([line(one, 0), line(two.slice(0, 20), 1, 'torn')])),
    at(2, 'truncated'),
  )
})

void t.test('bytes that are no UTF-8 are malformed, not read as something similar', async (t) => {
  const [one = ''] = chain('hub-a', 1)
  const bytes = Buffer.from(one)
  bytes[bytes.indexOf('ü')] = 0xff
  t.match(await verifyChains(each([line(bytes, 0)])), at(1, 'malformed'))
})

void t.test('an insider who re-chains all that follows changes the head', async (t) => {
  // what a chain alone cannot show, and why heads are sealed elsewhere
  const good = chain('hub-a', 3)
  const forged: string[] = []
  for (const body of good) {
    const hprev = forged.length === 0 ? nothing : sha256(forged.at(-1) ?? '')
    forged.push(body.replace('"n":2', '"n":7').replace(/"hprev":"[^"]*"/, `"hprev":"${hprev}"`))
  }
  const [before, after] = [await verify(good), await verify(forged)]
  t.match([before, after], [{ ok: true }, { ok: true }])
  t.not(after.ok && after.hubs[0]?.head, before.ok && before.hubs[0]?.head)
})

/** A hub's next body after `before`, number `hseq`, which says that what was after `after` up to `until` is lost. */
function saysLost(hub: string, hseq: number, before: string, after: string | null, until: string) {
  const event = `{"after":${JSON.stringify(after)},"detail":"","type":"LogGap","until":"${until}"}`
  return `{"at":9,"event":${event},"hprev":"${sha256(before)}","hseq":${hseq},"hub":"${hub}"}`
}

/** Lines of a stream: position and body. */
const streamed = (lines: readonly (readonly [string, string])[]) =>
  verifyChains(
    each(lines.map(([position, body]) => ({ ...line(body, 0), position, file: 'the stream' }))),
  )

void t.test('what a server lost, and the record says so, is a gap and no fault', async (t) => {
  const [one = '', two = '', three = '', four = ''] = chain('hub-a', 4)
  const [b1 = '', , b3 = ''] = chain('hub-b', 3)
  // lost: three and four of hub-a (20-0.0, 21-0.0) and two of hub-b; both go on behind what they knew
  const told = saysLost('hub-a', 5, four, '11-0.1', '21-0.0')
  const lines = [
    ['10-0.0', one],
    ['11-0.0', two],
    ['11-0.1', b1],
    ['21-2.0', told],
    ['22-0.0', b3],
  ] as const
  t.strictSame(await streamed(lines), {
    ok: true,
    alone: [],
    entries: 5,
    hubs: [
      { hub: 'hub-a', entries: 3, head: sha256(told) },
      { hub: 'hub-b', entries: 2, head: sha256(b3) },
    ],
    gaps: [
      {
        position: '21-2.0',
        hub: 'hub-a',
        after: '11-0.1',
        until: '21-0.0',
        missing: [
          { hub: 'hub-a', from: 3, to: 4 },
          { hub: 'hub-b', from: 2, to: 2 },
        ],
      },
    ],
  })
  const untold = lines.filter(([, body]) => body !== told)
  t.match(await streamed(untold), { ok: false, fault: 'gap', position: '22-0.0' }, 'control')
  t.match(await streamed([...lines, ['23-0.0', three]]), { fault: 'gap', position: '23-0.0' })
  const other = saysLost('hub-a', 6, 'another entry', null, '1-0.0')
  t.match(await streamed([...lines, ['23-0.0', other]]), { fault: 'prev', position: '23-0.0' })
})

void t.test('no gap explains entries that somebody removed elsewhere', async (t) => {
  const [one = '', , three = '', four = '', five = '', six = ''] = chain('hub-a', 6)
  const removed = [
    ['10-0.0', one],
    // two is gone from 11-0
    ['12-0.0', three],
    ['13-0.0', four],
  ] as const
  const gap = { fault: 'gap', position: '12-0.0', detail: /entry 3 .* its entry 2 belongs/ }
  t.match(await streamed(removed), gap)
  const later = ['30-0.0', saysLost('hub-a', 7, six, '13-0.0', '20-0.0')] as const
  t.match(await streamed([...removed, later]), gap, 'a gap behind it')
  const earlier = saysLost('hub-a', 2, one, '10-0.0', '10-5.0')
  const chained = saysLost('hub-a', 3, earlier, '10-0.0', '10-5.0')
  t.match(
    await streamed([
      ['10-0.0', one],
      ['10-6.0', earlier],
      ['20-0.0', five],
    ]),
    { fault: 'gap', position: '20-0.0' },
    'a gap before it',
  )
  t.match(
    await streamed([
      ['10-0.0', one],
      ['10-6.0', earlier],
      ['10-7.0', chained],
    ]),
    { ok: true },
  )
})
