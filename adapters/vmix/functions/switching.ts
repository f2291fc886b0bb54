import { anyInput, duration, input, mix, number, valueInput, whole, word } from './parameter.ts'
import { numbers, type Row } from './row.ts'

/** Transitions by the names of vMix's own menu. */
export const effects: readonly string[] = [
  'Fade',
  'Zoom',
  'Wipe',
  'Slide',
  'Fly',
  'CrossZoom',
  'FlyRotate',
  'Cube',
  'CubeZoom',
  'VerticalWipe',
  'VerticalSlide',
  'Merge',
  'WipeReverse',
  'SlideReverse',
  'VerticalWipeReverse',
  'VerticalSlideReverse',
  'BarnDoor',
  'RollerDoor',
  'AlphaFade',
]

/** Stinger buttons: 1 to 4 in every edition, 5 to 8 since vMix 29. */
const stingers = numbers(1, 8)
const buttons = numbers(1, 4)

export const switching: readonly Row[] = [
  ['Cut', 'Cut preview, or Input, to programme', [anyInput, mix]],
  ['CutDirect', 'Cut an input to programme and leave preview as it is', [input]],
  ['QuickPlay', 'Bring an input to programme with the first transition and play it', [input]],
  ['ActiveInput', 'Put an input on programme', [input, mix]],
  ['PreviewInput', 'Put an input on preview', [input, mix]],
  ['PreviewInputNext', 'Put the next input on preview', [mix]],
  ['PreviewInputPrevious', 'Put the previous input on preview', [mix]],
  ['GO', 'Press GO of an input', [anyInput]],
  ['FadeToBlack', 'Toggle fade to black', []],
  ['SetFader', 'Move the T-bar; 255 brings preview to programme', [whole(0, 255, 'Position')]],
  ...effects.map((name): Row => [
    name,
    `Bring preview, or Input, to programme with ${name}`,
    [duration, anyInput, mix],
  ]),
  ...buttons.flatMap((n): readonly Row[] => [
    [`Transition${n}`, `Use transition button ${n}`, [anyInput, mix]],
    [
      `SetTransitionEffect${n}`,
      `Choose the transition of button ${n}`,
      [word(['Cut', ...effects, ...stingers.map((one) => `Stinger${one}`)], 'Transition')],
    ],
    [
      `SetTransitionDuration${n}`,
      `Set how long transition button ${n} takes`,
      [whole(0, 600_000, 'Duration in ms')],
    ],
  ]),
  ...stingers.flatMap((n): readonly Row[] => [
    [`Stinger${n}`, `Use stinger ${n}`, [anyInput, mix]],
    [`SetStingerGTInput${n}`, `Animate stinger ${n} with a GT title`, [input]],
  ]),
  ...numbers(1, 4).flatMap((n): readonly Row[] => [
    [`SetDynamicInput${n}`, `Set what input Dynamic${n} stands for`, [valueInput]],
  ]),
]

/** Overlay channels: 1 to 4 in every edition, 5 to 8 since vMix 28. */
const overlays = numbers(1, 8)

export const overlaying: readonly Row[] = [
  ...overlays.flatMap((n): readonly Row[] => [
    [
      `OverlayInput${n}`,
      `Toggle overlay ${n} with an input (preview if left out)`,
      [anyInput, mix],
    ],
    [`OverlayInput${n}In`, `Show an input (preview if left out) on overlay ${n}`, [anyInput, mix]],
    [`OverlayInput${n}Last`, `Toggle overlay ${n} with the input it showed last`, [mix]],
    [`OverlayInput${n}Out`, `Take overlay ${n} out with its transition`, [mix]],
    [`OverlayInput${n}Off`, `Take overlay ${n} off at once`, [mix]],
    [`OverlayInput${n}Zoom`, `Zoom overlay ${n} to the whole picture and back`, []],
    [`PreviewOverlayInput${n}`, `Show an input as overlay ${n} on preview`, [input]],
  ]),
  ['OverlayInputAllOff', 'Take all overlays off', [mix]],
]

/** Pan, tilt and zoom of a camera. */
export const ptz: readonly Row[] = [
  ...['Up', 'Down', 'Left', 'Right', 'UpLeft', 'UpRight', 'DownLeft', 'DownRight'].map(
    (way): Row => [
      `PTZMove${way}`,
      `Move a camera: ${way}`,
      [input, number(0, 1, 'Speed, 0 to 1')],
    ],
  ),
  ['PTZMoveStop', 'Stop all movement of a camera', [input]],
  ['PTZZoomIn', 'Zoom a camera in', [input, number(0, 1, 'Speed, 0 to 1')]],
  ['PTZZoomOut', 'Zoom a camera out', [input, number(0, 1, 'Speed, 0 to 1')]],
  ['PTZZoomStop', "Stop a camera's zoom", [input]],
  ['PTZFocusNear', 'Focus a camera nearer', [input, number(0, 1, 'Speed, 0 to 1')]],
  ['PTZFocusFar', 'Focus a camera farther', [input, number(0, 1, 'Speed, 0 to 1')]],
  ['PTZFocusStop', "Stop a camera's focus", [input]],
  ['PTZFocusAuto', 'Let a camera focus by itself', [input]],
  ['PTZFocusManual', 'Focus a camera by hand', [input]],
  ['PTZHome', 'Move a camera to its home position', [input]],
  ['PTZCreateVirtualInput', 'Make a virtual input of where a camera looks now', [input]],
  ['PTZUpdateVirtualInput', 'Store where the camera looks now in a virtual input', [input]],
  ['PTZMoveToVirtualInputPosition', 'Move a camera to where a virtual input looks', [input]],
  [
    'PTZMoveToVirtualInputPositionByIndex',
    'Move a camera to where one of its virtual inputs looks',
    [input, whole(0, 100, 'Which virtual input, from 0')],
  ],
]
