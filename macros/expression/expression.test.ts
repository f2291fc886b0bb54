import fc from 'fast-check'
import t from 'tap'
import type { Json } from '../../intents/json.ts'
import { compile, evaluate, holds, type World } from './expression.ts'
import { usedUp } from './language.ts'

const world: World = {
  args: { level: 0.5, take: 3, name: 'Studio A', tags: ['live', 'news'], far: { near: 1 } },
  vars: { onAir: true },
  trigger: { value: 7 },
  now: Date.UTC(2026, 2, 29, 12, 0, 0),
  state: (device, path) => (device === 'desk' && path === '/level' ? 0.8 : undefined),
  variables: () => ({ on_air: true, count: 2 }),
  link: (device) => (device === 'desk' ? true : null),
}

const value = (text: string, over: Partial<World> = {}): Json | string => {
  const result = evaluate(text, { ...world, ...over })
  return result.ok ? result.value : `fault: ${result.detail}`
}

void t.test(
  'an expression is over arguments, device state, variables, time and the trigger',
  (t) => {
    const wanted: readonly (readonly [string, Json])[] = [
      ['args.take + 1', 4],
      ['args.level * 2', 1],
      ['2 * args.level', 1],
      ['args.take / 2.0', 1.5],
      ['args.take / 2', 1],
      ['round(args.level * 5)', 3],
      ['args.name + " " + string(args.take)', 'Studio A 3'],
      ['has(args.missing) ? args.missing : "none"', 'none'],
      ['args.tags.exists(tag, tag.startsWith("ne"))', true],
      [
        'args.tags.map(tag, {"tag": tag, "long": size(tag) > 4})',
        [
          { tag: 'live', long: false },
          { tag: 'news', long: false },
        ],
      ],
      ['args.far', { near: 1 }],
      ['state("desk", "/level") > 0.7', true],
      ['state("desk", "/nothing") == null', true],
      ['link("desk") && vars.onAir', true],
      ['link("nobody") == null', true],
      ['trigger.value', 7],
      ['site.on_air && site.count == 2 && !has(site.other)', true],
      ['now', '2026-03-29T12:00:00.000Z'],
      ['now.getHours("Europe/Berlin")', 14],
      ['now - timestamp("2026-03-29T11:59:00Z")', 60_000],
      ['"CAM 12".matches("^CAM [0-9]+$")', true],
      ['[1, "two", null]', [1, 'two', null]],
    ]
    for (const [text, expected] of wanted) t.same(value(text), expected, text)
    t.end()
  },
)

void t.test('a mistake is told with its place before anything runs', (t) => {
  const place = (text: string) => {
    const result = compile(text)
    return result.ok ? 'ok' : [result.at, result.detail]
  }
  t.match(place('args.a >'), [8, /Unexpected token/])
  t.match(place('args.a > levle'), [9, /Unknown variable: levle/])
  t.match(place('1 + "x"'), [0, /int.*string/])
  t.match(place('"a".nothing()'), [0, /nothing/])
  t.match(place('state("desk")'), [0, /state/])
  t.match(place('x'.repeat(5000)), [4000, /longer than 4000/])
  t.match(place(`${'('.repeat(60)}1${')'.repeat(60)}`), [/\d+/, /depth/i])
  t.match(place(Array.from({ length: 1500 }, () => '1').join('+')), [/\d+/, /node|depth/i])
  t.equal(place('args.a > 1'), 'ok')
  t.end()
})

void t.test('an expression says what it gives and which devices it names', (t) => {
  t.match(compile('state("desk", "/a") == 1 || link("cam")'), {
    expression: {
      type: 'bool',
      devices: [
        { name: 'desk', at: 6 },
        { name: 'cam', at: 33 },
      ],
    },
  })
  t.match(compile('args.a'), { expression: { type: 'dyn', devices: [] } })
  t.end()
})

void t.test('what cannot be computed is a fault in words, and never an exception', (t) => {
  t.match(value('args.missing > 1'), /No such key: missing/)
  t.match(value('args.name > 1'), /no such overload/)
  t.match(value('1 / 0'), /division by zero/)
  t.match(value('args.tags[9]'), /index/i)
  t.match(value('now.getHours("Mars/Base")'), /fault: .*time ?zone/i)
  t.match(value('"a".matches("(")'), /fault: /)
  t.match(value('type(1)'), /neither a value/)
  t.match(value('9007199254740993'), /too large/)
  t.match(value('1.0 / 0'), /Infinity/)
  t.match(holds('args.take', world), { ok: false, detail: /neither true nor false/ })
  t.match(holds('args.take > 2', world), { ok: true, holds: true })
  t.end()
})

void t.test('no name reaches what belongs to the machine', (t) => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
    t.match(value(`args.${name}`), /fault: /, name)
  for (const text of ['process.exit()', 'globalThis', 'import("node:fs")', 'args["constructor"]'])
    t.match(value(text), /fault: /, text)
  t.end()
})

const many = (n: number) => Array.from({ length: n }, (_, i) => i)

/** What would go on for very long, by the kind of its malice. */
const endless: Readonly<Record<string, readonly [string, Partial<World>?]>> = {
  'loops in loops in loops': [
    'args.all(a, args.all(b, args.all(c, a + b + c >= 0)))',
    { args: many(500) },
  ],
  'a list that doubles': [`size([[1]]${'.map(x, x + x)'.repeat(40)}) > 0`],
  'a text that doubles': [`["x"]${'.map(x, x + x)'.repeat(40)}[0] == "y"`],
  'a text that joins itself': [`["xy"]${'.map(x, [x, x, x, x, x, x, x, x].join("-"))'.repeat(12)}`],
  'a tree that holds itself twice, compared': [
    `[[1]]${'.map(x, [x, x])'.repeat(40)} == [[1]]${'.map(x, [x, x])'.repeat(40)}`,
  ],
  'a tree that holds itself twice, given': [`[[1]]${'.map(x, [x, x])'.repeat(40)}`],
  'a bound value that doubles': [
    `${many(20)
      .map((i) => `cel.bind(v${i}, ${i === 0 ? '[1]' : `v${i - 1} + v${i - 1}`}, `)
      .join('')}size(v19)${')'.repeat(20)}`,
  ],
  'the length of a long text, again and again': [
    'args.list.map(i, size(args.text)).size()',
    { args: { list: many(5000), text: 'é'.repeat(100_000) } },
  ],
  'time zones in a loop': ['args.all(i, now.getHours("Europe/Berlin") >= 0)', { args: many(5000) }],
  'a failure that "or" would hide': [
    'args.all(a, args.all(b, args.all(c, true))) || true',
    { args: many(500) },
  ],
}

void t.test('loops and growth end within a bounded number of steps', (t) => {
  for (const [what, [text, over]] of Object.entries(endless)) {
    t.ok(compile(text).ok, `control: ${what} is an expression`)
    t.equal(value(text, over), `fault: ${usedUp}`, what)
  }
  t.equal(
    value('args.all(a, args.all(b, a + b >= 0))', { args: many(50) }),
    true,
    'control: short ones do',
  )
  t.end()
})

void t.test(
  'a pattern that never ends with JavaScript ends, and a text is not parsed for ever',
  (t) => {
    const text = `${'a'.repeat(40)}!`
    t.equal(value('args.matches("^(a+)+$")', { args: text }), false)
    t.equal(value('args.matches("^(a|a)*$")', { args: text }), false)
    t.match(value('args.matches("(a*)*(b*)*c")', { args: 'a'.repeat(200_000) }), usedUp)
    t.match(value('duration(args)', { args: '1'.repeat(100_000) }), /at most 256 characters/)
    t.equal(value('"x" // said so'), 'x', 'a comment ends with its line')
    t.match(value('args.matches(args)', { args: 'a'.repeat(300) }), /at most 256 characters/)
    t.end()
  },
)

void t.test('whatever is typed, checking and evaluating end and never throw', (t) => {
  const words = [
    'args',
    'state("desk", "/level")',
    '.map(x, x)',
    '+',
    '==',
    '(',
    ')',
    '[',
    ']',
    '1',
    '"a"',
    '.size()',
    '||',
    '?',
    ':',
    'x',
    '{',
    '}',
    'in',
    '!',
    '-',
    'now',
    '.getHours("UTC")',
    ',',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 14 }),
      fc.string(),
      (some, other) => {
        for (const text of [some.join(' '), other]) {
          const result = evaluate(text, world)
          if (result.ok && !compile(text).ok) return false
        }
        return true
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})
