import * as fc from 'fast-check'
import t from 'tap'
import { blankFace } from '../desk.ts'
import { type Box, parseBoxLine } from './said.ts'
import { faceLines, tallyLine } from './told.ts'

function boxOf(line: string): Box {
  const read = parseBoxLine(line, null)
  if (read.kind !== 'hello') throw new Error(`${line}: ${JSON.stringify(read)}`)
  return read.box
}

const box = boxOf('HELLO box-7 KEYS=6 COLUMNS=4 ENCODERS=2 FADERS=1 SHOWS=TEXT,LEVEL PRODUCT=Desk')

void t.test('a box says what it is made of, and its controls are numbered', async (t) => {
  t.match(box, { id: 'box-7', product: 'Desk' })
  t.strictSame(
    box.controls.map(({ kind, row, col }) => `${kind} ${row}/${col}`),
    [
      ...['key 0/0', 'key 0/1', 'key 0/2', 'key 0/3', 'key 1/0', 'key 1/1'],
      ...['encoder 2/0', 'encoder 2/1', 'fader 3/0'],
    ],
  )
  t.match(box.controls[0]?.takes, { bitmap: null, text: true, colour: true, level: true })
  t.match(boxOf('hello x keys=1').controls[0]?.takes, { text: false, level: false })
})

void t.test('each line says one thing that a hand did', async (t) => {
  for (const [line, said] of [
    ['DOWN 0', { type: 'down', row: 0, col: 0 }],
    ['up 5', { type: 'up', row: 1, col: 1 }],
    ['PRESS 4', { type: 'press', row: 1, col: 0 }],
    ['TURN 6 -2', { type: 'rotate', steps: -2, row: 2, col: 0 }],
    ['TURN 7 +3', { type: 'rotate', steps: 3, row: 2, col: 1 }],
    ['FADER 8 500', { type: 'fader', position: 0.5, row: 3, col: 0 }],
    ['TOUCH 8 1', { type: 'touch', on: true, row: 3, col: 0 }],
    ['PAGE NEXT', { type: 'page', to: 'next' }],
    ['PAGE previous', { type: 'page', to: 'previous' }],
    ['PAGE 3', { type: 'page', to: 3 }],
  ] as const)
    t.strictSame(parseBoxLine(line, box), { kind: 'said', said }, line)
})

void t.test('a line that makes no sense says what is wrong with it', async (t) => {
  for (const [line, detail] of [
    ['DOWN 9', /no control: they are 0 to 8/],
    ['DOWN', /no control/],
    ['DOWN -1', /no control/],
    ['DOWN 0 1', /takes one number/],
    ['DOWN 0 1 2', /fewer words/],
    ['TURN 6', /steps, -64 to 64/],
    ['TURN 6 0', /not 0/],
    ['TURN 6 65', /-64 to 64/],
    ['FADER 8 1001', /0 to 1000/],
    ['TOUCH 8 2', /1 or 0/],
    ['PAGE 0', /NEXT, PREVIOUS/],
    ['JUMP 1', /none of DOWN/],
    ['HELLO', /takes an id/],
    ['HELLO a b', /not NAME=value/],
    ['HELLO a', /at least one/],
    ['HELLO a KEYS=513', /KEYS is 0 to 512/],
    ['HELLO a KEYS=4 COLUMNS=0', /COLUMNS 1 to 32/],
    ['HELLO a KEYS=40 COLUMNS=1', /more than 32 rows/],
  ] as const)
    t.match(parseBoxLine(line, box), { kind: 'wrong', detail }, line)
  t.match(parseBoxLine('DOWN 0', null), { kind: 'wrong', detail: /HELLO first/ })
})

void t.test('a lamp shows what became of it, and no text breaks a line', async (t) => {
  const takes = { bitmap: null, text: true, colour: true, level: true }
  t.strictSame(
    faceLines(
      3,
      { ...blankFace, text: 'ON\nAIR', colour: '#00ff00', lit: true, level: 0.5 },
      takes,
    ),
    ['LED 3 1 00ff00 idle', 'TEXT 3 ON AIR', 'LEVEL 3 500'],
  )
  const only = { ...takes, text: false, level: false }
  const state = { is: 'failed', reason: 'x' } as const
  t.strictSame(faceLines(0, { ...blankFace, state }, only), ['LED 0 1 d50000 failed'])
  t.strictSame(faceLines(0, blankFace, only), ['LED 0 0 000000 idle'])
  t.equal(tallyLine(0, true), 'TALLY 0 1')
  t.equal(tallyLine(1, 'program\r\nERR x'), 'TALLY 1 program ERR x')
  t.equal(tallyLine(2, { a: 1 }), 'TALLY 2 {"a":1}')
})

void t.test('no noise on the line makes it throw', async () => {
  const word = fc.constantFrom('HELLO', 'KEYS=9', 'DOWN', 'TURN', 'FADER', 'PAGE', '0', '-1', 'x=')
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary' }))), (words) => {
      const read = parseBoxLine(words.join(' '), box)
      return read.kind !== 'wrong' || read.detail.length <= 500
    }),
    { numRuns: 3000 },
  )
})
