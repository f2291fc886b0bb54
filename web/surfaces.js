// @ts-check
/** @import { SeatView, SurfaceView } from '../surfaces/http/surface-view.js' */
import { byId, make, setText } from './element.js'

/** The ways in, and the panels that have joined. */
export function createSurfaces() {
  const list = byId('surfaces', HTMLUListElement)
  const count = byId('surfaces-count', HTMLElement)
  let drawn = ''
  return {
    /** @param {readonly SurfaceView[]} surfaces */
    show(surfaces) {
      const panels = surfaces.reduce((sum, { seated }) => sum + seated, 0)
      setText(
        count,
        panels === 0 ? `${surfaces.length}` : `${surfaces.length}, ${counted(panels, 'panel')}`,
      )
      const key = JSON.stringify(surfaces)
      if (key === drawn) return
      drawn = key
      list.replaceChildren(...surfaces.map(card))
    },
  }
}

/** @param {SurfaceView} surface */
function card({ name, type, address, rejected, seated, panels }) {
  const more = seated - panels.length
  return make('li', { class: 'card' }, [
    make('div', { class: 'card-line surface-line' }, [
      make('b', { text: name }),
      make('span', { class: 'quiet-text', text: type }),
      make('span', { class: 'card-end' }, [
        ...(rejected > 0
          ? [
              make('span', {
                class: 'chip chip-open',
                title: 'what came in and was not understood; the journal says what and from whom',
                text: `${rejected.toLocaleString()} rejected`,
              }),
            ]
          : []),
        ...(seated > 0
          ? [make('span', { class: 'quiet-text', text: counted(seated, 'panel') })]
          : []),
      ]),
    ]),
    make('p', { class: 'quiet-text', text: address }),
    ...(panels.length === 0 ? [] : [make('ul', { class: 'seats' }, panels.map(seat))]),
    ...(more > 0
      ? [make('p', { class: 'quiet-text', text: `and ${more.toLocaleString()} more` })]
      : []),
  ])
}

/** @param {SeatView} panel */
function seat({ id, product, page, locked }) {
  return make('li', { class: 'seat' }, [
    make('span', { class: 'lamp', 'data-up': 'true', 'aria-hidden': 'true' }),
    make('span', { text: product }),
    make('span', { class: 'card-end' }, [
      ...(locked ? [make('span', { class: 'chip chip-open', text: 'locked' })] : []),
      make('span', { class: 'quiet-text', text: `page ${page}` }),
    ]),
    make('span', { class: 'quiet-text seat-id', text: id }),
  ])
}

/** @param {number} n @param {string} what */
function counted(n, what) {
  return `${n.toLocaleString()} ${what}${n === 1 ? '' : 's'}`
}
