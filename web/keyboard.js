// @ts-check
/** @import { createGrid } from './grid.js' */
/** @import { Key } from './grid.js' */
import { neighbour } from './neighbour.js'

/** @type {Readonly<Record<string, readonly [number, number]>>} rows and columns an arrow goes */
const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

/** @param {EventTarget | null} target */
function types(target) {
  return target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null
}

/**
 * The whole grid by keyboard: key down is `down`, key up is `up`, as with a finger.
 *
 * @param {{ grid: ReturnType<typeof createGrid>, area: HTMLElement, help: () => void }} parts
 */
export function bindKeyboard({ grid, area, help }) {
  /** @param {KeyboardEvent} event @param {Key} key @returns {boolean} whether the key meant something */
  function onKey(event, key) {
    if (event.key === 'Enter' || event.key === ' ') {
      // held down, a keyboard repeats: that is one press, not many
      if (!event.repeat && key.bound) grid.hands.down(`key:${event.code}`, key.control)
      return true
    }
    const right = event.key === '+' || event.key === '=' || event.key === 'PageUp'
    if (!right && event.key !== '-' && event.key !== 'PageDown') return false
    if (key.control.rotate) grid.turn(key.control, right ? 1 : -1)
    return key.control.rotate
  }

  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || types(event.target)) return
    const inGrid = event.target instanceof Node && area.contains(event.target)
    const free = inGrid || event.target === document.body
    const key = grid.current()
    const way = arrows[event.key]
    if (event.key === '?') help()
    else if (/^[1-9]$/.test(event.key)) grid.show(Number(event.key))
    else if (way && free && key) {
      const next = inGrid ? neighbour(grid.keys.values(), key.control, way) : key
      if (next) grid.focus(next)
    } else if (!inGrid || !key || !onKey(event, key)) return
    event.preventDefault()
  })
  addEventListener('keyup', (event) => {
    if (!grid.hands.has(`key:${event.code}`)) return
    event.preventDefault()
    grid.hands.up(`key:${event.code}`)
  })
  // focus that leaves takes the finger off: the key's release may go elsewhere
  area.addEventListener('focusout', () => {
    for (const code of ['Enter', 'NumpadEnter', 'Space']) grid.hands.up(`key:${code}`)
  })
}
