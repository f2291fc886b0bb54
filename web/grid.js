// @ts-check
/** @import { ControlView, FaceView, PanelView } from '../surfaces/http/panel-view.js' */
/** @import { Local } from './asks.js' */
/** @import { Gesture, Place } from './gesture.js' */
import { make } from './element.js'
import { createDrag, createHands, createWheel, placeKey } from './gesture.js'
import { createKey } from './key.js'

/** @typedef {ReturnType<typeof createKey>} Key */

/**
 * The grid of one page. `gesture` is called once for each thing a hand does, at once, whatever else is going on.
 *
 * @param {{
 *   grid: HTMLElement, pages: HTMLElement, local: (key: string) => Local,
 *   gesture: (control: ControlView, gesture: Gesture) => void,
 * }} parts
 */
export function createGrid({ grid, pages, local, gesture }) {
  /** @type {PanelView} */
  let panel = { pages: [] }
  let page = 1
  /** @type {Map<string, FaceView>} */
  const faces = new Map()
  /** @type {Map<string, Key>} */
  const keys = new Map()
  /** @type {Map<number, string>} where the keyboard was on each page */
  const focus = new Map()
  /** @type {Set<string>} */
  const dirty = new Set()
  let frame = 0
  const hands = createHands((/** @type {ControlView} */ control, which) => {
    const button = keys.get(placeKey(control))?.button
    button?.classList.toggle('key-down', which === 'down')
    gesture(control, which)
  })

  /** Faces only: a gesture never waits for a frame. @param {string} key */
  function redraw(key) {
    dirty.add(key)
    frame ||= requestAnimationFrame(() => {
      frame = 0
      for (const key of dirty) {
        const face = faces.get(key)
        if (face) keys.get(key)?.draw(face, local(key))
      }
      dirty.clear()
    })
  }

  /** @param {ControlView} control @param {number} steps signed */
  function turn(control, steps) {
    for (let i = 0; i < Math.abs(steps); i++)
      gesture(control, steps < 0 ? 'rotate-left' : 'rotate-right')
  }

  /** @param {Key} key */
  function bindPointers({ button, control, bound, cell, dial }) {
    button.addEventListener('contextmenu', (event) => event.preventDefault())
    if (bound) {
      button.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return
        hands.down(`pointer:${event.pointerId}`, control)
      })
      // without a pointer or a key: an assistive technology or a voice pressed it, which has no release
      button.addEventListener('click', (event) => {
        if (event.detail === 0) gesture(control, 'press')
      })
    }
    if (!control.rotate) return
    const wheel = createWheel()
    cell.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        turn(control, wheel(event))
      },
      { passive: false },
    )
    bindDrag(bound ? dial : cell, control)
  }

  /** @param {HTMLElement | null} area @param {ControlView} control */
  function bindDrag(area, control) {
    if (area === null) return
    const drag = createDrag()
    /** @type {{ pointer: number, moved: boolean, turn: string | undefined } | null} */
    let held = null
    area.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || held !== null) return
      const target = event.target instanceof HTMLElement ? event.target : null
      held = { pointer: event.pointerId, moved: false, turn: target?.dataset['turn'] }
      drag.start(event.clientX, event.clientY)
      area.setPointerCapture(event.pointerId)
    })
    area.addEventListener('pointermove', (event) => {
      if (held?.pointer !== event.pointerId) return
      const steps = drag.move(event.clientX, event.clientY)
      if (steps === 0) return
      held.moved = true
      turn(control, steps)
    })
    area.addEventListener('pointerup', (event) => {
      if (held?.pointer !== event.pointerId) return
      if (!held.moved && held.turn !== undefined) turn(control, held.turn === 'left' ? -1 : 1)
      held = null
    })
    area.addEventListener('pointercancel', () => (held = null))
    area.addEventListener('click', (event) => {
      const side = event.target instanceof HTMLElement ? event.target.dataset['turn'] : undefined
      if (event.detail === 0 && side !== undefined) turn(control, side === 'left' ? -1 : 1)
    })
  }

  for (const type of /** @type {const} */ (['pointerup', 'pointercancel']))
    addEventListener(type, (event) => hands.up(`pointer:${event.pointerId}`), true)
  // the other mouse button may still be down: then no pointerup comes for the first
  addEventListener('pointermove', (event) => {
    if (event.pointerType === 'mouse' && (event.buttons & 1) === 0)
      hands.up(`pointer:${event.pointerId}`)
  })
  addEventListener('blur', () => hands.releaseAll())
  addEventListener('pagehide', () => hands.releaseAll())
  document.addEventListener('visibilitychange', () => document.hidden && hands.releaseAll())

  function build() {
    const view = panel.pages.find((p) => p.page === page) ?? panel.pages[0]
    keys.clear()
    if (view === undefined) {
      grid.replaceChildren(
        make('p', {
          class: 'empty',
          text: 'The config has no pages yet: add buttons under pages: in infra.yaml.',
        }),
      )
      return
    }
    page = view.page
    grid.style.setProperty('--cols', String(view.cols))
    grid.style.setProperty('--rows', String(view.rows))
    grid.setAttribute('aria-label', `Buttons of page ${page}`)
    const at = new Map(view.controls.map((control) => [placeKey(control), control]))
    const rows = Array.from({ length: view.rows }, (_, row) =>
      make(
        'div',
        { role: 'row', class: 'grid-row' },
        Array.from({ length: view.cols }, (_, col) => cellAt(at.get(placeKey({ page, row, col })))),
      ),
    )
    grid.replaceChildren(...rows)
    setStop(focus.get(page))
  }

  /** @param {ControlView | undefined} control */
  function cellAt(control) {
    if (control === undefined) return make('div', { role: 'gridcell', class: 'cell cell-empty' })
    const key = createKey(control)
    const name = placeKey(control)
    keys.set(name, key)
    bindPointers(key)
    key.button.addEventListener('focus', () => setStop(name))
    key.draw(faces.get(name) ?? control.face, local(name))
    return key.cell
  }

  /** The one key that Tab reaches; arrows go on from there. @param {string | undefined} name */
  function setStop(name) {
    const old = keys.get(focus.get(page) ?? '')
    if (old) old.button.tabIndex = -1
    const stop = (name === undefined ? undefined : keys.get(name)) ?? [...keys.values()][0]
    if (stop === undefined) return
    stop.button.tabIndex = 0
    focus.set(page, placeKey(stop.control))
  }

  function buildPages() {
    pages.hidden = panel.pages.length < 2
    pages.replaceChildren(
      ...panel.pages.map((p) => {
        const tab = make('button', {
          type: 'button',
          text: `Page ${p.page}`,
          'aria-keyshortcuts': p.page < 10 ? p.page : null,
        })
        if (p.page === page) tab.setAttribute('aria-current', 'page')
        tab.addEventListener('click', () => show(p.page))
        return tab
      }),
    )
  }

  /** @param {number} number */
  function show(number) {
    if (!panel.pages.some((p) => p.page === number)) return
    const inside = grid.contains(document.activeElement)
    page = number
    build()
    buildPages()
    if (inside) keys.get(focus.get(page) ?? '')?.button.focus()
  }

  return {
    hands,
    keys,
    turn,
    show,
    redraw,
    /** @param {PanelView} next */
    setPanel(next) {
      panel = next
      faces.clear()
      for (const p of next.pages) for (const c of p.controls) faces.set(placeKey(c), c.face)
      const inside = grid.contains(document.activeElement)
      build()
      buildPages()
      if (inside) keys.get(focus.get(page) ?? '')?.button.focus()
    },
    /** @param {Place} place @param {FaceView} face */
    setFace(place, face) {
      const key = placeKey(place)
      faces.set(key, face)
      redraw(key)
    },
    /** @param {string} key @returns {FaceView | undefined} */
    face(key) {
      return faces.get(key)
    },
    /** The control that the keyboard is at. @returns {Key | undefined} */
    current() {
      return keys.get(focus.get(page) ?? '')
    },
    /** @param {Key} key */
    focus(key) {
      key.button.focus()
    },
  }
}
