// @ts-check

/** @typedef {{ readonly page: number, readonly row: number, readonly col: number }} Place */
/** @typedef {'press' | 'down' | 'up' | 'rotate-left' | 'rotate-right'} Gesture */

/** @param {Place} place */
export function placeKey(place) {
  return `${place.page}/${place.row}/${place.col}`
}

/**
 * Which pointers and keys are down, and where each went down: its `up` goes to the same control, whatever page is
 * shown by then and wherever the finger is.
 *
 * @template {Place} P
 * @param {(place: P, gesture: 'down' | 'up') => void} send MUST be called once for each, never fewer
 */
export function createHands(send) {
  /** @type {Map<string, P>} */
  const down = new Map()

  /** @param {string} source a pointer or key: `pointer:3`, `key:Enter` */
  function up(source) {
    const place = down.get(source)
    if (place === undefined) return
    down.delete(source)
    send(place, 'up')
  }

  return {
    /** @param {string} source @param {P} place */
    down(source, place) {
      // the same finger cannot go down twice: its `up` was lost on the way, so it is made up for first
      up(source)
      down.set(source, place)
      send(place, 'down')
    },
    up,
    /** @param {string} source */
    has(source) {
      return down.has(source)
    },
    /** The window lost focus or is hidden: whatever was held is let go, because its release may never be seen. */
    releaseAll() {
      for (const source of [...down.keys()]) up(source)
    },
  }
}

/** Pixels of wheel movement a step: one notch of a mouse wheel is 100 to 120 in every browser. */
const wheelPixels = 100
/** Firefox counts in lines, three a notch. */
const pixelsPerLine = 34
/** Pixels of drag a step: about twelve steps over a key's width. */
const dragPixels = 14

/**
 * Counts steps out of movement and keeps the rest, so that a slow trackpad loses nothing.
 *
 * @param {number} pixelsPerStep
 */
function createSteps(pixelsPerStep) {
  let rest = 0
  return {
    /** @param {number} pixels @returns {number} whole steps, signed */
    move(pixels) {
      rest += pixels
      const steps = Math.trunc(rest / pixelsPerStep)
      rest -= steps * pixelsPerStep
      return steps
    },
    reset() {
      rest = 0
    },
  }
}

/** Wheel movement to steps: positive turns right. One notch away from the hand turns right. */
export function createWheel() {
  const steps = createSteps(wheelPixels)
  return (/** @type {{ deltaY: number, deltaMode: number }} */ { deltaY, deltaMode }) =>
    -steps.move(deltaMode === 1 ? deltaY * pixelsPerLine : deltaY)
}

/** Drag to steps: right or up turns right. */
export function createDrag() {
  const steps = createSteps(dragPixels)
  let x = 0
  let y = 0
  return {
    /** @param {number} atX @param {number} atY */
    start(atX, atY) {
      steps.reset()
      x = atX
      y = atY
    },
    /** @param {number} atX @param {number} atY @returns {number} */
    move(atX, atY) {
      const moved = atX - x - (atY - y)
      x = atX
      y = atY
      return steps.move(moved)
    },
  }
}
