// @ts-check
import { ApiError, call } from './api.js'
import { byId, setText } from './element.js'

/** Asks for a token when the hub wants one; the hub keeps it in a cookie that scripts cannot read. @param {{ done: () => void }} on */
export function createSignIn({ done }) {
  const dialog = byId('sign-in', HTMLDialogElement)
  const form = byId('sign-in-form', HTMLFormElement)
  const failure = byId('sign-in-failure', HTMLElement)
  // there is nothing behind it to go back to
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void send()
  })

  async function send() {
    const field = form.elements.namedItem('token')
    if (!(field instanceof HTMLInputElement)) return
    setText(failure, '')
    try {
      await call('POST', 'session', { token: field.value.trim() })
      form.reset()
      dialog.close()
      done()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setText(failure, error.status === 401 ? 'The hub does not know this token.' : error.message)
    }
  }

  return {
    show() {
      if (!dialog.open) dialog.showModal()
    },
  }
}
