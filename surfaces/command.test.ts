import * as fc from 'fast-check'
import t from 'tap'
import { parseCommand } from './command.ts'
import { unwrapped } from './unwrapped.fixture.ts'

const run = '01234567-89ab-7def-8123-456789abcdef'

const asked = (line: string) => unwrapped(parseCommand(line))

void t.test('each line asks for what it says', async (t) => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['FIRE mypro Cut', { verb: 'fire', device: 'mypro', action: 'Cut', args: {} }],
    [
      'fire mypro Fade Input=1 Duration=500',
      { verb: 'fire', device: 'mypro', action: 'Fade', args: { Input: 1, Duration: 500 } },
    ],
    [
      '  FIRE\tdesk   /cue/go 1 "two words" true ',
      { verb: 'fire', device: 'desk', action: '/cue/go', args: [1, 'two words', true] },
    ],
    [
      'FIRE mypro SetText Value="He said \\"go = now\\"" Style={"a": [1, 2]}',
      {
        verb: 'fire',
        device: 'mypro',
        action: 'SetText',
        args: { Value: 'He said "go = now"', Style: { a: [1, 2] } },
      },
    ],
    [
      'FIRE obs "Start Replay" 1',
      { verb: 'fire', device: 'obs', action: 'Start Replay', args: [1] },
    ],
    [
      'SET desk /master/level 0.5',
      { verb: 'set', device: 'desk', path: '/master/level', value: 0.5 },
    ],
    [
      'set mypro title "Hello, Welt ü"',
      { verb: 'set', device: 'mypro', path: 'title', value: 'Hello, Welt ü' },
    ],
    ['SET desk /rgb [1, 2, 3]', { verb: 'set', device: 'desk', path: '/rgb', value: [1, 2, 3] }],
    ['SET desk name Cut', { verb: 'set', device: 'desk', path: 'name', value: 'Cut' }],
    ['RUN start_production', { verb: 'run', macro: 'start_production', args: {} }],
    ['RUN start at=now', { verb: 'run', macro: 'start', args: { at: 'now' } }],
    ['DO record.start', { verb: 'do', name: 'record.start', args: {} }],
    ['DO audio.mute on=true', { verb: 'do', name: 'audio.mute', args: { on: true } }],
    ['HOLD ON', { verb: 'hold', on: true }],
    ['hold off', { verb: 'hold', on: false }],
    [`CANCEL ${run}`, { verb: 'cancel', run }],
    ['LOCATION 1/0/2 PRESS', { page: 1, row: 0, col: 2, gesture: 'press' }],
    ['location 12/3/4 rotate-left', { page: 12, row: 3, col: 4, gesture: 'rotate-left' }],
    ['LOCATION 1/0/0 DOWN', { page: 1, row: 0, col: 0, gesture: 'down' }],
    ['LOCATION 1/0/0 UP', { page: 1, row: 0, col: 0, gesture: 'up' }],
    ['LOCATION 1/0/0 ROTATE-RIGHT', { page: 1, row: 0, col: 0, gesture: 'rotate-right' }],
    // Companion 5.0, "TCP / UDP Control"
    ['LOCATION 1/0/2 SET-STEP 2', { kind: 'step', place: { page: 1, row: 0, col: 2 }, step: 2 }],
    [
      'LOCATION 1/0/2 STYLE TEXT say "hi [now',
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { text: 'say "hi [now' } },
    ],
    [
      'location 1/0/2 style text',
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { text: '' } },
    ],
    [
      'LOCATION 1/0/2 STYLE BGCOLOR #ff0000',
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { bgcolor: '#ff0000' } },
    ],
    ['CUSTOM-VARIABLE cue SET-VALUE intro 2', { kind: 'write', name: 'cue', value: 'intro 2' }],
    ['CUSTOM-VARIABLE cue SET-VALUE "a', { kind: 'write', name: 'cue', value: '"a' }],
    ['custom-variable cue get-value', { kind: 'read', name: 'cue' }],
    ['SURFACE streamdeck:CL1 PAGE-SET 2', { kind: 'turn', panel: 'streamdeck:CL1', to: 2 }],
    ['SURFACE emulator PAGE-UP', { kind: 'turn', panel: 'emulator', to: 'next' }],
    ['SURFACES RESCAN', { kind: 'rescan' }],
  ]
  for (const [line, wanted] of cases) t.strictSame(asked(line), wanted, line)
})

void t.test('a line that makes no sense says what is wrong with it', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['JUMP desk', /"JUMP" is none of FIRE/],
    ['FIRE', /device's name/],
    ['FIRE 9lives go', /"9lives" cannot be a device's name/],
    ['FIRE desk', /action is missing/],
    ['FIRE desk go 1 a=2', /k=v/],
    ['FIRE desk go text="half', /not closed/],
    ['FIRE desk go [1, 2', /not closed/],
    ['SET desk /level', /one value/],
    ['SET desk /name two words', /one value/],
    ['RUN', /macro's name/],
    ['DO', /name of an intent is missing/],
    ['HOLD', /ON or OFF/],
    ['HOLD ON NOW', /ON or OFF/],
    ['CANCEL 7', /no run's id/],
    ['LOCATION 0/0/0 PRESS', /page from 1/],
    ['LOCATION 1/-1/0 PRESS', /page from 1/],
    ['LOCATION 1/0 PRESS', /page from 1/],
    ['LOCATION 1/0/1e1 PRESS', /page from 1/],
    ['LOCATION 1/0/0/0 PRESS', /page\/row\/column/],
    ['LOCATION 1/0/0', /page\/row\/column/],
    ['LOCATION 1/0/0 STYLE FONT x', /TEXT, COLOR or BGCOLOR/],
    ['LOCATION 1/0/0/0 STYLE TEXT x', /page from 1/],
    ['CUSTOM-VARIABLE cue', /SET-VALUE value/],
    ['SURFACE x PAGE-SET', /PAGE-SET page/],
    ['SURFACE x', /PAGE-SET page/],
    ['SURFACES', /SURFACES RESCAN/],
    ['BANK-PRESS 1 33', /number from 1 to 32/],
    ['BANK-PRESS 0 1', /page from 1/],
    ['BANK-PRESS 1', /number from 1 to 32/],
    ['STYLE BANK 1 1 FONT x', /number from 1 to 32|text, color and bgcolor/],
    ['PAGE-SET x sat', /PAGE-SET page id/],
    ['LOCATION 1/0/0 STEP', /"step" is none of press/],
  ]
  for (const [line, wanted] of cases) t.match(asked(line), wanted, line)
})

// Companion's manual, "TCP / UDP Control", deprecated commands (5.0)
void t.test("Companion's commands of before are those of today", (t) => {
  const same: readonly (readonly [string, string])[] = [
    ['BANK-STEP 1 32 2', 'LOCATION 1/3/7 SET-STEP 2'],
    ['style bank 1 2 text ON AIR', 'LOCATION 1/0/1 STYLE TEXT ON AIR'],
    ['STYLE BANK 1 2 TEXT', 'LOCATION 1/0/1 STYLE TEXT'],
    ['STYLE BANK 1 2 BGCOLOR #ff0000', 'LOCATION 1/0/1 STYLE BGCOLOR #ff0000'],
    ['PAGE-SET 3 sat', 'SURFACE sat PAGE-SET 3'],
    ['PAGE-UP sat', 'SURFACE sat PAGE-UP'],
    ['page-down sat', 'SURFACE sat PAGE-DOWN'],
    ['RESCAN', 'SURFACES RESCAN'],
  ]
  for (const [old, now] of same) t.strictSame(parseCommand(old), parseCommand(now), old)
  for (const [word, gesture] of [
    ['BANK-PRESS', 'press'],
    ['bank-down', 'down'],
    ['BANK-UP', 'up'],
  ] as const)
    t.match(parseCommand(`${word} 1 9`), {
      kind: 'gesture',
      place: { page: 1, row: 1, col: 0 },
      gesture,
      control: `${word} 1 9`,
    })
  t.end()
})

void t.test('the record names what was asked for, not its values', async (t) => {
  t.match(parseCommand('SET desk /pin 1234'), { control: 'SET desk /pin' })
  t.match(parseCommand('DO record.start secret=1'), { control: 'DO record.start' })
  t.match(parseCommand('location 1/0/2 press'), { control: 'LOCATION 1/0/2' })
  const long = parseCommand(`FIRE desk ${'x'.repeat(5000)}`)
  t.equal(long.kind === 'intent' ? long.control.length : 0, 128)
})

void t.test('no line throws, takes long or is quoted back in full', async (t) => {
  const words = fc.constantFrom('FIRE', 'desk', '=', '"', '[', '{', ']', '}', '\\', ' ', 'a=', '1')
  const line = fc.array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 40 })
  fc.assert(
    fc.property(line, (parts) => {
      const asked = parseCommand(parts.join(''))
      return asked.kind !== 'error' || asked.failure.detail.length <= 500
    }),
    { numRuns: 3000 },
  )
  // the largest line, made of what makes a careless parser quadratic
  for (const part of [' ', 'a ', '[ ', '"\\', '[=', 'a=[', '=', '{"', '[] ']) {
    const began = performance.now()
    parseCommand(`FIRE desk go ${part.repeat(Math.floor(65_000 / part.length))}`)
    t.ok(performance.now() - began < 500, `64 KiB of ${JSON.stringify(part)}`)
    for (const companion of [
      'LOCATION ',
      'LOCATION 1/0/0 STYLE',
      'CUSTOM-VARIABLE a',
      'SURFACE ',
      'STYLE BANK ',
      'PAGE-SET ',
    ])
      parseCommand(`${companion}${part.repeat(Math.floor(65_000 / part.length))}`)
    t.ok(performance.now() - began < 2500, `64 KiB of ${JSON.stringify(part)} in Companion's words`)
  }
})
