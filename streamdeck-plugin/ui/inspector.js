// The settings of a key, and those of the plugin, as the Stream Deck app keeps them. The app calls the function below.

/** How long nothing is typed before it is kept, ms. */
const settleMs = 300

/**
 * @param {string} port of the app's WebSocket
 * @param {string} uuid of this inspector
 * @param {string} registerEvent
 * @param {string} _info of the app
 * @param {string} actionInfo of the key, JSON
 */
globalThis.connectElgatoStreamDeckSocket = (port, uuid, registerEvent, _info, actionInfo) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  const { action, payload } = JSON.parse(actionInfo)
  const kind = action.split('.').at(-1)
  for (const label of document.querySelectorAll('[data-of]'))
    label.hidden = !label.dataset.of.split(' ').includes(kind)

  const say = (event, rest = {}) => socket.send(JSON.stringify({ event, context: uuid, ...rest }))
  const key = keep(document.getElementById('key'), (settings) =>
    say('setSettings', { action, payload: settings }),
  )
  const hub = keep(document.getElementById('hub'), (settings) =>
    say('setGlobalSettings', { payload: settings }),
  )
  key(payload.settings)
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ event: registerEvent, uuid }))
    say('getGlobalSettings')
  })
  socket.addEventListener('message', ({ data }) => {
    const said = JSON.parse(data)
    if (said.event === 'didReceiveGlobalSettings') hub(said.payload.settings)
  })
}

/** Keeps a form when somebody types. Returns what fills it. */
function keep(form, send) {
  let timer
  let known = {}
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(
      () => send({ ...known, ...Object.fromEntries(new FormData(form)) }),
      settleMs,
    )
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  return (settings) => {
    known = settings
    for (const field of form.elements)
      if (typeof settings[field.name] !== 'undefined') field.value = settings[field.name]
  }
}
