// @ts-check

/** 400 ms: as fast as a person reads, however many entries come in. */
const soonMs = 400

/**
 * Loads again every `everyMs`, and soon after `soon()`; never twice at once, never while the page is hidden.
 *
 * @param {() => Promise<void>} load its errors are its own affair
 * @param {number} everyMs
 */
export function createPoll(load, everyMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let due = Infinity
  let busy = false

  /** @param {number} inMs */
  function plan(inMs) {
    const at = performance.now() + inMs
    if (at >= due) return
    due = at
    clearTimeout(timer)
    timer = setTimeout(() => void run(), inMs)
  }

  async function run() {
    due = Infinity
    if (busy || document.hidden) return plan(soonMs)
    busy = true
    try {
      await load()
    } finally {
      busy = false
      plan(everyMs)
    }
  }

  return {
    soon() {
      plan(soonMs)
    },
    now: run,
  }
}
