// @ts-check
/** @import { FaceView, PanelView } from '../surfaces/http/panel-view.js' */
/** @import { EntryView } from '../surfaces/http/record-view.js' */
/** @import { RunView } from '../surfaces/http/run-view.js' */
/** @import { Failure } from '../intents/failure.js' */
/** @import { Outcome } from '../intents/outcome.js' */

/**
 * What the hub says on the stream.
 *
 * @typedef {{ type: 'hello' }
 *   | { type: 'panel' } & PanelView
 *   | { type: 'face', page: number, row: number, col: number, face: FaceView }
 *   | { type: 'runs', runs: readonly RunView[] }
 *   | { type: 'run', run: RunView }
 *   | { type: 'entry' } & EntryView
 *   | { type: 'accepted', ref: string, id: string | null, position: string | null, duplicate: boolean }
 *   | { type: 'ended', ref: string, id: string, outcome: Outcome, failure: Failure | null }
 *   | { type: 'problem', ref?: string | null, problem: unknown }} FromHub
 */

/** First wait after a loss, ms: a restarted hub is back within a second. */
const firstRetryMs = 250
/** Longest wait, ms: a person who mended the cable should not have to wait for the console. */
const retryCapMs = 5000
/** A handshake that takes longer goes nowhere, ms. */
const handshakeMs = 5000

/** @param {number} tries so far, from 0 @param {number} chance 0 to 1 @returns {number} ms */
export function retryDelay(tries, chance) {
  // jitter, so that all consoles of a room do not come back in the same instant
  return Math.min(retryCapMs, firstRetryMs * 2 ** Math.min(tries, 8)) * (0.8 + 0.4 * chance)
}

/**
 * One connection to the hub that comes back by itself. What cannot be sent at once is not sent at all: late is wrong.
 *
 * @param {string} url
 * @param {{
 *   opened(): void, received(message: FromHub): void,
 *   closed(wait: { retryInMs: number, everOpen: boolean }): void,
 * }} on
 */
export function createConnection(url, on) {
  /** @type {WebSocket | null} */
  let socket = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let tries = 0
  let heardAt = 0
  let stopped = false

  function open() {
    clearTimeout(timer)
    const mine = new WebSocket(url)
    let wasOpen = false
    socket = mine
    timer = setTimeout(() => lost(mine, wasOpen), handshakeMs)
    mine.addEventListener('open', () => {
      if (socket !== mine) return
      clearTimeout(timer)
      wasOpen = true
      tries = 0
      heardAt = performance.now()
      on.opened()
    })
    mine.addEventListener('message', (event) => {
      if (socket !== mine) return
      heardAt = performance.now()
      on.received(JSON.parse(String(event.data)))
    })
    mine.addEventListener('close', () => lost(mine, wasOpen))
  }

  /** @param {WebSocket} which @param {boolean} everOpen */
  function lost(which, everOpen) {
    if (socket !== which) return
    socket = null
    clearTimeout(timer)
    which.close()
    const retryInMs = retryDelay(tries++, Math.random())
    if (!stopped) timer = setTimeout(open, retryInMs)
    on.closed({ retryInMs, everOpen })
  }

  return {
    open,
    /** @returns {boolean} */
    isOpen() {
      return socket?.readyState === WebSocket.OPEN
    },
    /** When the hub last said anything, ms of `performance.now()`. */
    heardAt() {
      return heardAt
    },
    /** @param {object} message @returns {boolean} false: not sent, and never will be */
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false
      socket.send(JSON.stringify(message))
      return true
    },
    /** Gives up a connection that says nothing any more and makes a new one. */
    restart() {
      if (socket !== null) lost(socket, true)
    },
    /** Tries now instead of later. */
    retry() {
      if (socket !== null) return
      stopped = false
      open()
    },
    /** Does not try again until `retry`: the hub wants a token first. */
    pause() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
