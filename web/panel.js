// @ts-check
/** @import { ControlView, FaceView, PanelView } from '../surfaces/http/panel-view.js' */
/** @import { createConnection, FromHub } from './connection.js' */
/** @import { Gesture, Place } from './gesture.js' */
/** @import { Ask } from './asks.js' */
import { ApiError, call, problemText } from './api.js'
import { createAsks } from './asks.js'
import { byId, setText } from './element.js'
import { placeKey } from './gesture.js'
import { createGrid } from './grid.js'
import { newId } from './id.js'
import { bindKeyboard } from './keyboard.js'
import { markOf, meaning } from './mark.js'
import { endOf } from './outcome.js'
import { whoShort } from './sentence.js'

/** 3 s without a word while an answer is due: the connection is dead, and what is sent into it would arrive late. */
const silenceMs = 3000

/** Whether the config binds something to this gesture, so that the hub must answer with an intent. @param {ControlView} control @param {Gesture} gesture */
export function expectsAnswer(control, gesture) {
  switch (gesture) {
    case 'press':
      return control.press || control.release
    // with a `hold`, what a press means is known only when it has lasted
    case 'down':
      return control.press && control.holdMs === null
    case 'up':
      return control.release && control.holdMs === null
    case 'rotate-left':
    case 'rotate-right':
      return control.rotate
    default:
      return /** @satisfies {never} */ (gesture)
  }
}

/**
 * Whether only what its device shows is another: then an older failure is not told over a newer one of another control.
 *
 * @param {FaceView | undefined} before
 * @param {FaceView} after
 */
function isPicture(before, after) {
  return (
    before !== undefined &&
    before.picture?.tag !== after.picture?.tag &&
    before.state === after.state &&
    before.last?.intent === after.last?.intent
  )
}

/**
 * The buttons and what becomes of each gesture: sent at once or shown as not sent, never kept for later.
 *
 * @param {{
 *   connection: Pick<ReturnType<typeof createConnection>, 'send' | 'heardAt' | 'restart'>,
 *   operator: () => string, help: () => void, sayNow: (text: string) => void,
 * }} parts
 */
export function createPanel({ connection, operator, help, sayNow }) {
  let refs = 0
  const area = byId('grid', HTMLElement)
  const asks = createAsks((key) => grid.redraw(key))
  const grid = createGrid({
    grid: area,
    pages: byId('pages', HTMLElement),
    local: (key) => asks.local(key),
    gesture,
  })
  bindKeyboard({ grid, area, help })

  const why = byId('why', HTMLElement)
  /** @type {string | null} the control whose trouble is told below the grid, in full where a key is too small */
  let told = null

  /** @param {Place} place @param {string | null} text null: it is over */
  function tell(place, text) {
    const key = placeKey(place)
    if (text === null && told !== key) return
    told = text === null ? null : key
    why.hidden = text === null
    if (text !== null) setText(why, text)
  }

  /** @param {Place} place @param {FaceView} face */
  function tellFace(place, { state, text, last }) {
    if (state !== 'failed' || last === null) return tell(place, null)
    const mark = markOf(last.outcome, last.detail)
    tell(place, `${text} (${whoShort(last.actor)}): ${last.detail || meaning(mark)}`)
  }

  /** @param {PanelView} panel */
  function tellNewest({ pages }) {
    const failed = pages.flatMap((page) => page.controls).filter((c) => c.face.state === 'failed')
    const [newest] = failed.sort((a, b) => (b.face.last?.at ?? 0) - (a.face.last?.at ?? 0))
    if (newest) tellFace(newest, newest.face)
  }

  /** @param {ControlView} control @param {Gesture} gesture */
  function gesture(control, gesture) {
    const { page, row, col } = control
    const place = { page, row, col }
    const ref = `g${++refs}`
    const id = newId(Date.now())
    const name = operator()
    const message = {
      type: 'gesture',
      ref,
      ...place,
      gesture,
      id,
      ...(name ? { operator: name } : {}),
    }
    if (connection.send(message)) {
      asks.asked({
        ref,
        id,
        place,
        at: performance.now(),
        expected: expectsAnswer(control, gesture),
      })
      return
    }
    if (gesture === 'up') return
    asks.problem(place, 'Not sent: no connection to the hub')
    tell(place, `${control.face.text}: not sent, no connection to the hub`)
    sayNow(`${control.face.text || 'Button'}: not sent, there is no connection to the hub`)
  }

  setInterval(() => {
    const oldest = asks.oldest()
    if (oldest === null) return
    if (performance.now() - Math.max(oldest, connection.heardAt()) > silenceMs) connection.restart()
  }, 500)

  /** Learns what became of what was on its way when the connection went. @param {Ask} ask */
  async function settle(ask) {
    try {
      /** @type {{ status: string }} */
      const view = await call('GET', `intents/${ask.id}`)
      asks.accepted(ask.ref, ask.id)
      if (view.status === 'ended') asks.ended(ask.id)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      // no answer leaves it as unknown: the next connection asks again
      if (error.status === 404)
        asks.refused(ask.ref, 'Not recorded: the connection was lost first', null)
    }
  }

  return {
    opened() {
      for (const ask of asks.unsettled()) void settle(ask)
    },
    closed() {
      const lost = asks.disconnected()
      if (lost.length > 0) sayNow(`The connection was lost before ${lost.length} answers came`)
    },
    /** @param {FromHub} message */
    received(message) {
      switch (message.type) {
        case 'panel':
          grid.setPanel(message)
          return tellNewest(message)
        case 'face':
          if (message.face.last) asks.faced(message, message.face.last.intent)
          if (!isPicture(grid.face(placeKey(message)), message.face))
            tellFace(message, message.face)
          return grid.setFace(message, message.face)
        case 'accepted':
          return asks.accepted(message.ref, message.id || null)
        case 'ended':
          return asks.ended(message.id)
        case 'entry': {
          const end = endOf(message.event)
          if (end !== null) asks.ended(end.intent)
          return
        }
        case 'problem': {
          const text = problemText(message.problem)
          const { id } = /** @type {{ id?: string }} */ (message.problem ?? {})
          const ask = message.ref ? asks.refused(message.ref, text, id ?? null) : undefined
          if (ask === undefined) return
          sayNow(text)
          // the face may have come first
          if (id && grid.face(ask.key)?.last?.intent === id) asks.faced(ask.place, id)
          return
        }
        case 'runs':
        case 'run':
        case 'hello':
      }
    },
  }
}
