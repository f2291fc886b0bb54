import { hash } from 'node:crypto'
import t from 'tap'
import { viewOf } from './ascii.ts'
import { isHash } from './base64.ts'
import { LineChain, nothingBefore } from './lines.ts'
import { charsOf, rootOf } from './peaks.ts'

const leafOf = (line: string) => hash('sha256', `\0${line}`, 'base64')

/** Lines as they are sealed, from number `first` on. */
function linesFrom(first: number, count: number): readonly string[] {
  const lines: string[] = []
  for (let seq = first; seq < first + count; seq++) {
    const before = lines.at(-1)
    const prev = before === undefined ? nothingBefore : leafOf(before)
    lines.push(`{"$prev":"${prev}","$seq":${seq},"body":{"n":${seq}},"rid":"${seq}"}`)
  }
  return lines
}

/** What is said of the lines: the number of the first that does not belong, and why; null for nothing. */
function faultOf(first: number, lines: readonly string[]) {
  const chain = new LineChain(first, nothingBefore)
  for (const line of lines) {
    const bytes = Buffer.from(`\n${line}\n`)
    const fault = chain.push(bytes, 1, bytes.length - 1)
    if (fault !== null) return [fault.seq, fault.fault]
  }
  return null
}

void t.test('lines are counted on over every number of digits', async (t) => {
  for (const first of [0, 8, 95, 990, 9_999, 65_536, 999_998, 9_007_199_254_740_980]) {
    const lines = linesFrom(first, 12)
    t.equal(faultOf(first, lines), null, `from ${first}`)
    for (const [i, line] of lines.entries()) {
      const seq = first + i
      const others = [String(seq + 1), `0${seq}`, `${seq}0`, String(seq).slice(0, -1), `-${seq}`]
      for (const other of others) {
        const changed = lines.with(i, line.replace(`"$seq":${seq},`, `"$seq":${other},`))
        t.same(faultOf(first, changed)?.[0], seq, `${seq} as ${other}`)
      }
    }
  }
})

void t.test('no byte before the body can be changed, exhaustively', async (t) => {
  const lines = linesFrom(98, 3)
  const last = Buffer.from(lines[2] ?? '')
  let unseen = 0
  for (let at = 0; at < last.indexOf('"body"'); at++)
    for (let byte = 0; byte < 256; byte++) {
      const changed = Buffer.from(last)
      changed[at] = byte
      if (byte === last[at]) continue
      const chain = new LineChain(98, nothingBefore)
      for (const line of [lines[0] ?? '', lines[1] ?? '']) {
        const bytes = Buffer.from(`\n${line}`)
        chain.push(bytes, 1, bytes.length)
      }
      const bytes = Buffer.concat([Buffer.from('\n'), changed])
      if (chain.push(bytes, 1, bytes.length) === null) unseen++
    }
  t.equal(unseen, 0)
  t.equal(faultOf(98, lines), null, 'control')
})

void t.test('a line that was cut is no line, whatever stands behind it', async (t) => {
  const [line = '', next = ''] = linesFrom(0, 2)
  const bytes = Buffer.from(`\n${line}\n${next}\n`)
  for (let end = 1; end <= line.length + 1; end++) {
    const fault = new LineChain(0, nothingBefore).push(Buffer.from(bytes), 1, end)
    const isWhole = end > line.indexOf('"body"')
    t.equal(fault === null, isWhole, `cut after ${end - 1} bytes: its body is not looked at here`)
  }
  for (let length = 0; length < 70; length++) {
    const own = bytes.subarray(0, 1 + length)
    const fault = new LineChain(0, nothingBefore).push(Buffer.from(own), 1, own.length)
    t.equal(fault === null, length >= line.indexOf('"body"'), 'and where nothing stands behind it')
  }
})

void t.test('a hash is known by its one text, and by no other', async (t) => {
  for (let n = 0; n < 300; n++) {
    const bytes = hash('sha256', String(n), 'buffer')
    const text = bytes.toString('base64')
    const chars = charsOf(bytes)
    const is = (other: string) => isHash(viewOf(Buffer.from(`"${other}"`)), 1, chars)
    t.ok(is(text), 'control')
    const other = (at: number) => (text[at] === 'A' ? 'B' : 'A')
    const changed = Array.from(
      { length: text.length },
      (_, at) => text.slice(0, at) + other(at) + text.slice(at + 1),
    )
    t.same(changed.filter(is), [])
    const last = text.charAt(42)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const unused = alphabet.charAt(alphabet.indexOf(last) + 1) // decodes to the same bytes
    t.same(Buffer.from(`${text.slice(0, 42)}${unused}=`, 'base64'), bytes, 'control')
    t.notOk(is(`${text.slice(0, 42)}${unused}=`))
    if (/[+/]/.test(text)) t.notOk(is(bytes.toString('base64url').concat('=')))
  }
})

void t.test('the tree over lines is the one of their definition, at every size', async (t) => {
  const lines = linesFrom(0, 70)
  const node = (parts: readonly Buffer[]): Buffer => {
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return only
    let half = 1
    while (2 * half < parts.length) half *= 2
    const halves = [node(parts.slice(0, half)), node(parts.slice(half))]
    return hash('sha256', Buffer.concat([Uint8Array.of(1), ...halves]), 'buffer')
  }
  const leaves = lines.map((line) => Buffer.from(leafOf(line), 'base64'))
  const chain = new LineChain(0, nothingBefore)
  for (const [i, line] of lines.entries()) {
    const bytes = Buffer.from(`\n${line}`)
    t.equal(chain.push(bytes, 1, bytes.length), null)
    t.equal(rootOf(chain.peaks()), node(leaves.slice(0, i + 1)).toString('base64'))
  }
})
