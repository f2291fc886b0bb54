import { field, file, formed, input, number, text, whole } from './parameter.ts'
import { toggle, type Row } from './row.ts'

const time = formed(/^\d{1,3}:\d{1,2}:\d{1,2}$/, 'Time as hh:mm:ss')
const colour = formed(/^#(?:[\dA-Fa-f]{6}|[\dA-Fa-f]{8})$/, 'Colour: #RRGGBB or #AARRGGBB')

export const titles: readonly Row[] = [
  ['SetText', 'Set a text of a title', [input, text('Text'), ...field]],
  ['SetImage', 'Set an image of a title', [input, file, ...field]],
  ['SetColor', 'Set a colour of a title', [input, colour, ...field]],
  ['SetTextColour', 'Set the colour of a text of a title', [input, colour, ...field]],
  ...toggle('SetTextVisible', 'a text of a title', [input, ...field]),
  ...toggle('SetImageVisible', 'an image of a title', [input, ...field]),
  ['SetTickerSpeed', 'Set the speed of a ticker', [input, number(0, 1000, 'Speed'), ...field]],
  ['SelectTitlePreset', 'Use a preset of a title', [input, whole(0, 1000, 'Number of the preset')]],
  ['NextTitlePreset', 'Use the next preset of a title', [input]],
  ['PreviousTitlePreset', 'Use the previous preset of a title', [input]],
  ['TitleBeginAnimation', 'Start an animation of a title', [input, text('Name, as TransitionIn')]],
  ['PauseRender', 'Keep a title as it looks while much is changed', [input]],
  ['ResumeRender', 'Show a title as it is again', [input]],
  ['StartCountdown', 'Start a countdown', [input, ...field]],
  ['StopCountdown', 'Stop a countdown and set it back', [input, ...field]],
  ['PauseCountdown', 'Pause or go on with a countdown', [input, ...field]],
  ['SuspendCountdown', 'Pause a countdown', [input, ...field]],
  ['SetCountdown', 'Set how long a countdown takes', [input, time, ...field]],
  ['ChangeCountdown', 'Set how long a countdown still takes', [input, time, ...field]],
  [
    'AdjustCountdown',
    'Make a running countdown longer or shorter',
    [input, whole(-86_400, 86_400, 'Seconds'), ...field],
  ],
]
