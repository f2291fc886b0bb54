import { anyInput, anyText, anyWhole, file, input, mix, text, word } from './parameter.ts'
import { startStop, toggle, type Row } from './row.ts'

const stream = anyWhole(0, 4, 'Stream from 0; all of them if left out')
const srt = anyWhole(0, 3, 'Output from 0; output 1 if left out')
const picture = anyText('Path of the picture; vMix asks at its screen if left out')
const source = word(
  ['Output', 'Preview', 'MultiView', 'Replay', 'Mix', 'Input'],
  'What is shown; Input and Mix say which',
)
const ofStream = (what: string) => text(`${what}; for one stream its number from 0 first: 0,…`)

export const outputs: readonly Row[] = [
  ...startStop('Recording', 'Recording', []),
  ...startStop('Streaming', 'Streaming', [stream]),
  ...startStop('External', 'External', []),
  ...startStop('MultiCorder', 'MultiCorder', []),
  ...startStop('SRTOutput', 'SRT output', [srt]),
  ['StreamingSetURL', 'Set the address of a custom stream', [ofStream('Address')]],
  ['StreamingSetKey', 'Set the key of a custom stream', [ofStream('Key')]],
  ['StreamingSetUsername', 'Set the user of a custom stream', [ofStream('Name')]],
  ['StreamingSetPassword', 'Set the password of a custom stream', [ofStream('Password')]],
  ...toggle('Fullscreen', 'full screen', []),
  ...['2', '3', '4', 'External2', 'Fullscreen', 'Fullscreen2'].map((which): Row => [
    `SetOutput${which}`,
    `Choose what output ${which} shows`,
    [source, anyInput, mix],
  ]),
  ['Snapshot', 'Save a picture of the output', [picture]],
  ['SnapshotInput', 'Save a picture of an input', [input, picture]],
  ['WriteDurationToRecordingLog', 'Note the length of the recording', [anyText('Tag')]],
]

/** Presets of vMix, play lists, scripts, data sources and what belongs to no input. */
export const general: readonly Row[] = [
  ['OpenPreset', 'Load a preset', [file]],
  ['SavePreset', 'Save the preset', [file]],
  ['LastPreset', 'Load the last preset', []],
  ['SelectPlayList', 'Open a play list', [text('Name of the play list')]],
  ['StartPlayList', 'Start the play list', []],
  ['StopPlayList', 'Stop the play list', []],
  ['NextPlayListEntry', 'Go to the next entry of the play list', []],
  ['PreviousPlayListEntry', 'Go to the previous entry of the play list', []],
  ['ScriptStart', 'Start a script', [text('Name of the script')]],
  ['ScriptStop', 'Stop a script', [text('Name of the script')]],
  ['ScriptStopAll', 'Stop all scripts', []],
  ['ScriptStartDynamic', 'Run code', [text('Code')]],
  ['ScriptStopDynamic', 'Stop the code that runs', []],
  ...['DataSourceAutoNextOnOff', 'DataSourceAutoNextOn', 'DataSourceAutoNextOff'].map(
    (name): Row => [name, 'Switch the automatic next row of a data source', [text('Name,Table')]],
  ),
  ['DataSourceNextRow', 'Go to the next row of a data source', [text('Name,Table')]],
  ['DataSourcePreviousRow', 'Go to the previous row of a data source', [text('Name,Table')]],
  ['DataSourceSelectRow', 'Go to a row of a data source', [text('Name,Table,Row from 0')]],
  ['DataSourcePlay', 'Play a data source', [text('Name')]],
  ['DataSourcePause', 'Pause a data source', [text('Name')]],
  ['DataSourcePlayPause', 'Toggle play and pause of a data source', [text('Name')]],
  ['KeyPress', 'Press a key of a shortcut', [text('Key')]],
  ['SendKeys', 'Type into the window in front', [text('Keys')]],
  ...[1, 2, 3, 4].map((n): Row => [
    `SetDynamicValue${n}`,
    `Set what the value Dynamic${n} stands for`,
    [text('Value')],
  ]),
  [
    'SelectCategory',
    'Show a category of inputs',
    [text('All, Red, Green … or Custom1 to Custom16')],
  ],
  ['ActivatorRefresh', 'Send the state of all lights and controllers again', []],
  ['CallManagerShowHide', 'Show or hide the call manager', []],
  ['Undo', 'Bring back the input that was closed last', []],
]
