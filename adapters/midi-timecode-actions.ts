import { fullFrame, quarterFrames } from '../wire/midi-mtc.ts'
import { action, type MidiAction, rate, time, timed } from './midi-action.ts'
import { everyDevice } from './midi-options.ts'

/** MIDI Time Code. */
export const timecodeActions: readonly MidiAction[] = [
  action(
    'mtc.locate',
    'Time code: the receiver goes to a time (full frame)',
    { time, rate },
    (args) => timed(args, (time) => [fullFrame(time, everyDevice)]),
  ),
  action('mtc.run', 'Time code: runs from a time until mtc.stop', { time, rate }, (args) =>
    timed(args, (time) => ({ messages: [fullFrame(time, everyDevice)], timecode: time })),
  ),
  action('mtc.stop', 'Time code: stops', {}, () => ({ messages: [], timecode: 'stop' })),
  action(
    'mtc.quarters',
    'Time code: the eight quarter frames of one time, at once',
    { time, rate },
    (args) => timed(args, quarterFrames),
  ),
]
