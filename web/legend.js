// @ts-check
import { byId, make } from './element.js'
import { markIcon, meaning } from './mark.js'

/** @type {readonly (readonly [look: string, text: string])[]} */
const looks = [
  ['asked', 'on its way to the hub'],
  ['recorded', 'the hub wrote it down; the device is being asked'],
  ['press again', 'it does what it is for when you press it a second time, soon'],
  ['on', 'the device says so'],
  ['failed', 'the last press did not do what it is for; the reason stands on the button'],
  ['no answer', 'the connection was lost before the hub answered'],
  ['not done', 'not sent, or refused by the hub'],
  [
    'no picture',
    'its device shows none at this moment, or it cannot be shown; point at it to read why',
  ],
  ['seen elsewhere', 'another hub acts for the device: its console has the picture'],
]

/** @type {readonly import('./outcome.js').MarkName[]} */
const shown = [
  'confirmed',
  'sent',
  'failed',
  'unknown',
  'refused',
  'expired',
  'cancelled',
  'superseded',
]

/** Explains words and marks, in the help. */
export function createLegend() {
  byId('legend', HTMLElement).replaceChildren(
    ...looks.flatMap(([look, text]) => [
      make('dt', {}, [make('b', { text: look })]),
      make('dd', { text }),
    ]),
    ...shown.flatMap((name) => [
      make('dt', {}, [markIcon(name)]),
      make('dd', { text: meaning(name) }),
    ]),
  )
}
