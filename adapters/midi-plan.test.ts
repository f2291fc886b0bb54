import t from 'tap'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { encodeMidi, hexOf } from '../wire/midi.ts'
import { midiPreviewText, planMidi } from './midi-plan.ts'
import type { MidiOptions } from './midi-options.ts'

const device = 'desk' as DeviceId // any name will do

/** The bytes of an intent, or why not. */
function bytes(
  intent: { action: string; args: Json } | { path: string; value: Json },
  options: MidiOptions = {},
) {
  const plan = planMidi(
    'action' in intent ? { verb: 'fire', device, ...intent } : { verb: 'set', device, ...intent },
    options,
  )
  return plan.ok
    ? plan.command.messages.map((message) => hexOf(encodeMidi(message))).join(' ')
    : plan.failure.detail
}
const fire = (action: string, args: Json, options?: MidiOptions) => bytes({ action, args }, options)
const set = (path: string, value: Json) => bytes({ path, value })

void t.test('actions are the bytes of MIDI', async (t) => {
  t.equal(fire('note.on', { channel: 1, note: 60 }), '90 3c 64')
  t.equal(fire('note.off', [1, 60, 0]), '80 3c 00')
  t.equal(fire('control14', [1, 7, 16_383]), 'b0 07 7f b0 27 7f', 'the upper half first')
  t.equal(fire('program', [10, 5, 130]), 'b9 00 01 b9 20 02 c9 05')
  t.equal(fire('rpn', [1, 0, 256]), 'b0 65 00 b0 64 00 b0 06 02 b0 26 00 b0 65 7f b0 64 7f')
  t.equal(fire('nrpn', [1, 129, 1]), 'b0 63 01 b0 62 01 b0 06 00 b0 26 01 b0 65 7f b0 64 7f')
  t.equal(fire('pitch', [1, 0]), 'e0 00 40')
  t.equal(fire('pressure', [2, 9]), 'd1 09')
  t.equal(fire('pressure', [2, 9, 60]), 'a1 3c 09')
  t.equal(fire('notes-off', 3), 'b2 7b 00')
  t.equal(fire('sound-off', null).split(' b').length, 16, 'on all channels')
  t.equal(fire('sysex', 'F0 43 01 F7'), 'f0 43 01 f7')
  t.equal(fire('sysex', { bytes: [0x43, 1] }), 'f0 43 01 f7')
  t.equal(fire('raw', '903C64 FA'), '90 3c 64 fa')
  t.equal(fire('sequence.start', {}), 'fa')
  t.equal(fire('mtc.locate', ['01:00:00:00', '30']), 'f0 7f 7f 01 01 61 00 00 00 f7')
  t.equal(fire('mmc.play', null, { machine: 5 }), 'f0 7f 05 06 02 f7')
  t.equal(fire('mmc.locate', '00:10:00:00'), 'f0 7f 7f 06 44 06 01 20 0a 00 00 00 f7')
  t.equal(fire('msc.go', '5', { show: 1, showFormat: 'sound' }), 'f0 7f 01 02 10 01 35 f7')
  t.equal(fire('msc.go', { cue: '5', format: 2, device: 3 }), 'f0 7f 03 02 02 01 35 f7')
  t.equal(fire('record.start', {}, { recorder: true }), 'f0 7f 7f 06 06 f7')
})

void t.test('lasting values are their messages', async (t) => {
  t.equal(set('cc/1/7', 100), 'b0 07 64')
  t.equal(set('cc14/16/1', 129), 'bf 01 01 bf 21 01')
  t.equal(set('note/1/60', 0), '90 3c 00')
  t.equal(set('pitch/2', -8192), 'e1 00 00')
  t.equal(set('program/2', 9), 'c1 09')
  t.equal(set('pressure/2', 9), 'd1 09')
  t.equal(set('key-pressure/2/1', 9), 'a1 01 09')
})

void t.test('what is wrong is refused by its name', async (t) => {
  t.match(fire('note.on', [17, 60]), '"channel" must be from 1 to 16')
  t.match(fire('note.on', { channel: 1 }), '"note" is missing; it takes channel, note, velocity')
  t.match(fire('note.on', { channel: 1, note: 1, key: 2 }), 'there is no argument "key"')
  t.match(fire('note.on', [1, 2, 3, 4]), 'takes channel, note, velocity')
  t.match(fire('sysex', '43 81'), '"bytes" of a SysEx are below 80')
  t.match(fire('sysex', '434'), '"bytes" has half a byte')
  t.match(fire('raw', '90 3c'), '"bytes" are no MIDI')
  t.match(fire('raw', '3c 64'), '"bytes" are no MIDI')
  t.match(fire('mtc.locate', '01:00:00:25'), '"time" is no time at 25')
  t.match(fire('msc.load', {}), '"cue" is missing')
  t.match(fire('msc.go', { list: '1' }), '"list" needs a "cue"')
  t.match(fire('msc.go', 'five'), '"cue" must be')
  t.match(fire('record.start', {}), 'no action "record.start"; near: ', 'it is no recorder')
  t.match(set('cc/0/7', 1), 'the channel is from 1 to 16')
  t.match(set('cc/1/128', 1), 'the last number is from 0 to 127')
  t.match(set('cc/1/7', 128), 'cc/1/7 must be a whole number from 0 to 127')
  t.match(set('pitch/1/1', 1), 'pitch/<channel>')
  t.match(set('ccc/1/7', 1), 'no path "ccc"; near: cc, ')
})

void t.test('a preview says each message in words and bytes', async (t) => {
  const plan = planMidi({ verb: 'fire', device, action: 'mtc.run', args: '01:00:00:00' }, {})
  t.equal(
    plan.ok && midiPreviewText(plan.command),
    'f0 7f 7f 01 01 21 00 00 00 f7\ntime code runs from 01:00:00:00',
  )
})
