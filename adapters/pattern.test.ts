import t from 'tap'
import { pattern } from './pattern.ts'

const good = [
  '^OK',
  '^(OK|DONE) \\d+$',
  'a{2,3}b{1,16}',
  '^\\+.*$',
  '[+*]{2}',
  '(?:x)y?',
  '(ab)+',
  '\\(a+\\)',
]
const bad = [
  '(a+)+$',
  '(a|a)*$',
  '((a|b))+',
  '(a?){9}',
  '(a)\\1',
  'a*b*c*',
  'a{1,99}b*c+',
  '(',
  'x'.repeat(201),
]

void t.test('patterns that a device writer needs are taken', async (t) => {
  for (const source of good) t.match(pattern(source), { ok: true }, source)
})

void t.test(
  'patterns that a hostile answer could make slow are refused with the reason',
  async (t) => {
    for (const source of bad) t.match(pattern(source), { ok: false, detail: /\S/ }, source)
  },
)

void t.test('the slowest allowed pattern is bounded on the worst line', async (t) => {
  const compiled = pattern('a*.*x$')
  t.ok(compiled.ok)
  if (!compiled.ok) return
  // of the processor, not of the clock: a machine may be busy with something else
  const before = process.cpuUsage()
  t.notOk(compiled.matches('a'.repeat(65_536)))
  const { user } = process.cpuUsage(before)
  t.ok(user < 5_000_000, `${user} µs; a pattern that backtracks twice over would take hours`)
})
