// @ts-check
import { ApiError, call } from './api.js'
import { byId, setText } from './element.js'

/** 2 s: somebody who presses HOLD must soon know whether it worked. */
const holdAnswerMs = 2000

/**
 * The panic stop. It goes by plain HTTP, not by the stream, so that it also works while the stream is away; it
 * needs no confirmation, its release does.
 *
 * @param {{ by: () => { operator?: string }, changed: () => void, fail: (text: string) => void,
 *   say: (text: string) => void }} on
 */
export function createHold({ by, changed, fail, say }) {
  const button = byId('hold', HTMLButtonElement)
  const release = byId('release', HTMLButtonElement)
  const banner = byId('held', HTMLElement)
  const ask = byId('release-ask', HTMLDialogElement)
  let held = false
  let asking = false

  button.addEventListener('click', () => (held ? ask.showModal() : void submit(true)))
  release.addEventListener('click', () => ask.showModal())
  ask.addEventListener('close', () => {
    if (ask.returnValue === 'release') void submit(false)
    ask.returnValue = ''
  })

  /** @param {boolean} on */
  async function submit(on) {
    if (asking) return
    asking = true
    button.dataset['asked'] = ''
    setText(button, on ? 'HOLD asked…' : 'releasing…')
    try {
      await call('POST', 'intents', { intent: { verb: 'hold', on }, ...by() }, holdAnswerMs)
      show(on)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      fail(
        on
          ? `HOLD was not set: ${error.message}. Stop the devices by hand.`
          : `The hold was not released: ${error.message}`,
      )
    } finally {
      asking = false
      delete button.dataset['asked']
      draw()
      changed()
    }
  }

  /** @param {boolean} next */
  function show(next) {
    if (next !== held) say(next ? 'Held: every device is stopped.' : 'The hold is released.')
    held = next
    draw()
  }

  function draw() {
    banner.hidden = !held
    document.body.classList.toggle('is-held', held)
    button.setAttribute('aria-pressed', String(held))
    if (!asking) setText(button, held ? 'HELD' : 'HOLD')
  }

  return {
    /** What the hub says. @param {boolean} next */
    show(next) {
      // an answer from before the press must not undo what is being asked
      if (!asking) show(next)
    },
  }
}
