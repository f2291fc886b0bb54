import * as fc from 'fast-check'
import t from 'tap'
import type { OscArg } from '../wire/osc-arg.ts'
import { decode } from '../wire/osc.ts'
import { parseAddress } from './address.ts'
import { unwrapped } from './unwrapped.fixture.ts'

const run = '01234567-89ab-7def-8123-456789abcdef'
const i = (value: number): OscArg => ({ type: 'i', value })
const f = (value: number): OscArg => ({ type: 'f', value: Math.fround(value) })
const s = (value: string): OscArg => ({ type: 's', value })

const asked = (address: string, ...args: readonly OscArg[]) =>
  unwrapped(parseAddress(address, args))

void t.test('the rest of the address is the action or path', async (t) => {
  const actions: readonly (readonly [string, string])[] = [
    ['/if/fire/desk/Cut', 'Cut'],
    ['/if/fire/desk/cue/go', '/cue/go'],
    ['/if/fire/desk//cue/go', '/cue/go'],
    ['/if/fire/desk//go', '/go'],
    ['/if/fire/desk/Start Replay', 'Start Replay'],
    ['/if/fire/desk/a/b/c', '/a/b/c'],
  ]
  for (const [address, action] of actions) {
    t.strictSame(asked(address), { verb: 'fire', device: 'desk', action, args: {} }, address)
    t.strictSame(
      asked(address.replace('fire', 'set'), i(1)),
      { verb: 'set', device: 'desk', path: action, value: 1 },
      `set: ${address}`,
    )
  }
})

void t.test('each message asks for what it says', async (t) => {
  const cases: readonly (readonly [string, readonly OscArg[], unknown])[] = [
    [
      '/if/fire/mypro/Fade',
      [i(1), s('x')],
      { verb: 'fire', device: 'mypro', action: 'Fade', args: [1, 'x'] },
    ],
    [
      '/if/set/mypro/recording',
      [i(1)],
      { verb: 'set', device: 'mypro', path: 'recording', value: 1 },
    ],
    [
      '/if/set/desk/xy',
      [f(0.25), f(0.7)],
      { verb: 'set', device: 'desk', path: 'xy', value: [0.25, 0.7] },
    ],
    ['/if/run/start', [], { verb: 'run', macro: 'start', args: {} }],
    ['/if/run/start', [i(3)], { verb: 'run', macro: 'start', args: [3] }],
    ['/if/do/record.start', [], { verb: 'do', name: 'record.start', args: {} }],
    [`/if/cancel/${run}`, [], { verb: 'cancel', run }],
    ['/if/hold', [i(1)], { verb: 'hold', on: true }],
    ['/if/hold', [f(0)], { verb: 'hold', on: false }],
    ['/if/hold', [{ type: 'T', value: true }], { verb: 'hold', on: true }],
    // Companion's manual, "OSC Control", deprecated commands (5.0)
    ['/press/bank/1/3', [], { page: 1, row: 0, col: 2, gesture: 'press' }],
    ['/press/bank/1/3', [i(1)], { page: 1, row: 0, col: 2, gesture: 'down' }],
    ['/press/bank/1/3', [i(0)], { page: 1, row: 0, col: 2, gesture: 'up' }],
    ['/press/bank/1/3', [f(1)], { page: 1, row: 0, col: 2, gesture: 'press' }],
    [
      '/style/text/1/3',
      [s('GO')],
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { text: 'GO' } },
    ],
    [
      '/style/bgcolor/1/3',
      [i(255), i(0), i(0)],
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { bgcolor: [255, 0, 0] } },
    ],
    ['/rescan', [], { kind: 'rescan' }],
    ['/location/1/0/2/press', [], { page: 1, row: 0, col: 2, gesture: 'press' }],
    ['/location/1/0/2/press', [f(0)], { page: 1, row: 0, col: 2, gesture: 'press' }],
    ['/location/1/0/2/down', [], { page: 1, row: 0, col: 2, gesture: 'down' }],
    ['/location/1/0/2/up', [], { page: 1, row: 0, col: 2, gesture: 'up' }],
    ['/location/9/1/0/rotate-left', [], { page: 9, row: 1, col: 0, gesture: 'rotate-left' }],
    ['/location/9/1/0/rotate-right', [], { page: 9, row: 1, col: 0, gesture: 'rotate-right' }],
    [
      '/location/1/*/{0,2}/press',
      [],
      {
        ...{ kind: 'gestures', page: '1', row: '*', col: '{0,2}', gesture: 'press' },
        control: '/location/1/*/{0,2}/press',
      },
    ],
    // Companion 5.0, "OSC Control"
    ['/location/1/0/2/step', [i(2)], { kind: 'step', place: { page: 1, row: 0, col: 2 }, step: 2 }],
    [
      '/location/1/0/2/style/text',
      [s('x')],
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { text: 'x' } },
    ],
    [
      '/location/1/0/2/style/bgcolor',
      [i(255), i(0), i(0)],
      { kind: 'style', place: { page: 1, row: 0, col: 2 }, style: { bgcolor: [255, 0, 0] } },
    ],
    ['/custom-variable/cue/value', [s('intro')], { kind: 'write', name: 'cue', value: 'intro' }],
    ['/custom-variable/cue/value', [f(0.7)], { kind: 'write', name: 'cue', value: 0.7 }],
    ['/surfaces/rescan', [], { kind: 'rescan' }],
  ]
  for (const [address, args, wanted] of cases)
    t.strictSame(asked(address, ...args), wanted, address)
})

void t.test('OSC values become JSON values that read as they were meant', async (t) => {
  const args: readonly OscArg[] = [
    f(0.7),
    f(440),
    f(0.1 + 0.2),
    f(1 / 3),
    { type: 'd', value: 0.1 },
    { type: 'h', value: 5n },
    { type: 'h', value: 2n ** 60n },
    { type: 'b', value: Buffer.of(1, 2) },
    { type: 'N', value: null },
    { type: 'I', value: true },
    { type: '[', value: [i(1), s('a')] },
  ]
  t.match(asked('/if/fire/desk/x', ...args), {
    args: [0.7, 440, 0.3, 0.33333334, 0.1, 5, '1152921504606846976', 'AQI=', null, true, [1, 'a']],
  })
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const intent = asked('/if/set/desk/x', { type: 'f', value })
      return (
        typeof intent === 'object' &&
        'value' in intent &&
        Math.fround(Number(intent.value)) === value
      )
    }),
    { numRuns: 2000 },
  )
})

void t.test('a message that makes no sense says what is wrong with it', async (t) => {
  const nan: OscArg = { type: 'f', value: Number.NaN }
  const cases: readonly (readonly [string, readonly OscArg[], RegExp])[] = [
    ['/', [], /none of \/if/],
    ['/foo/bar', [], /none of \/if/],
    ['/if', [], /"" is none of fire/],
    ['/if/jump/desk/go', [], /"jump" is none of fire/],
    ['/if/fire/9/go', [], /"9" cannot be a device's name/],
    ['/if/fire/*/go', [], /cannot be a device's name/],
    ['/if/fire', [], /device's name/],
    ['/if/fire/desk', [], /action is missing/],
    ['/if/fire/desk/', [], /action is missing/],
    ['/if/fire/desk/go', [nan], /not finite/],
    ['/if/fire/desk/go', [{ type: '[', value: [nan] }], /not finite/],
    ['/if/set/desk/level', [], /needs a value/],
    ['/if/set/desk', [i(1)], /path is missing/],
    ['/if/run/start/now', [], /more segments/],
    ['/if/do/', [], /name of an intent is missing/],
    ['/if/hold', [], /1 or 0/],
    ['/if/hold', [i(2)], /1 or 0/],
    ['/if/hold/1', [i(1)], /more segments/],
    ['/if/cancel/7', [], /no run's id/],
    ['/location/0/0/0/press', [], /page from 1/],
    ['/location/1/0/press', [], /"\/location/],
    ['/location/1/0/0/jump', [], /"jump" is none of press/],
    ['/location/1/0/0/step', [], /a step needs its number/],
    ['/location/1/0/0/step', [s('2')], /a step needs its number/],
    ['/location/1/0/0/style/font', [s('x')], /"font" is none of text/],
    ['/location/1/0/0/style', [s('x')], /"style" is none of press/],
    ['/location/x/0/0/style/text', [s('x')], /page from 1/],
    ['/location/*/0/0/jump', [], /page from 1/],
    ['/custom-variable/cue', [s('x')], /\/custom-variable\/<name>\/value/],
    ['/custom-variable/cue/value', [], /needs a value/],
    ['/surfaces', [], /\/surfaces\/rescan/],
  ]
  for (const [address, args, wanted] of cases) t.match(asked(address, ...args), wanted, address)
})

void t.test('no packet makes it throw', async () => {
  fc.assert(
    fc.property(fc.webPath(), fc.string({ unit: 'binary' }), (path, text) => {
      parseAddress(`/if${path}`, [])
      parseAddress(text, [])
      const decoded = decode(Buffer.from(text))
      return decoded.ok || decoded.detail.length <= 500
    }),
  )
})
