import { duration, file, formed, input, number, text, whole, word } from './parameter.ts'
import { numbers, onOff, toggle, type Row } from './row.ts'
import { effects } from './switching.ts'

const corrections: readonly Row[] = [
  ...['R', 'G', 'B', 'RGB', 'Y'].flatMap((what): readonly Row[] => [
    [`SetCCGain${what}`, `Set gain ${what} of an input`, [input, number(0, 2, '1 is as it was')]],
    [
      `SetCCGamma${what}`,
      `Set gamma ${what} of an input`,
      [input, number(-1, 1, '0 is as it was')],
    ],
    [`SetCCLift${what}`, `Set lift ${what} of an input`, [input, number(-1, 1, '0 is as it was')]],
  ]),
  ['SetCCHue', 'Set the hue of an input', [input, number(-1, 1, '0 is as it was')]],
  ['SetCCSaturation', 'Set the saturation of an input', [input, number(-1, 1, '-1 is grey')]],
  ['ColourCorrectionAuto', 'Correct the colours of an input automatically', [input]],
  ['ColourCorrectionReset', 'Take back the colour correction of an input', [input]],
]

const playing: readonly Row[] = [
  ['Play', 'Play an input', [input]],
  ['Pause', 'Pause an input', [input]],
  ['PlayPause', 'Toggle play and pause of an input', [input]],
  ['LivePlayPause', 'Toggle a live input between its picture and a still', [input]],
  ['Restart', 'Go to the start of an input', [input]],
  ['SetPosition', 'Go to a place of an input', [input, whole(0, 86_400_000, 'Milliseconds')]],
  ['SetRate', 'Set the speed of a clip', [input, number(0.1, 4, '1 is as it was made')]],
  ['SetRateSlowMotion', 'Set the speed of slow motion', [input, number(0, 1, '1 is full speed')]],
  ['WaitForCompletion', 'Wait for the end of a clip', [input, duration]],
  ...toggle('Loop', 'the loop of an input', [input]),
  ...onOff('AutoPause', 'pausing an input when it leaves programme', [input]),
  ...onOff('AutoPlay', 'playing an input when it comes to programme', [input]),
  ...onOff('AutoRestart', 'starting an input anew when it comes to programme', [input]),
  ...toggle('AutoPlayFirst', 'playing the first item of a list with the transition', [input]),
  ...toggle('AutoPlayNext', 'playing the next item of a list by itself', [input]),
  ['MarkIn', 'Mark the start of a clip here', [input]],
  ['MarkOut', 'Mark the end of a clip here', [input]],
  ['MarkReset', 'Take back both marks of a clip', [input]],
  ['MarkResetIn', 'Take back the start mark of a clip', [input]],
  ['MarkResetOut', 'Take back the end mark of a clip', [input]],
  ['VideoDelayStartRecording', 'Start the recording of a video delay', [input, duration]],
  ['VideoDelayStopRecording', 'Stop the recording of a video delay', [input, duration]],
  ['VideoDelayStartStopRecording', 'Toggle the recording of a video delay', [input, duration]],
  ['SaveVideoDelay', 'Save the last part of a video delay', [input, duration]],
]

const lists: readonly Row[] = [
  [
    'SelectIndex',
    'Choose an item, picture, zoom or page of an input',
    [input, whole(0, 10_000, 'Number')],
  ],
  ['NextItem', 'Go to the next item of a list', [input]],
  ['PreviousItem', 'Go to the previous item of a list', [input]],
  ['NextPicture', 'Go to the next picture or slide', [input]],
  ['PreviousPicture', 'Go to the previous picture or slide', [input]],
  ['ListAdd', 'Add a file to a list', [input, file]],
  ['ListRemove', 'Take an item out of a list', [input, whole(1, 10_000, 'Item, from 1')]],
  ['ListRemoveAll', 'Empty a list', [input]],
  ['ListShuffle', 'Mix the order of a list', [input]],
  ['ListExport', 'Save a list', [input, file]],
  ['ListPlayOut', 'Play a list to its end', [input]],
  ['ListShowHide', 'Show or hide the window of a list', [input]],
  [
    'SetPictureEffect',
    'Choose the transition between pictures',
    [input, word(['Cut', ...effects], 'Transition')],
  ],
  [
    'SetPictureEffectDuration',
    'Set how long that transition takes',
    [input, whole(0, 600_000, 'Milliseconds')],
  ],
  ['SetPictureTransition', 'Set how long a picture stands', [input, number(0, 86_400, 'Seconds')]],
]

export const inputs: readonly Row[] = [
  ...playing,
  ...lists,
  ...corrections,
  [
    'AddInput',
    'Add an input',
    [formed(/^[A-Za-z]+\|/, 'Kind and what it is made of: Video|c:\\clip.mp4')],
  ],
  ['RemoveInput', 'Close an input', [input]],
  ['ResetInput', 'Set an input back', [input]],
  ['CreateVirtualInput', 'Make a virtual input of an input', [input]],
  ['MoveInput', 'Give an input another number', [input, whole(1, 1000, 'Number')]],
  ['SetInputName', 'Name an input', [input, text('Name')]],
  ['SetAlpha', 'Make an input transparent', [input, whole(0, 255, '0 is transparent')]],
  ['SetFrameDelay', 'Delay an input', [input, whole(0, 1000, 'Frames')]],
  ['InputPreviewShow', 'Show a large preview of an input', [input]],
  ['InputPreviewHide', 'Hide the large preview of an input', [input]],
  ['InputPreviewShowHide', 'Toggle the large preview of an input', [input]],
  ...onOff('Deinterlace', 'deinterlacing of an input', [input]),
  ...onOff('Mirror', 'the mirror of an input', [input]),
  ...onOff('Sharpen', 'sharpening of an input', [input]),
  ...numbers(1, 4).flatMap((n): readonly Row[] => [
    ...toggle(`Effect${n}`, `effect ${n} of an input`, [input]),
    [`SetEffect${n}Strength`, `Set the strength of effect ${n}`, [input, number(0, 1, 'Strength')]],
  ]),
]
