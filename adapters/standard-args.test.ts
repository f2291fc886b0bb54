import t from 'tap'
import { standardArgs } from './standard-args.ts'

void t.test('a wrong argument of a standard action is named, with what it must be', (t) => {
  const said = [
    [
      'audio.level',
      { input: 'Host', level: 3 },
      'audio.level: level must be a number from 0 to 1 (Linear, 0 to 1)',
    ],
    [
      'audio.level',
      { input: 'Host' },
      'audio.level needs level; audio.level takes an object of: input, level',
    ],
    [
      'audio.level',
      { input: 'Host', levl: 1 },
      'audio.level takes an object of: input, level, and no "levl"',
    ],
    [
      'audio.mute',
      { input: -1 },
      'audio.mute: input must be as its schema says (Input by number, title or key)',
    ],
    ['record.start', [1], 'record.start takes an object of: nothing'],
  ] as const
  for (const [action, args, detail] of said)
    t.strictSame(standardArgs(action, args), { ok: false, detail })
  t.end()
})

void t.test('right arguments come through, and what is no standard action is for others', (t) => {
  const args = { input: 'Host', level: 0.5 }
  t.strictSame(standardArgs('audio.level', args), { ok: true, args })
  t.strictSame(standardArgs('record.start', null), { ok: true, args: {} })
  t.equal(standardArgs('StartRecord', null), null)
  t.end()
})
