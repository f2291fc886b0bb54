import { channel, formed, number, text, whole, type Parameter } from './parameter.ts'
import { numbers, onOff, type Row } from './row.ts'

const cameras = numbers(1, 8)
const list = whole(0, 19, 'List of events, from 0')
const seconds = number(0, 86_400, 'Seconds')
const frames = whole(-100_000, 100_000, 'Frames, back below 0')
const camera = whole(1, 8, 'Camera')
const speed = number(0, 1, '1 is full speed')
const fast = number(1, 30, 'How many times full speed')
const event = whole(0, 1000, 'Event, 0 is the last of the list')
const ids = formed(/^\d+(?:,\d+)*$/, 'Numbers of events: 1,2,3')
const cameraText = formed(/^[1-8],.*$/s, 'Camera and text: 3,Goal')
const timecode = formed(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?$/, 'yyyy-MM-ddTHH:mm:ss.fff')

const alone = (rows: readonly (readonly [name: string, description: string])[]): readonly Row[] =>
  rows.map(([name, description]) => [`Replay${name}`, description, []])
const onChannel = (
  rows: readonly (readonly [name: string, description: string, value?: Parameter])[],
): readonly Row[] =>
  rows.map(([name, description, value]) => [
    `Replay${name}`,
    description,
    value === undefined ? [channel] : [value, channel],
  ])
const valued = (
  rows: readonly (readonly [name: string, description: string, value: Parameter])[],
): readonly Row[] => rows.map(([name, what, value]) => [`Replay${name}`, what, [value]])

const recording = alone([
  ['StartRecording', 'Start the replay recording'],
  ['StopRecording', 'Stop the replay recording'],
  ['StartStopRecording', 'Toggle the replay recording'],
  ['Live', 'Show what is happening now'],
  ['LiveToggle', 'Toggle between now and what was recorded'],
  ['Recorded', 'Show what was recorded'],
  ['ShowHide', 'Show or hide the window of replay'],
  ['SelectChannelA', 'Control channel A'],
  ['SelectChannelB', 'Control channel B'],
  ['SelectChannelAB', 'Control both channels'],
  ['SwapChannels', 'Let channels A and B change places'],
  ['ToggleQuadMode', 'Toggle four channels'],
  ['SetChannelAToBTimecode', 'Bring channel A to the time of B'],
  ['SetChannelAToBTimecodeAndCamera', 'Bring channel A to the time and camera of B'],
  ['SetChannelBToATimecode', 'Bring channel B to the time of A'],
  ['SetChannelBToATimecodeAndCamera', 'Bring channel B to the time and camera of A'],
])

const marking: readonly Row[] = [
  ...alone([
    ['MarkIn', 'Begin an event'],
    ['MarkInLive', 'Begin an event now'],
    ['MarkInRecorded', 'Begin an event in what was recorded'],
    ['MarkInRecordedNow', 'Begin an event in what was recorded, here'],
    ['MarkOut', 'End the event'],
    ['MarkCancel', 'Give up the event that was begun'],
    ['MoveSelectedEventUp', 'Move the selected event up'],
    ['MoveSelectedEventDown', 'Move the selected event down'],
    ['SelectAllEvents', 'Select all events'],
  ]),
  ...valued([
    ['MarkInOut', 'Make an event of the last seconds', seconds],
    ['MarkInOutLive', 'Make an event of the last seconds, now', seconds],
    ['MarkInOutLiveFuture', 'Make an event of the next seconds', seconds],
    ['MarkInOutRecorded', 'Make an event of the last seconds of what was recorded', seconds],
    ['ScrollSelectedEvent', 'Select another event', whole(-10, 10, 'How many further')],
  ]),
]

const playing = onChannel([
  ['Play', 'Play'],
  ['Pause', 'Pause'],
  ['PlayPause', 'Toggle play and pause'],
  ['PlayForward', 'Play forward'],
  ['PlayBackward', 'Play backward'],
  ['ChangeDirection', 'Play in the other direction'],
  ['SetDirectionForward', 'Set the direction: forward'],
  ['SetDirectionBackward', 'Set the direction: backward'],
  ['SetSpeed', 'Set the speed', speed],
  ['ChangeSpeed', 'Change the speed', number(-4, 4, 'By how much')],
  ['FastForward', 'Wind forward', fast],
  ['FastBackward', 'Wind backward', fast],
  ['JumpFrames', 'Jump', frames],
  ['JumpFramesFastOn', 'Let jumps count in seconds'],
  ['JumpFramesFastOff', 'Let jumps count in frames'],
  ['JumpToNow', 'Jump to now'],
  ['JumpToSelectedInPoint', 'Jump to the start of the selected event'],
  ['JumpToSelectedOutPoint', 'Jump to the end of the selected event'],
  ['SetTimecode', 'Jump to a time', timecode],
  ['PlayEvent', 'Play an event', event],
  ['PlayEventToOutput', 'Play an event to the output', event],
  ['PlayEventsByID', 'Play events', ids],
  ['PlayEventsByIDToOutput', 'Play events to the output', ids],
  ['PlayAllEvents', 'Play all events'],
  ['PlayAllEventsToOutput', 'Play all events to the output'],
  ['PlayLastEvent', 'Play the last event'],
  ['PlayLastEventToOutput', 'Play the last event to the output'],
  ['PlaySelectedEvent', 'Play the selected event'],
  ['PlaySelectedEventToOutput', 'Play the selected event to the output'],
  ['PlayNext', 'Play the next event'],
  ['PlayPrevious', 'Play the previous event'],
  ['StopEvents', 'Stop the events that play'],
])

const editing = onChannel([
  ['SelectFirstEvent', 'Select the first event'],
  ['SelectLastEvent', 'Select the last event'],
  ['SelectNextEvent', 'Select the next event'],
  ['SelectPreviousEvent', 'Select the previous event'],
  ...numbers(1, 20).map((n) => [`SelectEvents${n}`, `Show list ${n} of events`] as const),
  ['MoveSelectedInPoint', 'Move the start of the selected event', frames],
  ['MoveSelectedOutPoint', 'Move the end of the selected event', frames],
  ['UpdateSelectedInPoint', 'Let the selected event begin here'],
  ['UpdateSelectedOutPoint', 'Let the selected event end here'],
  ['UpdateSelectedSpeed', 'Give the selected event the speed of now'],
  ['UpdateSelectedSpeedDefault', 'Give the selected event the usual speed'],
  ['UpdateSelectedSpeedFromValue', 'Give the selected event a speed', speed],
  ['DuplicateLastEvent', 'Double the last event'],
  ['DuplicateSelectedEvent', 'Double the selected event'],
  ['DeleteLastEvent', 'Delete the last event'],
  ['DeleteSelectedEvent', 'Delete the selected event'],
  ['ExportLastEvent', 'Save the last event', text('Folder')],
])

/** What is done in the same way to the last event and to the selected one. */
const ofEvents = (['Last', 'Selected'] as const).flatMap((which): readonly Row[] => {
  const it = `the ${which.toLowerCase()} event`
  return [
    ...valued([
      [`Copy${which}Event`, `Copy ${it} to a list`, list],
      [`Move${which}Event`, `Move ${it} to a list`, list],
      [`${which}EventCameraOn`, `Add a camera to ${it}`, camera],
      [`${which}EventCameraOff`, `Take a camera from ${it}`, camera],
      [`${which}EventSingleCameraOn`, `Show one camera only in ${it}`, camera],
      [`Set${which}EventText`, `Write a text to ${it}`, text('Text')],
      [`Set${which}EventTextCamera`, `Write a text to a camera of ${it}`, cameraText],
      [`Append${which}EventText`, `Add a text to that of ${it}`, text('Text')],
      [`Append${which}EventTextCamera`, `Add a text to a camera of ${it}`, cameraText],
    ]),
    ...alone(cameras.map((n) => [`Toggle${which}EventCamera${n}`, `Toggle camera ${n} of ${it}`])),
  ]
})

/** Instant replay. */
export const replay: readonly Row[] = [
  ...recording,
  ...onOff('ReplayQuadMode', 'four channels', []),
  ...marking,
  ...playing,
  ...editing,
  ...ofEvents,
  ...valued([['SetAudioSource', 'Choose the sound of replay', text('Name, as Camera1')]]),
  ...cameras.map((n): Row => [`ReplayCamera${n}`, `Show camera ${n}`, []]),
  ...['A', 'B', 'C', 'D'].flatMap((which) =>
    cameras.map((n): Row => [
      `Replay${which}Camera${n}`,
      `Show camera ${n} on channel ${which}`,
      [],
    ]),
  ),
]
