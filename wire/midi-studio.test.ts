import t from 'tap'
import { encodeMidi, hexOf, type MidiMessage } from './midi.ts'
import { machineMessage, machineWords, type MachineCommand } from './midi-mmc.ts'
import { showFormats, showMessage, showWords, type ShowCommand } from './midi-msc.ts'
import {
  fullFrame,
  later,
  parseTimecode,
  quarterFrameReader,
  quarterFrames,
  timecodeText,
  timeOfFullFrame,
} from './midi-mtc.ts'

const hex = (message: MidiMessage) => hexOf(encodeMidi(message))
const time = (text: string, rate: '24' | '25' | '29.97' | '30' = '25') => {
  const parsed = parseTimecode(text, rate)
  if (parsed === null) throw new Error(`no time: ${text}`)
  return parsed
}

void t.test('machines are told by the bytes of MIDI Machine Control', async (t) => {
  // RP-013: command numbers of section 6, "standard speed" and "standard time code" of section 4
  const commands: readonly (readonly [MachineCommand, string])[] = [
    [{ command: 'stop' }, 'f0 7f 7f 06 01 f7'],
    [{ command: 'play' }, 'f0 7f 7f 06 02 f7'],
    [{ command: 'deferred-play' }, 'f0 7f 7f 06 03 f7'],
    [{ command: 'fast-forward' }, 'f0 7f 7f 06 04 f7'],
    [{ command: 'rewind' }, 'f0 7f 7f 06 05 f7'],
    [{ command: 'record' }, 'f0 7f 7f 06 06 f7'],
    [{ command: 'record-exit' }, 'f0 7f 7f 06 07 f7'],
    [{ command: 'record-pause' }, 'f0 7f 7f 06 08 f7'],
    [{ command: 'pause' }, 'f0 7f 7f 06 09 f7'],
    [{ command: 'eject' }, 'f0 7f 7f 06 0a f7'],
    [
      { command: 'locate', time: time('01:02:03:04'), subframes: 5 },
      'f0 7f 7f 06 44 06 01 21 02 03 04 05 f7',
    ],
    [{ command: 'shuttle', speed: 1 }, 'f0 7f 7f 06 47 03 01 00 00 f7'],
    [{ command: 'shuttle', speed: -0.5 }, 'f0 7f 7f 06 47 03 40 40 00 f7'],
    [{ command: 'search', speed: 11 }, 'f0 7f 7f 06 46 03 0d 40 00 f7'],
    [{ command: 'step', steps: -3 }, 'f0 7f 7f 06 48 01 43 f7'],
    [{ command: 'arm', track: 1, on: true }, 'f0 7f 7f 06 41 04 4f 00 20 20 f7'],
    [{ command: 'arm', track: 3, on: false }, 'f0 7f 7f 06 41 04 4f 01 01 00 f7'],
  ]
  for (const [command, bytes] of commands) t.equal(hex(machineMessage(command, 127)), bytes)
  const words = (text: string) => machineWords(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  t.strictSame(words('7f 05 06 06'), { device: 5, command: 'record' })
  t.strictSame(words('7f 7f 06 44 06 01 21 02 03 04 05'), {
    device: 127,
    command: 'locate',
    at: '01:02:03:04',
  })
  t.strictSame(words('7f 7f 06 47 03 40 40 00'), { device: 127, command: 'shuttle', at: -0.5 })
  for (const other of ['7e 7f 06 01', '7f 7f 02 01', '7f 7f 06', '7f 7f 06 70', ''])
    t.equal(words(other), null)
})

void t.test('shows are told by the bytes of MIDI Show Control', async (t) => {
  // RP-002/014: command numbers of section 4.2, cue data as ASCII with zero bytes between (section 3)
  const shows: readonly (readonly [ShowCommand, string])[] = [
    [{ command: 'go' }, 'f0 7f 01 02 01 01 f7'],
    [{ command: 'go', cue: '235.6' }, 'f0 7f 01 02 01 01 32 33 35 2e 36 f7'],
    [
      { command: 'go', cue: '36.6', list: '59', path: '8' },
      'f0 7f 01 02 01 01 33 36 2e 36 00 35 39 00 38 f7',
    ],
    [{ command: 'stop', cue: '1' }, 'f0 7f 01 02 01 02 31 f7'],
    [{ command: 'resume' }, 'f0 7f 01 02 01 03 f7'],
    [
      { command: 'timed-go', time: time('00:00:05:00'), cue: '7' },
      'f0 7f 01 02 01 04 20 00 05 00 00 37 f7',
    ],
    [{ command: 'load', cue: '2' }, 'f0 7f 01 02 01 05 32 f7'],
    [{ command: 'set', control: 1, value: 255 }, 'f0 7f 01 02 01 06 01 00 7f 01 f7'],
    [{ command: 'fire', macro: 9 }, 'f0 7f 01 02 01 07 09 f7'],
    [{ command: 'all-off' }, 'f0 7f 01 02 01 08 f7'],
    [{ command: 'go-off', cue: '4' }, 'f0 7f 01 02 01 0b 34 f7'],
    [{ command: 'standby-next', list: '3' }, 'f0 7f 01 02 01 11 33 f7'],
    [{ command: 'clock-set', time: time('01:00:00:00') }, 'f0 7f 01 02 01 18 21 00 00 00 00 f7'],
    [{ command: 'path-open', path: '5' }, 'f0 7f 01 02 01 1d 35 f7'],
  ]
  for (const [command, bytes] of shows)
    t.equal(hex(showMessage(command, 1, showFormats.lighting)), bytes)
  const words = (text: string) => showWords(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  t.strictSame(words('7f 01 02 01 01 33 36 2e 36 00 35 39'), {
    device: 1,
    format: 1,
    command: 'go',
    cue: ['36.6', '59'],
  })
  t.match(words('7f 01 02 01 04 20 00 05 00 00 37'), { command: 'timed-go', cue: ['7'] })
  t.match(words('7f 01 02 01 08'), { command: 'all-off', cue: [] })
  for (const other of ['7f 01 02 01', '7f 01 02 01 70', '7f 01 02 01 01 41', ''])
    t.equal(words(other), null)
})

void t.test('time code is written and read by the bytes of MTC', async (t) => {
  // 01:37:52:16 at 30 frames: the rate is bits 5 and 6 of the hour
  const at = time('01:37:52:16', '30')
  t.equal(hex(fullFrame(at, 127)), 'f0 7f 7f 01 01 61 25 34 10 f7')
  const quarters = quarterFrames(at)
  t.equal(
    quarters.map(hex).join(' '),
    'f1 00 f1 11 f1 24 f1 33 f1 45 f1 52 f1 61 f1 76',
    'frames, seconds, minutes, hours: the lower half first',
  )
  const reader = quarterFrameReader()
  const read = quarters.map((each) => reader.push(each.kind === 'quarter-frame' ? each.data : 0))
  t.strictSame(read, [null, null, null, null, null, null, null, at])
  t.equal(reader.push(0x11), null, 'out of order begins anew')
  t.strictSame(timeOfFullFrame(Uint8Array.of(0x7f, 0x7f, 1, 1, 0x61, 0x25, 0x34, 0x10)), at)
  t.equal(timeOfFullFrame(Uint8Array.of(0x7f, 0x7f, 1, 1, 0x61, 60, 0, 0)), null)
})

void t.test('drop frame leaves out two numbers a minute but each tenth', async (t) => {
  const after = (text: string, count: number) => timecodeText(later(time(text, '29.97'), count))
  t.equal(after('00:00:59;29', 1), '00:01:00;02')
  t.equal(after('00:09:59;29', 1), '00:10:00;00')
  t.equal(after('23:59:59;29', 1), '00:00:00;00')
  t.equal(after('00:01:00;02', -1), '00:00:59;29')
  t.equal(parseTimecode('00:01:00;00', '29.97'), null, 'a number that is left out')
  t.equal(parseTimecode('00:00:00:25', '25'), null)
  t.equal(parseTimecode('24:00:00:00', '25'), null)
  t.equal(timecodeText(later(time('00:59:59:24'), 1)), '01:00:00:00')
})
