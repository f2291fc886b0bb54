import fc from 'fast-check'
import t from 'tap'
import { encodeMidi, hexOf, type MidiMessage } from '../../wire/midi.ts'
import { midiParser } from '../../wire/midi-parser.ts'
import { blankFace, type Face, type Said } from '../desk.ts'
import { type Console, consoleOf } from './console.ts'
import { mackieDisplay, xctlDisplay } from './display.ts'
import { layoutOf } from './layout.ts'
import type { Model } from './model.ts'
import { type ModelName, modelNames, models } from './models.ts'

const hex = (messages: readonly MidiMessage[]) => messages.map((each) => hexOf(encodeMidi(each)))

/** A console as a hand and the hub have it, in bytes. */
function machine(name: ModelName, { isXctl = false, pagesAsKeys = false } = {}) {
  const model: Model = models[name]
  const layout = layoutOf(model, pagesAsKeys)
  const display = isXctl ? xctlDisplay : mackieDisplay(model)
  const console = consoleOf(model, layout, display, { rings: 'bar', pagesAsKeys })
  const parser = midiParser(256)
  const control = (row: number, col: number) => {
    const found = layout.controls.find((at) => at.row === row && at.col === col)
    if (found === undefined) throw new Error(`no control at ${row}/${col}`)
    return found
  }
  return {
    console,
    layout,
    /** What the bytes of a hand say, and what is sent at once. */
    hear(bytes: string): { readonly said: readonly Said[]; readonly send: readonly string[] } {
      const came = parser
        .push(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))
        .flatMap((each) => (each.ok ? [console.hear(each.message)] : []))
      return {
        said: came.flatMap(({ said }) => (said === null ? [] : [said])),
        send: came.flatMap(({ send }) => hex(send)),
      }
    },
    draw: (row: number, col: number, face: Partial<Face>) =>
      hex(console.draw(control(row, col), { ...blankFace, ...face })),
    lock: (...args: Parameters<Console['lock']>) => hex(console.lock(...args)),
  }
}

void t.test('each gesture of an X-Touch is one word at the control it was made at', (t) => {
  const { hear } = machine('x-touch')
  const gestures: readonly (readonly [string, Said])[] = [
    ['90 00 7f', { type: 'down', row: 1, col: 0 }],
    ['90 00 00', { type: 'up', row: 1, col: 0 }],
    ['90 1f 7f', { type: 'down', row: 4, col: 7 }],
    ['90 20 7f', { type: 'down', row: 0, col: 0 }],
    ['b0 12 03', { type: 'rotate', row: 0, col: 2, steps: 3 }],
    ['b0 3c 41', { type: 'rotate', row: 0, col: 8, steps: -1 }],
    ['90 70 7f', { type: 'touch', row: 5, col: 8, on: true }],
    ['e8 7f 7f', { type: 'fader', row: 5, col: 8, position: 1 }],
    ['90 36 7f', { type: 'down', row: 6, col: 0 }],
    ['90 5e 7f', { type: 'down', row: 12, col: 3 }],
    ['90 2e 7f', { type: 'page', to: 'previous' }],
    ['90 2f 7f', { type: 'page', to: 'next' }],
  ]
  for (const [bytes, said] of gestures) t.strictSame(hear(bytes).said, [said], bytes)
  t.strictSame(hear('90 2f 00 90 7f 7f fe f8').said, [], 'the key that turns a page says it once')
  t.strictSame(machine('x-touch', { pagesAsKeys: true }).hear('90 2f 7f').said, [
    { type: 'down', row: 14, col: 3 },
  ])
  t.end()
})

void t.test('no two controls of a model are at one spot, and each key has one note', (t) => {
  for (const name of modelNames)
    for (const pagesAsKeys of [false, true]) {
      const { controls, spotOf } = machine(name, { pagesAsKeys }).layout
      t.equal(new Set(controls.map(({ row, col }) => `${row}/${col}`)).size, controls.length, name)
      t.equal(
        new Set([...spotOf.values()].map(({ row, col }) => `${row}/${col}`)).size,
        spotOf.size,
        name,
      )
      t.ok(controls.every(({ row, col }) => row < 32 && col < 32))
    }
  t.end()
})

void t.test(
  'the small ones: layers of a Mini, ten digits of a One, nine faders of a Compact',
  (t) => {
    const mini = machine('x-touch-mini')
    t.strictSame(mini.hear('90 59 7f 90 5f 7f').said, [
      { type: 'down', row: 1, col: 0 },
      { type: 'down', row: 2, col: 7 },
    ])
    t.strictSame(mini.hear('90 55 7f').said, [{ type: 'page', to: 'next' }])
    t.strictSame(mini.hear('e8 7f 7f').said, [{ type: 'fader', row: 5, col: 8, position: 1 }])
    t.strictSame(mini.draw(5, 8, { level: 0.2 }), [], 'it has no motor')
    const one = machine('x-touch-one')
    t.strictSame(one.hear('e1 00 00').said, [], 'it has one fader')
    one.console.lock({ digits: 0 })
    t.strictSame(one.hear('90 3b 7f 90 18 7f').said, [
      { type: 'digit', digit: 6 },
      { type: 'digit', digit: 0 },
    ])
    const compact = machine('x-touch-compact')
    t.strictSame(compact.draw(5, 8, { level: 1 }), ['e8 7f 7f'])
    t.end()
  },
)

void t.test('a change at the device moves the fader, and never under a hand', (t) => {
  const { draw, hear } = machine('x-touch')
  t.ok(draw(5, 0, { level: 0 }).includes('e0 00 00'))
  t.strictSame(draw(5, 0, { level: 1 }), ['e0 7f 7f'], 'control: the motor runs')
  hear('90 68 7f')
  t.strictSame(draw(5, 0, { level: 0.5 }), [], 'a hand is on it')
  t.strictSame(hear('90 68 00').send, ['e0 00 40'], 'let go, it follows once')
  t.strictSame(draw(5, 0, { level: 0.5 }), [])
  t.end()
})

void t.test(
  'what a hand set stays while its outcome is open, and goes back where it failed',
  (t) => {
    const { draw, hear } = machine('x-touch')
    draw(5, 1, { level: 0 })
    hear('90 69 7f e1 7f 7f')
    t.strictSame(hear('90 69 00').send, ['e1 7f 7f'], 'held where the hand left it')
    t.strictSame(draw(5, 1, { level: 0, state: { is: 'pending' } }), [])
    const sent = draw(5, 1, { level: 0, state: { is: 'failed', reason: 'no answer' } })
    t.ok(sent.includes('e1 00 00'), 'it shows what is so')
    t.end()
  },
)

void t.test('a lamp is on where its device says so, and blinks while nobody knows', (t) => {
  const { draw } = machine('x-touch')
  t.strictSame(draw(12, 3, { lit: true }).slice(0, 1), ['90 5e 7f'])
  t.strictSame(draw(12, 3, { lit: true }), [], 'what it shows is not sent again')
  t.strictSame(draw(12, 3, { state: { is: 'pending' } }), ['90 5e 01'])
  t.strictSame(draw(12, 3, { state: { is: 'confirmed' } }), ['90 5e 00'])
  t.end()
})

void t.test('what failed turns its strip red with the reason, and the page digits say Er', (t) => {
  const { draw, console } = machine('x-touch')
  console.page(3)
  draw(5, 2, { text: 'Gäste', colour: '#00c800' })
  draw(0, 2, { text: 'Pan' })
  const failed = draw(3, 2, { state: { is: 'failed', reason: 'no answer' } })
  t.strictSame(failed, [
    '90 12 01',
    // "!no ans" in the lower line of the third strip
    'f0 00 00 66 14 12 46 21 6e 6f 20 61 6e 73 f7',
    'f0 00 00 66 14 72 07 07 01 07 07 07 07 07 f7',
    'b0 4b 05',
    'b0 4a 12',
  ])
  const good = draw(3, 2, {})
  t.strictSame(good, [
    '90 12 00',
    // "Gaste  ": it knows ASCII only
    'f0 00 00 66 14 12 46 47 61 73 74 65 20 20 f7',
    'f0 00 00 66 14 72 07 07 02 07 07 07 07 07 f7',
    'b0 4b 20',
    'b0 4a 33',
  ])
  t.end()
})

void t.test('rings show levels, and the display the time code with its dots', (t) => {
  const { draw, console } = machine('x-touch')
  t.strictSame(draw(0, 4, { level: 0.5 }).slice(0, 1), ['b0 34 26'])
  console.page(1)
  t.strictSame(hex(console.time('10:20:30:12')), [
    'b0 48 31',
    'b0 47 70',
    'b0 46 32',
    'b0 45 70',
    'b0 44 33',
    'b0 43 70',
    'b0 41 31',
    'b0 40 32',
  ])
  t.end()
})

void t.test('locked, its strips show where the digits are and its keys type them', (t) => {
  const { draw, hear, lock } = machine('x-touch')
  draw(1, 0, { lit: true })
  const shown = lock({ digits: 0 })
  t.ok(shown.includes('90 00 00'), 'nothing of the room shows')
  t.ok(shown.includes('f0 00 00 66 14 12 00 31 20 20 20 20 20 20 f7'), '1 above the first')
  t.ok(shown.includes('f0 00 00 66 14 12 3f 30 20 20 20 20 20 20 f7'), '0 below the second')
  t.strictSame(hear('90 00 7f 90 00 00 90 08 7f 90 09 7f').said, [
    { type: 'digit', digit: 1 },
    { type: 'digit', digit: 9 },
    { type: 'digit', digit: 0 },
  ])
  t.ok(lock(null).includes('90 00 7f'), 'open, it shows the room again')
  t.strictSame(hear('90 00 7f').said, [{ type: 'down', row: 1, col: 0 }])
  t.end()
})

void t.test('a console that was switched on is answered and shown everything again', (t) => {
  const { console, draw } = machine('mackie')
  console.start()
  draw(5, 0, { level: 1, text: 'Host' })
  const challenge = [1, 48, 49, 50, 51, 52, 53, 54, 1, 2, 3, 4]
  const came = console.hear({ kind: 'sysex', data: Uint8Array.of(0, 0, 0x66, 0x14, ...challenge) })
  t.match(hex(came.send), [/^f0 00 00 66 14 02 30/])
  t.equal(came.hasForgotten, true)
  const all = hex(console.start())
  t.ok(all.includes('e0 7f 7f'))
  // a Mackie Control's strips touch each other: six letters and a gap
  t.ok(all.includes('f0 00 00 66 14 12 38 48 6f 73 74 20 20 20 f7'))
  t.end()
})

void t.test('a console that nobody drives is dark and says so, its motors at rest', (t) => {
  const { console, draw } = machine('x-touch', { isXctl: true })
  draw(5, 0, { level: 1, text: 'Host' })
  draw(1, 0, { lit: true })
  const last = hex(console.part('no hub', ''))
  t.ok(last.includes('90 00 00'))
  t.ok(last.some((bytes) => bytes.startsWith('f0 00 00 66 58 20 07 6e 6f 20 68 75 62')))
  t.notOk(last.some((bytes) => bytes.startsWith('e')))
  t.end()
})

void t.test('no bytes make a console say or show what is none', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...modelNames),
      fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }),
      (name, chunks) => {
        const { console, layout } = machine(name)
        const parser = midiParser(64)
        for (const each of chunks.flatMap((chunk) => parser.push(chunk))) {
          if (!each.ok) continue
          const { said, send } = console.hear(each.message)
          for (const message of send) encodeMidi(message)
          if (said === null || !('row' in said)) continue
          const { row, col } = said
          if (!layout.controls.some((at) => at.row === row && at.col === col))
            throw new Error(`there is no control at ${row}/${col}`)
        }
      },
    ),
    { numRuns: 2000 },
  )
  t.pass('2,000 times')
  t.end()
})
