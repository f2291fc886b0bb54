// @ts-check
/** @import { ControlView, FaceView } from '../surfaces/http/panel-view.js' */
/** @import { Local } from './asks.js' */
/** @import { Place } from './gesture.js' */
import { css, inkOn, parseColour, rest, textInk } from './colour.js'
import { make, setText } from './element.js'
import { markIcon, markOf, meaning } from './mark.js'
import { createPicture } from './picture.js'
import { whoShort } from './sentence.js'

/** Share of its colour that a key keeps at rest; a lit one keeps all. */
const restShare = 0.42

/** What a key looks like just now. @typedef {'idle' | 'on' | 'failed' | 'asks' | 'asked' | 'recorded' | 'lost' | 'unsent'} Look */

/** @param {FaceView} face @param {Local} local @returns {Look} */
export function lookOf(face, local) {
  if (local.problem !== null) return 'unsent'
  if (local.phase !== 'none') return local.phase
  return face.state === 'pending' ? 'recorded' : face.state
}

/** @type {Readonly<Record<Look, string>>} */
const words = {
  idle: '',
  on: 'on',
  failed: 'failed',
  asks: 'press again',
  asked: 'asked',
  recorded: 'recorded',
  lost: 'no answer',
  unsent: 'not done',
}

/** A failed key says which kind of failure: `unknown` asks for a look at the device. @param {Look} look @param {FaceView['last']} last */
function wordOf(look, last) {
  return look === 'failed' && last !== null ? markOf(last.outcome, last.detail) : words[look]
}

/** Where the run of a key is, or that it asks. @param {FaceView['run']} run */
function runWord(run) {
  if (run === null) return ''
  return run.question === null ? run.text : 'asks'
}

/** @param {FaceView['last']} last */
function reasonOf(last) {
  if (last === null) return ''
  return last.detail || meaning(markOf(last.outcome, last.detail))
}

/** Where what is behind the text comes from. @param {Place} place @param {FaceView} face @returns {string | null} */
function addressOf({ page, row, col }, { picture, image }) {
  const control = `/api/v1/controls/${page}/${row}/${col}`
  // the tag is for the browser alone: another one, another picture
  if (picture !== null && picture.tag !== null)
    return `${control}/picture?tag=${encodeURIComponent(picture.tag)}`
  if (image === null || image.startsWith('data:image/')) return image
  return `${control}/image`
}

/** Why a key that is to show what its device shows does not; both empty where it does. @typedef {{ word: string, detail: string }} Blindness */

/** @param {FaceView} face @param {boolean} broken @returns {Blindness} */
function blindness({ picture }, broken) {
  if (picture === null) return { word: '', detail: '' }
  switch (picture.state) {
    case 'live': {
      const { device, name } = picture
      if (!broken) return { word: '', detail: '' }
      return { word: 'no picture', detail: `the picture ${name} of ${device} cannot be shown` }
    }
    case 'none':
      return { word: 'no picture', detail: picture.detail }
    case 'elsewhere':
      return { word: 'seen elsewhere', detail: picture.detail }
    default:
      return /** @satisfies {never} */ (picture.state)
  }
}

/**
 * One control of the grid as elements. Drawn again only when its face or what this console asked of it changes.
 *
 * @param {ControlView} control
 */
export function createKey(control) {
  const image = make('img', { class: 'key-image', alt: '', draggable: 'false', hidden: true })
  const label = make('span', { class: 'key-text' })
  const reason = make('span', { class: 'key-reason' })
  const state = make('span', { class: 'key-state' })
  const foot = make('span', { class: 'key-foot' })
  const progress = make('span', { class: 'key-progress', 'aria-hidden': 'true', hidden: true })
  const bound = control.press || control.release || control.holdMs !== null
  const button = make('button', { type: 'button', class: 'key', tabindex: '-1' }, [
    make('span', { class: 'key-head' }, [state]),
    image,
    label,
    reason,
    foot,
    progress,
  ])
  if (control.holdMs !== null) {
    button.classList.add('key-holds')
    button.style.setProperty('--hold-ms', `${control.holdMs}ms`)
    button.append(make('span', { class: 'key-hold' }))
  }
  const cell = make('div', { role: 'gridcell', class: 'cell' }, [button])
  /** @type {HTMLElement | null} */
  let dial = null
  if (control.rotate) {
    const turn = (/** @type {'left' | 'right'} */ side) =>
      make('button', {
        type: 'button',
        class: `dial-${side}`,
        tabindex: '-1',
        'aria-label': `turn ${side}`,
        'data-turn': side,
        text: side === 'left' ? '−' : '+',
      })
    const knob = make('span', { class: 'dial-knob', 'aria-hidden': 'true' })
    dial = make('div', { class: 'dial' }, [turn('left'), knob, turn('right')])
    cell.append(dial)
    cell.classList.add(bound ? 'cell-both' : 'cell-dial')
  }
  let shown = ''
  /** @type {{ face: FaceView, local: Local } | null} */
  let drawn = null
  const picture = createPicture(image, () => drawn && draw(drawn.face, drawn.local))

  /** @param {FaceView} face @param {Local} local */
  function draw(face, local) {
    const look = lookOf(face, local)
    const colour = parseColour(face.colour)
    const lit = look === 'on' ? colour : rest(colour, restShare)
    button.style.setProperty('--key', css(lit))
    button.style.setProperty('--key-colour', css(colour))
    button.style.setProperty('--ink', css(inkOn(lit)))
    button.dataset['look'] = look
    button.dataset['alignment'] = face.alignment
    button.style.setProperty('--text-ink', css(textInk(face.textColour, lit)))
    button.style.setProperty('--text-size', String(face.size / 100))
    setText(label, face.text)
    // the longest word sets the size: a name is read at a glance only in one piece
    const longest = Math.max(3, ...face.text.split(/\s+/).map((word) => word.length))
    button.style.setProperty('--chars', String(longest))
    drawn = { face, local }
    picture.show(addressOf(control, face))
    const blind = blindness(face, picture.isBroken())
    const { run } = face
    button.classList.toggle('key-question', run !== null && run.question !== null)
    progress.hidden = run === null
    if (run !== null) progress.style.setProperty('--share', String(run.share))
    const word = (look === 'recorded' && runWord(run)) || wordOf(look, face.last) || blind.word
    setText(state, local.count > 1 ? `${word} ×${local.count}` : word)
    const question = run?.question?.text ?? ''
    const why = local.problem ?? (look === 'failed' ? reasonOf(face.last) : question)
    setText(reason, why)
    drawLast(face.last)
    button.setAttribute('aria-label', describe(face, look, why, blind))
    const past = face.last
      ? `${meaning(markOf(face.last.outcome, face.last.detail))}. ${face.last.detail}`
      : ''
    button.title = why || [blind.detail, past].filter(Boolean).join('. ')
  }

  /** @param {FaceView['last']} last */
  function drawLast(last) {
    const key = last === null ? '' : `${last.intent} ${last.outcome}`
    if (key === shown) return
    shown = key
    if (last === null) return foot.replaceChildren()
    const mark = markOf(last.outcome, last.detail)
    foot.replaceChildren(
      markIcon(mark),
      make('span', { class: 'key-who', text: whoShort(last.actor) }),
    )
  }

  /** @param {FaceView} face @param {Look} look @param {string} why @param {Blindness} blind */
  function describe(face, look, why, blind) {
    const parts = [face.text || `row ${control.row + 1} column ${control.col + 1}`]
    const word = (look === 'recorded' && runWord(face.run)) || wordOf(look, face.last)
    if (word) parts.push(word)
    if (why) parts.push(why)
    if (blind.word) parts.push(`${blind.word}: ${blind.detail}`)
    if (face.last)
      parts.push(
        `last: ${markOf(face.last.outcome, face.last.detail)} by ${whoShort(face.last.actor)}`,
      )
    if (control.holdMs !== null) parts.push('press and hold does more')
    if (control.rotate) parts.push('plus and minus turn it')
    return parts.join(', ')
  }

  return { control, cell, button, dial, draw, bound }
}
