// @ts-check
/** @import { IntentView } from '../surfaces/http/intent-view.js' */
/** @import { EntryView } from '../surfaces/http/record-view.js' */
/** @import { StatusView } from '../surfaces/http/site-view.js' */
/** @import { FromHub } from './connection.js' */
/** @import { Said } from './run-card.js' */
/** @import { Starters } from './starters.js' */
import { ApiError, call, problemText } from './api.js'
import { createConnection } from './connection.js'
import { createDevices } from './devices.js'
import { byId, setText } from './element.js'
import { createHold } from './hold.js'
import { createJournal } from './journal.js'
import { createLegend } from './legend.js'
import { createLife } from './life.js'
import { endOf } from './outcome.js'
import { createPanel } from './panel.js'
import { createPoll } from './poll.js'
import { createRuns } from './runs.js'
import { deviceOf, duration, what } from './sentence.js'
import { createStarters } from './starters.js'
import { createSignIn } from './sign-in.js'
import { createSurfaces } from './surfaces.js'
import { createWitness } from './witness.js'

/** 4 s: what a device, a run or the log says is at most so old; entries bring it sooner. */
const refreshMs = 4000

const linkText = byId('link-text', HTMLElement)
const lost = byId('lost', HTMLElement)
const lostWhy = byId('lost-why', HTMLElement)
const trouble = byId('trouble', HTMLElement)
const operator = byId('operator', HTMLInputElement)
const help = byId('help', HTMLDialogElement)

/** @param {string} id @returns {(text: string) => void} */
function announcer(id) {
  const box = byId(id, HTMLElement)
  return (text) => setText(box, text)
}
const say = announcer('say')
const sayNow = announcer('say-now')

/** @param {string} text empty: no trouble */
function showTrouble(text) {
  setText(trouble, text)
  trouble.hidden = text === ''
}
let logTrouble = ''
let ownTrouble = ''
/** @type {ReturnType<typeof setTimeout> | undefined} */
let ownTimer

/** Something that was asked here went wrong. Stays for a while, 15 s. @param {string} text */
function fail(text) {
  ownTrouble = text
  clearTimeout(ownTimer)
  ownTimer = setTimeout(() => {
    ownTrouble = ''
    showTrouble(logTrouble)
  }, 15_000)
  showTrouble(ownTrouble)
}

const connection = createConnection(`${location.origin.replace(/^http/, 'ws')}/api/v1/stream`, {
  opened,
  received,
  closed,
})
/** Who asks, for the record. */
const by = () => (operator.value.trim() ? { operator: operator.value.trim() } : {})
const showHelp = () => help.open || help.showModal()
const panel = createPanel({
  connection,
  operator: () => operator.value.trim(),
  help: showHelp,
  sayNow,
})
const journal = createJournal({ open: (id) => void life.open(id) })
const life = createLife(journal)
const devices = createDevices()
const surfaces = createSurfaces()
const runs = createRuns({ now: () => hubNow(), say: (said) => void tellRun(said) })
const starters = createStarters()
const witness = createWitness({ say })
const hold = createHold({ by, changed: () => void status.now(), fail, say })
const signIn = createSignIn({ done: () => connection.retry() })
createLegend()

/** @type {string | null} */
let lastPosition = null
/** @type {Extract<FromHub, { type: 'entry' }>[] | null} entries that wait until the history before them is there */
let waiting = null
let clockAhead = 0
const hubNow = () => Date.now() + clockAhead

const status = createPoll(async () => {
  try {
    /** @type {StatusView} */
    const view = await call('GET', 'status')
    clockAhead = view.now - Date.now()
    setText(byId('site', HTMLElement), view.site)
    document.title = `${view.held ? 'HELD · ' : ''}${view.site} console`
    hold.show(view.held)
    devices.show(view.devices, view.now)
    surfaces.show(view.surfaces)
    journal.setDevices(view.devices.map((device) => device.id))
    witness.show(view)
    logTrouble = view.log.writable
      ? ''
      : `The log cannot be written, so presses are refused: ${view.log.detail}`
    if (ownTrouble === '') showTrouble(logTrouble)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) askForToken()
  }
}, refreshMs)

const starterList = createPoll(async () => {
  try {
    /** @type {[Pick<Starters, 'triggers'>, Pick<Starters, 'schedules'>, Pick<Starters, 'variables'>]} */
    const [{ triggers }, { schedules }, { variables }] = await Promise.all([
      call('GET', 'triggers'),
      call('GET', 'schedules'),
      call('GET', 'variables'),
    ])
    starters.show({ triggers, schedules, variables }, hubNow())
  } catch (error) {
    // the banner says that the hub is away; the list stands as it was
    if (!(error instanceof ApiError)) throw error
  }
}, refreshMs)

/** What a person says to a run; what cannot be done is refused with the reason. @param {Said} said */
async function tellRun(said) {
  const { say: name, run, at, choice } = said
  const intent =
    name === 'cancel'
      ? { verb: 'cancel', run }
      : {
          verb: 'do',
          name,
          args: {
            run,
            ...(at === undefined ? {} : { at }),
            ...(choice === undefined ? {} : { choice }),
          },
        }
  try {
    /** @type {IntentView} */
    const view = await call('POST', 'intents', { intent, wait: 'outcome', ...by() })
    if (view.outcome?.type === 'refused')
      throw new ApiError(0, view.outcome.failure?.detail ?? 'it was refused')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    fail(`Not done: ${error.message}`)
  }
  runs.notDone(said)
}

/** What happened before the stream began; the log has the rest. */
async function history() {
  try {
    /** @type {[{ intents: readonly IntentView[] }, { intents: readonly IntentView[] }]} */
    const [newest, failed] = await Promise.all([
      call('GET', 'intents?limit=200'),
      call('GET', 'intents?outcome=failed&limit=50'),
    ])
    journal.seed(newest.intents)
    for (const view of failed.intents)
      if (view.outcome !== null)
        devices.failed(deviceOf(view.intent), {
          at: view.outcome.at,
          what: what(view.intent),
          detail: view.outcome.failure?.detail ?? '',
        })
  } catch (error) {
    // without it the journal begins with what comes now
    if (!(error instanceof ApiError)) throw error
  }
  for (const entry of waiting ?? []) journal.add(entry)
  waiting = null
}

function opened() {
  document.body.dataset['link'] = 'up'
  setText(linkText, 'connected')
  lost.hidden = true
  // after a loss the journal goes on where it stopped; the first time it begins with what is newest
  connection.send({
    type: 'subscribe',
    events: lastPosition === null ? true : { after: lastPosition },
    panel: true,
    runs: true,
  })
  if (lastPosition === null) {
    waiting = []
    void history()
  }
  panel.opened()
  void starterList.now()
  void status.now()
}

/** @param {{ retryInMs: number, everOpen: boolean }} wait */
function closed({ retryInMs, everOpen }) {
  document.body.dataset['link'] = 'down'
  setText(linkText, 'not connected')
  setText(
    lostWhy,
    `${everOpen ? 'The connection to the hub was lost.' : 'The hub cannot be reached.'} Next try in ${duration(retryInMs)}.`,
  )
  lost.hidden = false
  panel.closed()
  // a browser does not say why a stream was refused, a plain request does
  if (!everOpen) void status.now()
}

function askForToken() {
  connection.pause()
  setText(linkText, 'sign in')
  signIn.show()
}

/** Whether what starts macros, or a variable, may be another now. @param {EntryView['event']} event */
function startersChange(event) {
  if (event.type === 'IntentAccepted' || event.type === 'IntentRefused')
    return event.submission.actor.type === 'trigger'
  return (
    event.type === 'ListenerChanged' ||
    event.type === 'ConfigChanged' ||
    (event.type === 'DeviceReported' && event.device === 'site')
  )
}

/** @param {FromHub} message */
function received(message) {
  panel.received(message)
  if (message.type === 'runs') runs.set(message.runs)
  if (message.type === 'run') runs.changed(message.run)
  if (message.type === 'problem' && !message.ref) {
    // the place to go on from is gone, say after a restore: begin with what is newest
    if (lastPosition !== null) connection.send({ type: 'subscribe', events: true, panel: true })
    lastPosition = null
    fail(problemText(message.problem))
  }
  if (message.type !== 'entry') return
  lastPosition = message.position
  if (waiting === null) journal.add(message)
  else waiting.push(message)
  const { event } = message
  if (startersChange(event)) starterList.soon()
  // the buttons may be other ones now
  if (event.type === 'ConfigChanged')
    connection.send({ type: 'subscribe', panel: true, runs: true })
  const end = endOf(event)
  const row =
    end && (end.outcome === 'failed' || end.outcome === 'unknown')
      ? journal.find(end.intent)
      : undefined
  if (end && row) devices.failed(row.device, { at: message.at, what: row.what, detail: end.detail })
  status.soon()
}

operator.value = localStorage.getItem('operator') ?? ''
operator.addEventListener('input', () => localStorage.setItem('operator', operator.value.trim()))
byId('help-open', HTMLButtonElement).addEventListener('click', showHelp)
byId('lost-retry', HTMLButtonElement).addEventListener('click', () => connection.retry())
addEventListener('online', () => connection.retry())
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  connection.retry()
  status.soon()
})
for (const tab of document.querySelectorAll('.tabs [data-tab]')) {
  if (!(tab instanceof HTMLElement)) continue
  tab.addEventListener('click', () => {
    document.querySelector('.tabs [aria-current]')?.removeAttribute('aria-current')
    tab.setAttribute('aria-current', 'page')
    document.body.dataset['tab'] = tab.dataset['tab'] ?? 'panel'
  })
}
connection.open()
