import { formed, input, number, whole } from './parameter.ts'
import { numbers, type Row } from './row.ts'

const crop = formed(/^\d*\.?\d+(?:,\d*\.?\d+){3}$/, 'X1,Y1,X2,Y2, each 0 to 1')
const rectangle = formed(/^-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?){3}$/, 'X,Y,Width,Height in pixels')
const fromTo = formed(/^\d{1,2},\d{1,2}$/, 'From layer, to layer: 1,2')
const which = formed(/^\d{1,2},.+$/s, 'Layer and input: 1,2')
const pixels = number(-4096, 4096, 'Pixels')
const index = whole(1, 10, 'Layer, from 1')

const part = (description: string): Row[2] => [input, number(0, 1, description)]
const pan = (description: string): Row[2] => [input, number(-2, 2, description)]

/** What can be set of an input's picture as of each of its layers. */
const geometry: readonly (readonly [name: string, what: string, params: Row[2]])[] = [
  ['PanX', 'Pan', pan('-2 left, 0 middle, 2 right')],
  ['PanY', 'Tilt', pan('-2 down, 0 middle, 2 up')],
  ['Zoom', 'Zoom', [input, number(0, 5, '1 is full size')]],
  ['Crop', 'Crop', [input, crop]],
  ['CropX1', 'Crop the left of', part('0 is none')],
  ['CropX2', 'Crop the right of', part('1 is none')],
  ['CropY1', 'Crop the top of', part('0 is none')],
  ['CropY2', 'Crop the bottom of', part('1 is none')],
]

/** What only a layer has. */
const ofLayers: typeof geometry = [
  ['X', 'Set the left of', [input, pixels]],
  ['Y', 'Set the top of', [input, pixels]],
  ['Width', 'Set the width of', [input, pixels]],
  ['Height', 'Set the height of', [input, pixels]],
  ['Rectangle', 'Set the place of', [input, rectangle]],
]

/** Layers of an input, which vMix also calls multi view overlays. */
export const layers: readonly Row[] = [
  ...geometry.map(([name, what, params]): Row => [`Set${name}`, `${what} an input`, params]),
  ...[...numbers(1, 10), 'Dynamic'].flatMap((n) =>
    [...geometry, ...ofLayers].map(([name, what, params]): Row => [
      `SetLayer${n}${name}`,
      n === 'Dynamic'
        ? `${what} the layer of an input that DynamicValue1 names`
        : `${what} layer ${n} of an input`,
      params,
    ]),
  ),
  ['SetLayer', 'Choose the input of a layer', [input, which]],
  ['SetMultiViewOverlay', 'Choose the input of a layer', [input, which]],
  [
    'SetLayerAnimated',
    'Choose the input of a layer, moving there',
    [input, formed(/^\d{1,2},.+,\d{1,6}$/s, 'Layer, input and milliseconds: 1,2,1000')],
  ],
  [
    'SwapLayerAnimated',
    'Let two layers change places, moving there',
    [input, formed(/^\d{1,2},\d{1,2},\d{1,6}$/, 'From layer, to layer, milliseconds: 1,2,1000')],
  ],
  ['MoveLayer', 'Move a layer to another place', [input, fromTo]],
  ['MoveMultiViewOverlay', 'Move a layer to another place', [input, fromTo]],
  ['LayerOnOff', 'Toggle a layer of an input', [input, index]],
  ['LayerOn', 'Show a layer of an input', [input, index]],
  ['LayerOff', 'Hide a layer of an input', [input, index]],
  ['MultiViewOverlay', 'Toggle a layer of an input', [input, index]],
  ['MultiViewOverlayOn', 'Show a layer of an input', [input, index]],
  ['MultiViewOverlayOff', 'Hide a layer of an input', [input, index]],
]
